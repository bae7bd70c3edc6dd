package platform

import (
	"context"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// mayStandIn refuses to open a user's way in, or to take a lock from it, for a caller who lacks any right of that user's:
// whoever can sign in as another has that other's rights, and nobody gets more than they have.
func mayStandIn(ctx context.Context, c *op.Call, d Ports, user string) error {
	today := civil.FromTime(c.At)
	for after := map[string]string(nil); ; {
		page, next, err := d.Roles.Assignments(ctx, c.Tenant, user, Page{After: after, Limit: assignmentsAtOnce})
		if err != nil {
			return err
		}
		for _, a := range page {
			if a.State != StateActive || !a.To.IsZero() && a.To.Before(today) {
				continue // what begins later counts: the way in would still be open then
			}
			if err := holdsToo(ctx, c, d, a.Role); err != nil {
				return err
			}
		}
		if after = next; after == nil {
			return nil
		}
	}
}

// holdsToo refuses unless the caller has every right of a role.
func holdsToo(ctx context.Context, c *op.Call, d Ports, role string) error {
	r, err := roleNamed(ctx, c, d, role)
	if err != nil {
		return err
	}
	err = mayGive(ctx, c, d, r.Rights)
	if fault.Is(err, RuleMoreThanOwn.Code) {
		return RuleUserMightier.Err()
	}
	return err
}
