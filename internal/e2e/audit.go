package e2e

import (
	"context"
	"fmt"
	"net/url"
	"slices"
)

// auditChain reads each domain's feed of changes to its end, and verifies its chain.
func auditChain(ctx context.Context, r *Run) error {
	for _, d := range []struct{ name, operation, record string }{
		{"platform", "platform.grant-role", ""},
		{"finance", "finance.post-journal", r.journal},
		{"migration", "migration.create-import", r.imported.ID},
	} {
		if err := until(ctx, "the change feed of "+d.name+" tells of "+d.operation, func(ctx context.Context) (bool, error) {
			return r.told(ctx, d.name, d.operation, d.record)
		}); err != nil {
			return err
		}
		if err := r.verify(ctx, d.name); err != nil {
			return err
		}
	}
	return nil
}

// change is an act as the change feed tells it.
type change struct{ Operation, Record string }

func (r *Run) told(ctx context.Context, domain, operation, record string) (bool, error) {
	query := url.Values{}
	for range pagesMax {
		var feed struct {
			Data    []change
			Cursor  string
			HasMore bool
		}
		if err := r.get(ctx, r.approver, "/"+domain+"/v1/changes", query, &feed); err != nil {
			return false, err
		}
		if slices.ContainsFunc(feed.Data, func(c change) bool { return c.Operation == operation && (record == "" || c.Record == record) }) {
			return true, nil
		}
		if !feed.HasMore {
			return false, nil
		}
		query.Set("cursor", feed.Cursor)
	}
	return false, errEndless
}

func (r *Run) verify(ctx context.Context, domain string) error {
	query, acts := url.Values{}, 0
	for range pagesMax {
		var stretch struct {
			Acts    int
			Holds   bool
			Broken  string
			Cursor  string
			HasMore bool
		}
		if err := r.get(ctx, r.approver, "/"+domain+"/v1/audit/verification", query, &stretch); err != nil {
			return err
		}
		acts += stretch.Acts
		if !stretch.Holds {
			return fmt.Errorf("the chain of %s is broken at %s", domain, stretch.Broken)
		}
		if !stretch.HasMore && acts == 0 {
			return fmt.Errorf("the chain of %s is empty", domain)
		}
		if !stretch.HasMore {
			return nil
		}
		query.Set("cursor", stretch.Cursor)
	}
	return errEndless
}
