package platformdb

import (
	"fmt"
	"time"

	"backoffice/internal/civil"
	"backoffice/internal/clock"
	"backoffice/internal/platform"
	"backoffice/internal/store"
)

// The present schema version of every row of this table. A row that changes its form raises its own.
const schema = 1

type tenantRow struct {
	store.Row
	G1PK   string `dynamo:"g1pk,omitempty"`
	G1SK   string `dynamo:"g1sk,omitempty"`
	ID     string `dynamo:"id"`
	Name   string `dynamo:"nam"`
	Holder string `dynamo:"hld"`
}

type personRow struct {
	store.Row
	ID         string `dynamo:"id"`
	Name       string `dynamo:"nam"`
	Manager    string `dynamo:"mgr,omitempty"`
	Source     string `dynamo:"src,omitempty"`
	ExternalID string `dynamo:"ext,omitempty"`
}

// reportRow says that a person reports to a manager. It is made and removed, never changed.
type reportRow struct {
	store.Row
	Person string `dynamo:"per"`
}

const reportVersion = 1

type userRow struct {
	store.Row
	G1PK   string `dynamo:"g1pk"`
	G1SK   string `dynamo:"g1sk"`
	ID     string `dynamo:"id"`
	Email  string `dynamo:"eml"`
	Person string `dynamo:"per"`
	State  string `dynamo:"st"`
	Hash   string `dynamo:"pwd,omitempty"`
}

type keyRow struct {
	store.Row
	G1PK  string `dynamo:"g1pk"`
	G1SK  string `dynamo:"g1sk"`
	ID    string `dynamo:"id"`
	Name  string `dynamo:"nam"`
	State string `dynamo:"st"`
	Hash  []byte `dynamo:"sec"`
}

type roleRow struct {
	store.Row
	ID     string   `dynamo:"id"`
	Name   string   `dynamo:"nam"`
	Rights []string `dynamo:"rts"`
	State  string   `dynamo:"st"`
}

type assignmentRow struct {
	store.Row
	ID        string `dynamo:"id"`
	Principal string `dynamo:"prn"`
	Role      string `dynamo:"rol"`
	Scope     string `dynamo:"scp"`
	From      string `dynamo:"frm,omitempty"`
	To        string `dynamo:"til,omitempty"`
	Entity    string `dynamo:"ent,omitempty"`
	State     string `dynamo:"st"`
}

type sessionRow struct {
	store.Row
	ID       string   `dynamo:"id"`
	User     string   `dynamo:"prn"`
	Person   string   `dynamo:"per,omitempty"`
	Methods  []string `dynamo:"amr"`
	AuthTime string   `dynamo:"aut"`
	Idle     string   `dynamo:"idl"`
	End      string   `dynamo:"end"`
	Family   []byte   `dynamo:"fam"`
	Current  []byte   `dynamo:"cur"`
}

type loginRow struct {
	store.Row
	Tenant string `dynamo:"ten"`
	User   string `dynamo:"usr"`
}

type failuresRow struct {
	store.Row
	Count int    `dynamo:"n"`
	Last  string `dynamo:"at,omitempty"`
}

type claimRow struct {
	store.Row
	Hash  []byte `dynamo:"sec"`
	Until string `dynamo:"til"`
	Used  bool   `dynamo:"use"`
}

func toTenant(r tenantRow) platform.Tenant {
	return platform.Tenant{ID: r.ID, Name: r.Name, Holder: r.Holder, Version: r.Version}
}

func fromTenant(partition string, t platform.Tenant) tenantRow {
	k := tenantKey(partition, t.ID)
	r := tenantRow{Row: store.NewRow(k.PK, k.SK, schema, t.Version), ID: t.ID, Name: t.Name, Holder: t.Holder}
	if partition == t.ID {
		r.G1PK, r.G1SK = everyone().String(), t.ID
	}
	return r
}

func toPerson(r personRow) platform.Person {
	return platform.Person{ID: r.ID, Name: r.Name, Manager: r.Manager, Source: r.Source, ExternalID: r.ExternalID, Version: r.Version}
}

