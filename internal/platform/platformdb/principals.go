package platformdb

import (
	"context"
	"fmt"

	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/store"
)

// User reads a user.
func (s *Records) User(ctx context.Context, tenant, id string) (platform.User, error) {
	if !isUser(id) {
		return platform.User{}, op.RuleNotFound.Err()
	}
	r, err := load[userRow](ctx, s, principalKey(tenant, id))
	return toUser(r), err
}

// Users lists users in the order in which they were made.
func (s *Records) Users(ctx context.Context, tenant string, p platform.Page) ([]platform.User, map[string]string, error) {
	return scan(ctx, s, store.Range{Table: table, Index: store.IndexG1, PK: userIndex(tenant), After: p.After, Limit: p.Limit}, toUser)
}

// AddUser puts a new user and its login.
func (s *Records) AddUser(act *op.Act, tenant string, u platform.User) {
	k := loginKey(platform.LoginHash(u.Email), tenant)
	act.Write(store.Create(table, fromUser(tenant, u), op.ErrConflict))
	act.Write(store.Create(table, loginRow{Row: store.NewRow(k.PK, k.SK, schema, 0), Tenant: tenant, User: u.ID}, platform.RuleEmailTaken.At("/email")))
}

// SaveUser changes a user.
func (s *Records) SaveUser(act *op.Act, u platform.User, was int) {
	act.Write(store.Replace(table, fromUser(act.Tenant, u), was))
}

// Key reads a service key.
func (s *Records) Key(ctx context.Context, tenant, id string) (platform.ServiceKey, error) {
	if isUser(id) {
		return platform.ServiceKey{}, op.RuleNotFound.Err()
	}
	r, err := load[keyRow](ctx, s, principalKey(tenant, id))
	return toKey(r), err
}

// Keys lists service keys in the order in which they were made.
func (s *Records) Keys(ctx context.Context, tenant string, p platform.Page) ([]platform.ServiceKey, map[string]string, error) {
	return scan(ctx, s, store.Range{Table: table, Index: store.IndexG1, PK: keyIndex(tenant), After: p.After, Limit: p.Limit}, toKey)
}

// AddKey puts a new service key.
func (s *Records) AddKey(act *op.Act, k platform.ServiceKey) {
	act.Write(store.Create(table, fromKey(act.Tenant, k), op.ErrConflict))
}

// SaveKey changes a service key.
func (s *Records) SaveKey(act *op.Act, k platform.ServiceKey, was int) {
	act.Write(store.Replace(table, fromKey(act.Tenant, k), was))
}

// Assignment reads a role assignment.
func (s *Records) Assignment(ctx context.Context, tenant, principal, id string) (platform.Assignment, error) {
	r, err := load[assignmentRow](ctx, s, assignmentKey(tenant, principal, id))
	if err != nil {
		return platform.Assignment{}, err
	}
	return toAssignment(r)
}

// Assignments lists a principal's role assignments in the order in which they were made.
func (s *Records) Assignments(ctx context.Context, tenant, principal string, p platform.Page) ([]platform.Assignment, map[string]string, error) {
	prefix := store.At("G", "")
	rows, next, err := store.Scan[assignmentRow](ctx, s.db, store.Range{Table: table, PK: principalPartition(tenant, principal), Prefix: &prefix, After: p.After, Limit: p.Limit})
	if err != nil {
		return nil, nil, err
	}
	out := make([]platform.Assignment, len(rows))
	for i, r := range rows {
		if out[i], err = toAssignment(r); err != nil {
			return nil, nil, err
		}
	}
	return out, next, nil
}

// AddAssignment puts a new role assignment.
func (s *Records) AddAssignment(act *op.Act, tenant string, a platform.Assignment) {
	act.Write(store.Create(table, fromAssignment(tenant, a), op.ErrConflict))
}

// SaveAssignment changes a role assignment.
func (s *Records) SaveAssignment(act *op.Act, a platform.Assignment, was int) {
	act.Write(store.Replace(table, fromAssignment(act.Tenant, a), was))
}

// Principal is what decides on a principal's rights.
type Principal struct {
	Found       bool
	State       string
	Person      string
	SecretHash  []byte // of a service key
	Assignments []platform.Assignment
	Sessions    []platform.Session
}

// principalRow is a row of any kind in a principal's partition.
type principalRow struct {
	store.Row
	State      string   `dynamo:"st,omitempty"`
	Person     string   `dynamo:"per,omitempty"`
	Hash       []byte   `dynamo:"sec,omitempty"`
	ID         string   `dynamo:"id,omitempty"`
	Principal  string   `dynamo:"prn,omitempty"`
	Role       string   `dynamo:"rol,omitempty"`
	Scope      string   `dynamo:"scp,omitempty"`
	From       string   `dynamo:"frm,omitempty"`
	To         string   `dynamo:"til,omitempty"`
	Entity     string   `dynamo:"ent,omitempty"`
	Methods    []string `dynamo:"amr,omitempty"`
	AuthTime   string   `dynamo:"aut,omitempty"`
	Idle       string   `dynamo:"idl,omitempty"`
	SessionEnd string   `dynamo:"end,omitempty"`
}

// Principal reads all that decides on a principal's rights, in one query.
func (s *Records) Principal(ctx context.Context, tenant, id string) (Principal, error) {
	rows, _, err := store.Scan[principalRow](ctx, s.db, store.Range{Table: table, PK: principalPartition(tenant, id)})
	if err != nil {
		return Principal{}, err
	}
	var p Principal
	for _, r := range rows {
		if err := p.take(tenant, r); err != nil {
			return Principal{}, err
		}
	}
	return p, nil
}

func (p *Principal) take(tenant string, r principalRow) error {
	switch r.SK[0] {
	case 'A':
		p.Found, p.State, p.Person, p.SecretHash = true, r.State, r.Person, r.Hash
	case 'G':
		a, err := toAssignment(assignmentRow{Row: r.Row, ID: r.ID, Principal: r.Principal, Role: r.Role, Scope: r.Scope, From: r.From, To: r.To, Entity: r.Entity, State: r.State})
		if err != nil {
			return err
		}
		p.Assignments = append(p.Assignments, a)
	case 'S':
		session, err := toSession(tenant, sessionRow{Row: r.Row, ID: r.ID, User: r.Principal, Person: r.Person, Methods: r.Methods, AuthTime: r.AuthTime, Idle: r.Idle, End: r.SessionEnd})
		if err != nil {
			return err
		}
		p.Sessions = append(p.Sessions, session)
	case 'C', 'F', 'O': // nothing to do with rights
	default:
		return fmt.Errorf("platformdb: an unknown row in a principal's partition: %s", r.SK)
	}
	return nil
}

func isUser(id string) bool { return len(id) > 4 && id[:4] == "usr_" }
