package platform

import (
	"context"
	"slices"

	"backoffice/internal/civil"
	"backoffice/internal/op"
)

// Administrators are the users of a tenant who can give rights to everybody, now and without end. They stand in one record, so
// that two who take each other's rights away at once meet in it, and one of them is refused.
type Administrators struct {
	Users   []string
	Version int
}

// AdministratorStore keeps who the administrators are.
type AdministratorStore interface {
	Administrators(ctx context.Context, tenant string) (Administrators, error)
	SaveAdministrators(act *op.Act, tenant string, a Administrators, was int)
}

// administers tells whether an assignment makes an administrator: for everybody, everywhere, on a day and for good.
func (a Assignment) administers(on civil.Date) bool {
	return a.Role == RoleAdministrator && a.Scope == string(op.All) && a.Entity == "" && a.State == StateActive && a.To.IsZero() && (a.From.IsZero() || !on.Before(a.From))
}

// joinAdministrators notes a user among the administrators.
func joinAdministrators(ctx context.Context, c *op.Call, d Ports, user string) error {
	was, err := d.Admins.Administrators(ctx, c.Tenant)
	if err != nil || slices.Contains(was.Users, user) {
		return err
	}
	d.Admins.SaveAdministrators(c.Act, c.Tenant, Administrators{Users: append(slices.Clone(was.Users), user), Version: was.Version + 1}, was.Version)
	return nil
}

// leaveAdministrators takes a user from among the administrators, and refuses to take the last one: nobody could ever make
// another.
func leaveAdministrators(ctx context.Context, c *op.Call, d Ports, user string) error {
	was, err := d.Admins.Administrators(ctx, c.Tenant)
	if err != nil || !slices.Contains(was.Users, user) {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(was.Users), func(u string) bool { return u == user })
	if len(left) == 0 {
		return RuleLastAdministrator.Err()
	}
	d.Admins.SaveAdministrators(c.Act, c.Tenant, Administrators{Users: left, Version: was.Version + 1}, was.Version)
	return nil
}

// stillAdministers tells whether a user is made an administrator by an assignment other than the one named, "" for any.
func stillAdministers(ctx context.Context, c *op.Call, d Ports, user, but string) (bool, error) {
	for after := map[string]string(nil); ; {
		page, next, err := d.Roles.Assignments(ctx, c.Tenant, user, Page{After: after, Limit: assignmentsAtOnce})
		if err != nil {
			return false, err
		}
		for _, a := range page {
			if a.ID != but && a.administers(civil.FromTime(c.At)) {
				return true, nil
			}
		}
		if after = next; after == nil {
			return false, nil
		}
	}
}

const assignmentsAtOnce = 100
