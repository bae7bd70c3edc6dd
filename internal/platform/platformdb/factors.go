package platformdb

import (
	"context"

	"backoffice/internal/clock"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/store"
)

// factorSchema is 2 since the key is sealed. Either form is read, since a sealed key says that it is one, and the next change
// writes the present form.
const factorSchema = 2

type factorRow struct {
	store.Row
	User     string   `dynamo:"usr"`
	State    string   `dynamo:"st"`
	Key      []byte   `dynamo:"sec,omitempty"`
	LastStep int64    `dynamo:"stp"`
	Recovery [][]byte `dynamo:"rec,omitempty"`
}

type codeRow struct {
	store.Row
	User string `dynamo:"usr"`
	Hash []byte `dynamo:"sec"`
	End  string `dynamo:"til"`
}

type administratorsRow struct {
	store.Row
	Users []string `dynamo:"usr"`
}

// Factor gives a user's second factor.
func (s *Records) Factor(ctx context.Context, tenant, user string) (platform.SecondFactor, error) {
	r, found, err := store.Load[factorRow](ctx, s.db, factorKey(tenant, user))
	if err != nil || !found {
		return platform.SecondFactor{User: user, State: platform.FactorNone}, err
	}
	return toFactor(r), nil
}

func toFactor(r factorRow) platform.SecondFactor {
	f := platform.SecondFactor{User: r.User, State: r.State, Version: r.Version}
	return f.WithSecrets(platform.FactorSecrets{Key: r.Key, LastStep: r.LastStep, Recovery: r.Recovery})
}

func fromFactor(tenant string, f platform.SecondFactor) factorRow {
	k, secrets := factorKey(tenant, f.User), f.Secrets()
	return factorRow{Row: store.NewRow(k.PK, k.SK, factorSchema, f.Version), User: f.User, State: f.State, Key: secrets.Key, LastStep: secrets.LastStep, Recovery: secrets.Recovery}
}

// PutFactor puts a second factor over the version that was read.
func (s *Records) PutFactor(act *op.Act, f platform.SecondFactor, was int) {
	act.Write(placed(fromFactor(act.Tenant, f), was))
}

// UseFactor puts a second factor over its former version at once; false when somebody was faster.
func (s *Records) UseFactor(ctx context.Context, tenant string, f platform.SecondFactor, was int) (bool, error) {
	return s.putOver(ctx, fromFactor(tenant, f), was)
}

// Code gives a user's one-time code.
func (s *Records) Code(ctx context.Context, tenant, user string) (platform.OneTimeCode, error) {
	r, found, err := store.Load[codeRow](ctx, s.db, codeKey(tenant, user))
	if err != nil || !found {
		return platform.OneTimeCode{}, err
	}
	end, err := clock.Parse(r.End)
	return platform.OneTimeCode{User: r.User, Hash: r.Hash, End: end, Until: r.End, Version: r.Version}, err
}

// PutCode puts a one-time code over the version that was read.
func (s *Records) PutCode(act *op.Act, o platform.OneTimeCode, was int) {
	k := codeKey(act.Tenant, o.User)
	act.Write(placed(codeRow{Row: store.NewRow(k.PK, k.SK, schema, o.Version), User: o.User, Hash: o.Hash, End: instant(o.End)}, was))
}

// DropCode removes a one-time code.
func (s *Records) DropCode(act *op.Act, o platform.OneTimeCode) {
	act.Write(store.Remove(codeKey(act.Tenant, o.User), o.Version))
}

// Administrators gives who a tenant's administrators are.
func (s *Records) Administrators(ctx context.Context, tenant string) (platform.Administrators, error) {
	r, _, err := store.Load[administratorsRow](ctx, s.db, administratorsKey(tenant))
	return platform.Administrators{Users: r.Users, Version: r.Version}, err
}

// SaveAdministrators puts the administrators over the version that was read.
func (s *Records) SaveAdministrators(act *op.Act, tenant string, a platform.Administrators, was int) {
	k := administratorsKey(tenant)
	act.Write(placed(administratorsRow{Row: store.NewRow(k.PK, k.SK, schema, a.Version), Users: a.Users}, was))
}

// placed writes a row over the version that was read, or as the first.
func placed(row store.Item, was int) *store.Write {
	if was == 0 {
		return store.Create(table, row, op.ErrConflict)
	}
	return store.Replace(table, row, was)
}
