package platformdb

import (
	"context"

	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/store"
)

// Records keeps the domain's records.
type Records struct{ db *store.DB }

// New makes the store of the domain's records.
func New(db *store.DB) *Records { return &Records{db: db} }

// load reads one row; op.RuleNotFound when there is none.
func load[R any](ctx context.Context, s *Records, k store.Key) (R, error) {
	r, found, err := store.Load[R](ctx, s.db, k)
	if err == nil && !found {
		err = op.RuleNotFound.Err()
	}
	return r, err
}

// scan reads a page of rows as records.
func scan[R, T any](ctx context.Context, s *Records, r store.Range, to func(R) T) ([]T, map[string]string, error) {
	rows, next, err := store.Scan[R](ctx, s.db, r)
	if err != nil {
		return nil, nil, err
	}
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = to(row)
	}
	return out, next, nil
}

// Tenant reads the tenant itself or one that it holds.
func (s *Records) Tenant(ctx context.Context, tenant, id string) (platform.Tenant, error) {
	r, err := load[tenantRow](ctx, s, tenantKey(tenant, id))
	return toTenant(r), err
}

// Tenants lists the tenant itself and those that it holds.
func (s *Records) Tenants(ctx context.Context, tenant string, p platform.Page) ([]platform.Tenant, map[string]string, error) {
	return scan(ctx, s, store.Range{Table: table, PK: tenantPartition(tenant), After: p.After, Limit: p.Limit}, toTenant)
}

// everyone is the key of the index under which every tenant stands. It belongs to none of them.
func everyone() store.Partition { return store.In("tenant", "ALL") }

// AllTenants gives the ids of all tenants. It is for what looks after all of them.
func (s *Records) AllTenants(ctx context.Context) ([]string, error) {
	rows, _, err := store.Scan[tenantRow](ctx, s.db, store.Range{Table: table, Index: store.IndexG1, PK: everyone()})
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.ID
	}
	return out, err
}

// AddTenant puts a tenant into its own partition and its holder's.
func (s *Records) AddTenant(act *op.Act, t platform.Tenant) {
	for _, partition := range homes(t) {
		act.Write(store.Create(table, fromTenant(partition, t), op.ErrConflict))
	}
}

// SaveTenant changes a tenant in both places.
func (s *Records) SaveTenant(act *op.Act, t platform.Tenant, was int) {
	for _, partition := range homes(t) {
		act.Write(store.Replace(table, fromTenant(partition, t), was))
	}
}

func homes(t platform.Tenant) []string {
	if t.Holder == t.ID {
		return []string{t.ID}
	}
	return []string{t.ID, t.Holder}
}

// Person reads a person.
func (s *Records) Person(ctx context.Context, tenant, id string) (platform.Person, error) {
	r, err := load[personRow](ctx, s, personKey(tenant, id))
	return toPerson(r), err
}

// People lists people in the order in which they were recorded.
func (s *Records) People(ctx context.Context, tenant string, p platform.Page) ([]platform.Person, map[string]string, error) {
	return scan(ctx, s, store.Range{Table: table, PK: personPartition(tenant), After: p.After, Limit: p.Limit}, toPerson)
}

// Reports gives the ids of those who report to a manager directly.
func (s *Records) Reports(ctx context.Context, tenant, manager string) ([]string, error) {
	ids, _, err := scan(ctx, s, store.Range{Table: table, PK: reportsPartition(tenant, manager)}, func(r reportRow) string { return r.Person })
	return ids, err
}

// AddPerson puts a new person, and its place under its manager.
func (s *Records) AddPerson(act *op.Act, tenant string, p platform.Person) {
	act.Write(store.Create(table, fromPerson(tenant, p), op.ErrConflict))
	if p.Manager != "" {
		act.Write(store.Create(table, newReport(tenant, p), op.ErrConflict))
	}
}

// SavePerson changes a person, and moves it to another manager's reports where that is the change.
func (s *Records) SavePerson(act *op.Act, p, was platform.Person) {
	act.Write(store.Replace(table, fromPerson(act.Tenant, p), was.Version))
	if p.Manager == was.Manager {
		return
	}
	if was.Manager != "" {
		act.Write(store.Remove(reportKey(act.Tenant, was.Manager, was.ID), reportVersion))
	}
	if p.Manager != "" {
		act.Write(store.Create(table, newReport(act.Tenant, p), op.ErrConflict))
	}
}

// Role reads a role of the tenant's own.
func (s *Records) Role(ctx context.Context, tenant, id string) (platform.Role, error) {
	r, err := load[roleRow](ctx, s, roleKey(tenant, id))
	return toRole(r), err
}

// Roles lists the tenant's own roles.
func (s *Records) Roles(ctx context.Context, tenant string, p platform.Page) ([]platform.Role, map[string]string, error) {
	return scan(ctx, s, store.Range{Table: table, PK: rolePartition(tenant), After: p.After, Limit: p.Limit}, toRole)
}

// AddRole puts a new role.
func (s *Records) AddRole(act *op.Act, r platform.Role) {
	act.Write(store.Create(table, fromRole(act.Tenant, r), op.ErrConflict))
}

// SaveRole changes a role.
func (s *Records) SaveRole(act *op.Act, r platform.Role, was int) {
	act.Write(store.Replace(table, fromRole(act.Tenant, r), was))
}

// RolesNamed reads several of the tenant's own roles in one round trip; those that do not exist are left out.
func (s *Records) RolesNamed(ctx context.Context, tenant string, ids []string) ([]platform.Role, error) {
	rows := make([]roleRow, len(ids))
	wants := make([]*store.Want, len(ids))
	for i, id := range ids {
		wants[i] = &store.Want{Key: roleKey(tenant, id), Into: &rows[i]}
	}
	if err := s.db.LoadAll(ctx, wants...); err != nil {
		return nil, err
	}
	var out []platform.Role
	for i, w := range wants {
		if w.Found {
			out = append(out, toRole(rows[i]))
		}
	}
	return out, nil
}