func fromPerson(tenant string, p platform.Person) personRow {
	k := personKey(tenant, p.ID)
	return personRow{Row: store.NewRow(k.PK, k.SK, schema, p.Version), ID: p.ID, Name: p.Name, Manager: p.Manager, Source: p.Source, ExternalID: p.ExternalID}
}

func newReport(tenant string, p platform.Person) reportRow {
	k := reportKey(tenant, p.Manager, p.ID)
	return reportRow{Row: store.NewRow(k.PK, k.SK, schema, reportVersion), Person: p.ID}
}

func toUser(r userRow) platform.User {
	return platform.User{ID: r.ID, Email: r.Email, Person: r.Person, State: r.State, PasswordHash: r.Hash, Version: r.Version}
}

func fromUser(tenant string, u platform.User) userRow {
	k := principalKey(tenant, u.ID)
	return userRow{Row: store.NewRow(k.PK, k.SK, schema, u.Version), G1PK: userIndex(tenant).String(), G1SK: store.At(u.ID).String(),
		ID: u.ID, Email: u.Email, Person: u.Person, State: u.State, Hash: u.PasswordHash}
}

func toKey(r keyRow) platform.ServiceKey {
	return platform.ServiceKey{ID: r.ID, Name: r.Name, State: r.State, SecretHash: r.Hash, Version: r.Version}
}

func fromKey(tenant string, s platform.ServiceKey) keyRow {
	k := principalKey(tenant, s.ID)
	return keyRow{Row: store.NewRow(k.PK, k.SK, schema, s.Version), G1PK: keyIndex(tenant).String(), G1SK: store.At(s.ID).String(),
		ID: s.ID, Name: s.Name, State: s.State, Hash: s.SecretHash}
}

func toRole(r roleRow) platform.Role {
	return platform.Role{ID: r.ID, Name: r.Name, Rights: r.Rights, State: r.State, Version: r.Version}
}

func fromRole(tenant string, r platform.Role) roleRow {
	k := roleKey(tenant, r.ID)
	return roleRow{Row: store.NewRow(k.PK, k.SK, schema, r.Version), ID: r.ID, Name: r.Name, Rights: r.Rights, State: r.State}
}

func toAssignment(r assignmentRow) (platform.Assignment, error) {
	a := platform.Assignment{ID: r.ID, Principal: r.Principal, Role: r.Role, Scope: r.Scope, Entity: r.Entity, State: r.State, Version: r.Version}
	for text, date := range map[*string]*civil.Date{&r.From: &a.From, &r.To: &a.To} {
		if *text == "" {
			continue
		}
		d, err := civil.ParseDate(*text)
		if err != nil {
			return a, fmt.Errorf("role assignment %s: %w", r.ID, err)
		}
		*date = d
	}
	return a, nil
}

func fromAssignment(tenant string, a platform.Assignment) assignmentRow {
	k := assignmentKey(tenant, a.Principal, a.ID)
	return assignmentRow{Row: store.NewRow(k.PK, k.SK, schema, a.Version), ID: a.ID, Principal: a.Principal, Role: a.Role, Scope: a.Scope,
		From: a.From.String(), To: a.To.String(), Entity: a.Entity, State: a.State}
}

func toSession(tenant string, r sessionRow) (platform.Session, error) {
	s := platform.Session{ID: r.ID, Tenant: tenant, User: r.User, Person: r.Person, Methods: r.Methods, Family: r.Family, Current: r.Current, Version: r.Version}
	for text, at := range map[*string]*time.Time{&r.AuthTime: &s.AuthTime, &r.Idle: &s.Idle, &r.End: &s.End} {
		t, err := clock.Parse(*text)
		if err != nil {
			return s, fmt.Errorf("session %s: %w", r.ID, err)
		}
		*at = t
	}
	return s, nil
}

func fromSession(s platform.Session) sessionRow {
	k := sessionKey(s.Tenant, s.User, s.ID)
	return sessionRow{Row: store.NewRow(k.PK, k.SK, schema, s.Version), ID: s.ID, User: s.User, Person: s.Person, Methods: s.Methods,
		AuthTime: clock.Format(s.AuthTime), Idle: clock.Format(s.Idle), End: clock.Format(s.End), Family: s.Family, Current: s.Current}
}
