package financedb

import (
	"context"

	"backoffice/internal/store"
)

// numberedKey gives the row that holds a document number, and the number's name in it: a hundred numbers share a row, so that
// a batch of postings writes one.
func numberedKey(tenant, entity, number string) (k store.Key, name string) {
	cut := max(len(number)-2, 0)
	return store.Key{Table: table, PK: store.In(tenant, "NO", entity), SK: store.At(number[:cut])}, "i" + number[cut:]
}

// Numbered gives the id of the journal with a document number, "" when there is none.
func (s *Journals) Numbered(ctx context.Context, tenant, entity, number string) (string, error) {
	k, name := numberedKey(tenant, entity, number)
	row, _, err := store.Load[map[string]any](ctx, s.db, k)
	if err != nil {
		return "", err
	}
	id, _ := row[name].(string)
	return id, nil
}

// External gives the id of the journal with a source and external id, "" when there is none.
func (s *Journals) External(ctx context.Context, tenant, source, id string) (string, error) {
	row, _, err := store.Load[externalRow](ctx, s.db, externalKey(tenant, source, id))
	return row.Journal, err
}
