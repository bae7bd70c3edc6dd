package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"backoffice/internal/authn"
	"backoffice/internal/catalog"
	"backoffice/internal/config"
	"backoffice/internal/ddb"
	"backoffice/internal/host/localhost"
	"backoffice/internal/id"
	"backoffice/internal/metrics"
	"backoffice/internal/op"
	"backoffice/internal/page"
	"backoffice/internal/platform"
	"backoffice/internal/platform/password"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/platform/platformwire"
	"backoffice/internal/store"
	"backoffice/internal/wire"
)

// begin is the instant at which the system's clock stands.
var begin = time.Date(2026, 6, 15, 9, 0, 0, 0, time.UTC)

// system is the whole back office in memory, with a clock that moves when it is told to and callers who are believed.
type system struct {
	engine *ddb.Engine
	db     *store.DB
	host   *localhost.Host
	ids    *id.Source
	acts   *store.Acts
	now    time.Time
}

func (s *system) clock() time.Time { return s.now }

func open(ctx context.Context) (*system, error) {
	engine, err := ddb.Open(ddb.Options{NoSync: true}) //nolint:contextcheck // its background work lives as long as the store
	if err != nil {
		return nil, err
	}
	s := &system{engine: engine, now: begin}
	s.db = store.Open(aws.Config{Region: "eu-west-2", HTTPClient: &http.Client{Transport: engine.RoundTripper()}, BaseEndpoint: aws.String("http://store.internal"),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}, "costs")
	for _, d := range catalog.Domains() {
		if err := s.db.EnsureTable(ctx, d.Name, false); err != nil {
			return nil, err
		}
	}
	s.ids, s.acts = id.NewSource(s.clock, nil), store.NewActs(s.db, nil)
	return s, s.assemble(ctx)
}

func (s *system) assemble(ctx context.Context) error {
	cfg := config.Config{TablePrefix: "costs", CursorKey: []byte(strings.Repeat("k", 32)), Issuer: "https://issuer.test", Audience: "backoffice", Stage: "test"}
	cursors, err := page.NewSigner(cfg.CursorKey)
	if err != nil {
		return err
	}
	key, err := authn.NewKey()
	if err != nil {
		return err
	}
	bus := &localhost.Bus{}
	env := &wire.Env{Config: cfg, DB: s.db, Clock: s.clock, IDs: s.ids, Bus: bus}
	authz := platformwire.NewAuthorizer(env)
	issuer := authn.NewIssuer(cfg.Issuer, cfg.Audience, authn.NewKeys(key), s.clock, s.ids)
	adjust := func(_ string, ports any) any {
		p, ok := ports.(platform.Ports)
		if !ok {
			return ports
		}
		p.Tokens, p.Authorizer, p.Rights = issuer, authz, catalog.Rights()
		p.Passwords = password.NewHasher(password.Parameters{MemoryKiB: 8, Passes: 1, Lanes: 1}, nil)
		return p
	}
	rt := &op.Runtime{Clock: s.clock, IDs: s.ids, Authz: authz, Acts: metrics.Counted(s.acts), Cursors: cursors, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if s.host, err = localhost.New(ctx, env, rt, believer{s}, localhost.Rate{}, adjust); err != nil {
		return err
	}
	bus.Attach(s.host)
	return nil
}

// settle has everything that waits in a tenant taken up.
func (s *system) settle(ctx context.Context, tenant string) error {
	for _, d := range catalog.Domains() {
		if _, err := catalog.Find(d.Name + ".take-up-acts"); err != nil {
			continue // nothing follows from this domain's acts
		}
		if err := s.host.TakeUp(ctx, d.Name, tenant); err != nil {
			return fmt.Errorf("take up the acts of %s: %w", d.Name, err)
		}
	}
	return nil
}

// caller is who calls; its JSON is the bearer token.
type caller struct{ Tenant, User, Person string }

func (c caller) token() string {
	raw, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// believer takes every token for what it says.
type believer struct{ s *system }

// Verify reads the caller off the token.
func (b believer) Verify(_ context.Context, token string) (op.Identity, error) {
	var c caller
	if err := json.Unmarshal([]byte(token), &c); err != nil {
		return op.Identity{}, op.RuleNoToken.Err()
	}
	return op.Identity{Tenant: c.Tenant, Principal: c.User, Person: c.Person, Scopes: platform.Scopes(catalog.Rights()),
		Methods: []string{"pwd", "otp"}, AuthTime: b.s.now}, nil
}

// tenant is a fresh tenant with two people who administer it.
type tenant struct {
	s      *system
	id     string
	maker  caller
	second caller
	done   map[string][]byte // answers of the examples that have run
	keys   int
}

// pause lies between tenants, so that what one did counts for nothing in the next.
const pause = 20 * time.Minute

func (s *system) tenant(ctx context.Context) (*tenant, error) {
	s.now = s.now.Add(pause)
	t := &tenant{s: s, id: s.ids.New("ten"), done: map[string][]byte{}}
	spec := op.Spec{ID: "platform.costs", Kind: op.Command}
	act := &op.Act{ID: s.ids.New("act"), Tenant: t.id, Operation: spec.ID, Principal: op.SystemPrincipal, At: s.now, Status: http.StatusOK}
	records := platformdb.New(s.db)
	records.AddTenant(act, platform.Tenant{ID: t.id, Holder: t.id, Name: "Costs", Version: 1})
	t.maker, t.second = s.administrator(act, records, "ailsa@costs.test"), s.administrator(act, records, "bruno@costs.test")
	return t, s.acts.Commit(ctx, &spec, act)
}

func (s *system) administrator(act *op.Act, records *platformdb.Records, email string) caller {
	c := caller{Tenant: act.Tenant, User: s.ids.New("usr"), Person: s.ids.New("per")}
	records.AddPerson(act, act.Tenant, platform.Person{ID: c.Person, Name: "Administrator", Version: 1})
	records.AddUser(act, act.Tenant, platform.User{ID: c.User, Email: email, Person: c.Person, State: platform.StateActive, Version: 1})
	records.AddAssignment(act, act.Tenant, platform.Assignment{ID: s.ids.New("ras"), Principal: c.User, Role: platform.RoleAdministrator, Scope: string(op.All),
		State: platform.StateActive, Version: 1})
	return c
}
