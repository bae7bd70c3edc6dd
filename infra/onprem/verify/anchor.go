package verify

import (
	"context"
	"slices"

	"backoffice/internal/audit"
	"backoffice/internal/audit/diskroots"
	"backoffice/internal/store"
)

// Anchored holds the audit chains of a store against the roots of a data directory, and names the first link of each chain
// that is not what was anchored, with its acts and the day; or the first root that is not what was written.
func Anchored(ctx context.Context, db *store.DB, dir string) ([]Defect, error) {
	book := audit.NewBook(diskroots.Open(dir), diskroots.KeyOf(dir), store.NewChain(db))
	var out []Defect
	for more, after := true, 0; more; {
		h, err := book.Hold(ctx, after)
		if err != nil {
			return nil, err
		}
		for _, what := range h.BadRoots {
			out = append(out, Defect{"audit", what})
		}
		for _, b := range h.Broken {
			chain := b.Table + " " + b.Tenant + "|CHAIN"
			if !slices.ContainsFunc(out, func(d Defect) bool { return d.Record == chain }) {
				out = append(out, Defect{chain, b.What})
			}
		}
		more, after = h.More, h.Last
	}
	return out, nil
}
