package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

const journalPosted = "finance.journal.posted.v1"

// event is an event as it goes over the bus.
type event struct {
	SpecVersion, ID, Source, Type, Subject, Tenant string
	Data                                           struct{ Entity, Date string }
}

// announced posts a journal and sees its event on the bus, once it is in the books: as the posting was, and of no other journal.
func announced(ctx context.Context, r *Run) error {
	heard, err := r.at.Listen(ctx, journalPosted)
	if err != nil {
		return err
	}
	var draft, posted record
	if err := r.create(ctx, r.accountant, "/finance/v1/journals", r.agency("75.00"), &draft); err != nil {
		return err
	}
	if err := r.create(ctx, r.accountant, "/finance/v1/journals/record", r.agency("49.95"), &posted); err != nil {
		return err
	}
	var found event
	if err := until(ctx, "the bus tells of the journal "+posted.ID, func(ctx context.Context) (bool, error) {
		all, err := heard(ctx)
		if err != nil {
			return false, err
		}
		for _, raw := range all {
			var e event
			if err := json.Unmarshal(raw, &e); err != nil {
				return false, fmt.Errorf("no event: %s: %w", raw, err)
			}
			if e.Subject == draft.ID {
				return false, fmt.Errorf("a draft is announced: %s", raw)
			}
			if e.Subject == posted.ID {
				found = e
			}
		}
		return found.ID != "", nil
	}); err != nil {
		return err
	}
	if found.SpecVersion != "1.0" || found.Type != "backoffice."+journalPosted || found.Source != "backoffice/finance" || found.Tenant != r.administrator.Tenant ||
		!strings.HasPrefix(found.ID, "act_") || found.Data.Entity != r.entity.ID || found.Data.Date != "2026-04-30" {
		return fmt.Errorf("the event is %+v", found)
	}
	return nil
}
