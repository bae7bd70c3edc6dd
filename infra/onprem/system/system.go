// Package system puts the whole back office together in one process: the embedded store, the operations of every domain, the
// relay, the issuer of tokens, and the HTTP routes.
package system

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"backoffice/internal/audit/diskroots"
	"backoffice/internal/authn"
	"backoffice/internal/catalog"
	"backoffice/internal/clock"
	"backoffice/internal/config"
	"backoffice/internal/ddb"
	"backoffice/internal/files"
	"backoffice/internal/files/diskfiles"
	"backoffice/internal/host/localhost"
	"backoffice/internal/id"
	"backoffice/internal/jobs"
	"backoffice/internal/metrics"
	"backoffice/internal/op"
	"backoffice/internal/page"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/platform/platformwire"
	"backoffice/internal/relay"
	"backoffice/internal/seal/keyring"
	"backoffice/internal/sheet/documents"
	"backoffice/internal/store"
	"backoffice/internal/wire"
)

// Options say where a system keeps its data and how it behaves.
type Options struct {
	Dir      string  // data directory, made with 0700 when absent
	Endpoint string  // of another DynamoDB-compatible store, instead of the embedded one
	Tables   *Tables // of a store that others serve, instead of the embedded one
	Address  string  // under which clients reach it, e.g. http://127.0.0.1:8080: the issuer of its tokens
	External []authn.External
	Rate     localhost.Rate
	Clock    clock.Clock // nil is the machine's
	Log      *slog.Logger
	// Transport wraps the way to the store, for tests that inject faults; nil leaves it as it is.
	Transport func(http.RoundTripper) http.RoundTripper
	// Hear, if set, hears of every event that goes over the bus.
	Hear func(relay.Event)
}

// Tables are those of a deployed stage or of any DynamoDB-compatible store, by what their names begin with. A system over them only
// does what it is called for: their acts are for those who serve them to take up and to publish, and their jobs to go on with.
type Tables struct {
	Config aws.Config
	Prefix string
}

// FieldKeys is where a data directory keeps the keys of encrypted fields.
const FieldKeys = "keys/field-keys"

// Audience is what the system's own tokens are for.
const Audience = "backoffice"

// System is a running back office.
type System struct {
	Host *localhost.Host
	DB   *store.DB
	Env  *wire.Env

	dir        string
	engine     *ddb.Engine
	files      *diskfiles.Store
	copying    copying
	runner     *jobs.Runner
	background *localhost.Background // nil over tables that others serve
	log        *slog.Logger
}

// Open starts a system; Close stops it.
func Open(ctx context.Context, o Options) (*System, error) {
	if o.Clock == nil {
		o.Clock = clock.System
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	s := &System{dir: o.Dir, log: o.Log}
	if err := s.openStore(ctx, o); err != nil {
		return nil, errors.Join(err, s.closeStore())
	}
	if err := s.assemble(ctx, o); err != nil {
		return nil, errors.Join(err, s.closeStore())
	}
	return s, nil
}

func (s *System) openStore(ctx context.Context, o Options) error {
	if o.Tables != nil {
		return s.openTables(ctx, *o.Tables)
	}
	cfg := aws.Config{Region: "eu-west-2", Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
	transport := http.DefaultTransport
	if o.Endpoint != "" {
		cfg.BaseEndpoint = aws.String(o.Endpoint)
	} else {
		engine, err := ddb.Open( //nolint:contextcheck // its housekeeping ends with Close
			ddb.Options{Dir: filepath.Join(o.Dir, "store"), Clock: o.Clock, Logger: o.Log})
		if errors.Is(err, ddb.ErrInUse) {
			return fmt.Errorf("data directory %s is in use by another process: %w", o.Dir, err)
		}
		if err != nil {
			return fmt.Errorf("open store: %w", err)
		}
		s.engine = engine
		transport = engine.RoundTripper()
		cfg.BaseEndpoint = aws.String("http://store.internal")
	}
	if o.Transport != nil {
		transport = o.Transport(transport)
	}
	cfg.HTTPClient = &http.Client{Transport: transport}
	s.DB = store.Open(cfg, config.TablePrefixDefault)
	for _, d := range catalog.Domains() {
		if err := s.DB.EnsureTable(ctx, d.Name, false); err != nil {
			return err
		}
	}
	return nil
}

// openTables makes none: a mistaken name must not leave empty tables behind.
func (s *System) openTables(ctx context.Context, t Tables) error {
	s.DB = store.Open(t.Config, t.Prefix)
	for _, d := range catalog.Domains() {
		name := s.DB.TableName(d.Name)
		if _, err := s.DB.Client().DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(name)}); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	}
	return nil
}

