// Package rehearsal plays the operations' own examples against the whole system in one process: the real host over a real
// store. What stands in a spec as an example is at once documentation, the walk's way in, the source of the recorded answers
// and the vocabulary of the simulation under faults, so that an operation is covered by all of them by being in the catalogue.
package rehearsal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"backoffice/internal/audit"
	"backoffice/internal/authn"
	"backoffice/internal/boclient"
	"backoffice/internal/catalog"
	"backoffice/internal/clock"
	"backoffice/internal/config"
	"backoffice/internal/ddb"
	"backoffice/internal/files"
	"backoffice/internal/host/localhost"
	"backoffice/internal/id"
	"backoffice/internal/metrics"
	"backoffice/internal/op"
	"backoffice/internal/page"
	"backoffice/internal/platform/platformwire"
	"backoffice/internal/relay"
	"backoffice/internal/seal/keyring"
	"backoffice/internal/sheet/documents"
	"backoffice/internal/store"
	"backoffice/internal/wire"
)

const (
	tablePrefix = config.TablePrefixDefault
	issuerName  = "https://issuer.test"
	audience    = "backoffice"
	inside      = "http://backoffice.test"
)

// Begin is the instant at which every rehearsal starts.
func Begin() time.Time { return time.Date(2026, 6, 15, 9, 0, 0, 0, time.UTC) }

// Options say what a system is made of; the zero value gives an empty store in memory and real randomness.
type Options struct {
	// Transport leads to a store that others may use, too; nil opens an engine in memory, which ends with the system.
	Transport http.RoundTripper
	// Client adjusts the store's client, such as how it repeats calls.
	Client []func(*dynamodb.Options)
	// Clock is what the system goes by; nil stands still at Begin but for what Advance adds.
	Clock clock.Clock
	// Random is the source of ids, Secrets that of tokens and salts; nil is the operating system's.
	Random, Secrets io.Reader
	// Key signs tokens. Making one costs more than a whole system, so it is the caller's.
	Key authn.Key
	// CursorKey signs cursors, with at least 32 bytes; nil is a fixed one.
	CursorKey []byte
	// Hear hears of every event before its subscribers get it; nil for nobody.
	Hear func(relay.Event)
	// Gate is the maintenance switch; nil leaves the system open.
	Gate op.Gate
	// Log takes the host's log; nil discards it.
	Log *slog.Logger
}

// System is the host with a store. Its calls stay in the process unless Client and Address say otherwise.
type System struct {
	DB    *store.DB
	Host  *localhost.Host
	IDs   *id.Source
	Acts  *store.Acts
	Authz *platformwire.Authorizer
	Env   *wire.Env
	// Client and Address are how requests reach the host.
	Client  *http.Client
	Address string

	engine *ddb.Engine
	given  clock.Clock
	mu     sync.Mutex
	now    time.Time
}

// Open starts a system; Close ends it.
func Open(ctx context.Context, o Options) (*System, error) {
	s := &System{given: o.Clock, now: Begin(), Address: inside}
	s.IDs = id.NewSource(s.Clock, o.Random)
	if err := s.openStore(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.assemble(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.Client = &http.Client{Transport: boclient.InProcess(s.Host), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s, nil
}

func (s *System) openStore(ctx context.Context, o Options) error {
	transport := o.Transport
	if transport == nil {
		engine, err := ddb.Open(ddb.Options{NoSync: true}) //nolint:contextcheck // it ends with Close
		if err != nil {
			return err
		}
		s.engine, transport = engine, engine.RoundTripper()
	}
	cfg := aws.Config{Region: "eu-west-2", HTTPClient: &http.Client{Transport: transport}, BaseEndpoint: aws.String("http://store.internal"),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
	s.DB = store.Open(cfg, tablePrefix, o.Client...)
	for _, d := range catalog.Domains() {
		if err := s.DB.EnsureTable(ctx, d.Name, false); err != nil {
			return err
		}
	}
	return nil
}

func (s *System) assemble(ctx context.Context, o Options) error {
	if o.CursorKey == nil {
		o.CursorKey = bytes.Repeat([]byte("k"), 32)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	cfg := config.Config{TablePrefix: tablePrefix, CursorKey: o.CursorKey, Issuer: issuerName, Audience: audience, Stage: "test"}
	signer, err := page.NewSigner(cfg.CursorKey)
	if err != nil {
		return err
	}
	bus := &localhost.Bus{Hear: o.Hear}
	secret := sha256.Sum256(o.CursorKey) // the same in every process over one store
	fields, err := keyring.KeyOf(secret[:])
	if err != nil {
		return err
	}
	s.Env = &wire.Env{Config: cfg, DB: s.DB, Sealer: keyring.New(fields), Clock: s.Clock, IDs: s.IDs, Bus: bus, Files: files.Guard(newShelf()), Sheets: documents.Writers()}
	roots := audit.NewMemory()
	s.Env.Roots, s.Env.RootKey = roots, roots
	s.Acts, s.Authz = store.NewActs(s.DB, nil), platformwire.NewAuthorizer(s.Env)
	rt := &op.Runtime{Clock: s.Clock, IDs: s.IDs, Authz: rights{s.Authz}, Acts: metrics.Counted(s.Acts), Cursors: signer, Log: o.Log, Gate: o.Gate}
	if s.Host, err = localhost.New(ctx, s.Env, rt, verifier{s}, localhost.Rate{}, s.adjust(o)); err != nil {
		return err
	}
	bus.Attach(s.Host)
	return nil
}

// Close ends a store that is the system's own.
func (s *System) Close() error {
	if s.engine == nil {
		return nil
	}
	return s.engine.Close()
}

// Clock is the system's clock.
func (s *System) Clock() time.Time {
	if s.given != nil {
		return s.given()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Advance moves the system's own clock on; one that was given goes by itself.
func (s *System) Advance(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(by)
}

// Settle has every act of a tenant taken up, in every domain in which something follows from acts.
func (s *System) Settle(ctx context.Context, tenant string) error {
	for _, d := range catalog.Domains() {
		if _, err := catalog.Find(d.Name + ".take-up-acts"); err != nil {
			continue // nothing follows from this domain's acts
		}
		if err := s.Host.TakeUp(ctx, d.Name, tenant); err != nil {
			return err
		}
	}
	return nil
}
