package financedb

import (
	"context"

	"backoffice/internal/op"
	"backoffice/internal/store"
)

// PartyNames holds parties' names.
type PartyNames struct{ db *store.DB }

// NewPartyNames makes the holder.
func NewPartyNames(db *store.DB) *PartyNames { return &PartyNames{db: db} }

type partyNameRow struct {
	store.Row
	Party string `dynamo:"id"`
}

// Find gives the parties that hold the keys.
func (s *PartyNames) Find(ctx context.Context, tenant string, keys []string) (map[string]string, error) {
	rows := make([]partyNameRow, len(keys))
	wants := make([]*store.Want, len(keys))
	for i, k := range keys {
		wants[i] = &store.Want{Key: partyNameKey(tenant, k), Into: &rows[i]}
	}
	if err := s.db.LoadAll(ctx, wants...); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for i, k := range keys {
		if wants[i].Found {
			out[k] = rows[i].Party
		}
	}
	return out, nil
}

// Hold gives a key to a party.
func (s *PartyNames) Hold(act *op.Act, key, party string, taken error) {
	k := partyNameKey(act.Tenant, key)
	act.Write(store.Create(table, partyNameRow{Row: store.NewRow(k.PK, k.SK, bookSchema, 1), Party: party}, taken))
}

// LetGo frees a key.
func (s *PartyNames) LetGo(act *op.Act, key string) {
	act.Write(store.Remove(partyNameKey(act.Tenant, key), 1))
}