func (s *System) assemble(ctx context.Context, o Options) error {
	secret, err := openSecret(filepath.Join(o.Dir, "keys", "cursor.key"))
	if err != nil {
		return err
	}
	cursors, err := page.NewSigner(secret)
	if err != nil {
		return err
	}
	keys, err := authn.OpenKeys(filepath.Join(o.Dir, "keys", "signing-keys.pem"))
	if err != nil {
		return err
	}
	ids := id.NewSource(o.Clock, nil)
	s.Env = &wire.Env{Config: config.Config{TablePrefix: config.TablePrefixDefault, CursorKey: secret, Issuer: o.Address, Audience: Audience}, DB: s.DB, Clock: o.Clock, IDs: ids}
	bus := &localhost.Bus{}
	s.Env.Bus = bus
	if s.files, err = diskfiles.Open(filepath.Join(o.Dir, "files"), o.Address, secret, o.Clock); err != nil {
		return err
	}
	if s.Env.Sealer, err = keyring.Open(filepath.Join(o.Dir, FieldKeys)); err != nil {
		return err
	}
	s.Env.Files, s.Env.Sheets = files.Guard(s.files), documents.Writers()
	s.Env.Roots, s.Env.RootKey = diskroots.Open(o.Dir), diskroots.KeyOf(o.Dir)
	s.runner = jobs.NewRunner(platformdb.NewJobs(s.DB), func(ctx context.Context, operation, tenant, key string, input []byte) ([]byte, error) {
		return s.Host.Invoke(ctx, operation, tenant, key, input)
	}, s.log)
	bus.Hear = func(e relay.Event) {
		if e.Kind == jobs.Waiting.Type {
			s.runner.Kick()
		}
		if o.Hear != nil {
			o.Hear(e)
		}
	}
	worker := relay.NewWorker(func(ctx context.Context, table, tenant string) error { return s.Host.TakeUp(ctx, table, tenant) }, s.log)
	issuer := authn.NewIssuer(o.Address, Audience, keys, o.Clock, ids)
	authz := platformwire.NewAuthorizer(s.Env)
	rights := catalog.Rights()
	rt := &op.Runtime{Clock: o.Clock, IDs: ids, Authz: authz, Acts: metrics.Counted(store.NewActs(s.DB, worker.Kick)), Cursors: cursors, Log: s.log,
		Gate: platformwire.NewGate(s.Env)}
	adjust := func(_ string, ports any) any {
		if p, ok := ports.(platform.Ports); ok {
			p.Tokens, p.Authorizer, p.Rights = issuer, authz, rights
			return p
		}
		return ports
	}
	verify := verifier{keys: authz, scopes: platform.Scopes(rights), tokens: authn.Several{issuer.Verifier()}}
	for _, e := range o.External {
		verify.tokens = append(verify.tokens, authn.NewExternal(ctx, e, o.Clock))
	}
	if s.Host, err = localhost.New(ctx, s.Env, rt, verify, o.Rate, adjust); err != nil {
		return err
	}
	bus.Attach(s.Host)
	if s.engine != nil {
		s.Host.Watch(s.engine.Failure)
	}
	if o.Tables != nil {
		return nil
	}
	s.background = s.Host.Start(worker, s.runner.Run, func(ctx context.Context) { s.files.Run(ctx, s.log) }) //nolint:contextcheck // it lives as long as the system, not as the call that opens it
	s.Host.Handle(diskfiles.Prefix, s.files)
	s.Host.Handle("GET /.well-known/jwks.json", serveJSON(issuer.JWKS))
	return nil
}

func serveJSON(body func() []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body())
	}
}

// DoJob does the steps of a job where nothing works in the background; where something does, it has been told of the job. It
// ends, too, when somebody else has taken up the job.
func (s *System) DoJob(ctx context.Context, j jobs.Job) error {
	if s.background != nil {
		return nil
	}
	return s.runner.Do(ctx, j)
}

// Close ends the background work and closes the store. Requests must have ended.
func (s *System) Close() error {
	if s.background != nil {
		s.background.Stop()
	}
	return s.closeStore()
}

func (s *System) closeStore() error {
	var failed error
	if s.files != nil {
		failed = s.files.Close()
	}
	if s.engine != nil {
		failed = errors.Join(failed, s.engine.Close())
	}
	return failed
}
