package migration

import (
	"context"

	"backoffice/internal/finance"
	"backoffice/internal/op"
)

// onceRead are ledger ports for one step of a job, which reads chart, calendar and journals once and not for each journal. The
// step's act is decided anew with fresh ones when the store reports a conflict.
func (d Ports) onceRead(books finance.Books, journals []finance.Journal) finance.Ports {
	ports := d.Finance
	ports.Books = onceBooks{ports.Books, books}
	byID := make(map[string]finance.Journal, len(journals))
	for _, j := range journals {
		byID[j.ID] = j
	}
	ports.Journals = onceJournals{ports.Journals, byID}
	return ports
}

type onceBooks struct {
	finance.BookStore
	books finance.Books
}

// Posting gives what was read before; imported lines have no dimensions.
func (s onceBooks) Posting(ctx context.Context, tenant, entity string, values []finance.DimensionKey, parties ...string) (finance.Books, error) {
	if len(values)+len(parties) > 0 || entity != s.books.Chart.Entity {
		return s.BookStore.Posting(ctx, tenant, entity, values, parties...)
	}
	return s.books, nil
}

type onceJournals struct {
	finance.JournalStore
	byID map[string]finance.Journal
}

// Journal gives a journal that was read before.
func (s onceJournals) Journal(ctx context.Context, tenant, id string) (finance.Journal, error) {
	if j, there := s.byID[id]; there {
		return j, nil
	}
	return s.JournalStore.Journal(ctx, tenant, id)
}

// posted reads the journals of a chunk that are posted, with the books they are in.
func (d Ports) posted(ctx context.Context, c *op.Call, i Import, chunk Chunk) (finance.Ports, error) {
	var ids []string
	for _, j := range chunk.Staged {
		if j.Fate == Posted {
			ids = append(ids, j.Journal)
		}
	}
	journals, err := d.Finance.Journals.Journals(ctx, c.Tenant, ids)
	if err != nil {
		return finance.Ports{}, err
	}
	books, err := d.Finance.Books.Posting(ctx, c.Tenant, i.Entity, nil)
	if err != nil {
		return finance.Ports{}, err
	}
	return d.onceRead(books, journals), nil
}
