// Package migrationtest sets books and imports up for tests, and does their jobs as the host does.
package migrationtest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"backoffice/internal/files"
	"backoffice/internal/files/diskfiles"
	"backoffice/internal/finance"
	"backoffice/internal/finance/financewire"
	"backoffice/internal/jobs"
	"backoffice/internal/migration"
	"backoffice/internal/migration/migrationwire"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
)

// Desk is an entity with its books, and everything that imports into them.
type Desk struct {
	*optest.Kit
	T      testing.TB
	DB     *store.DB
	Entity finance.Entity
	Files  *diskfiles.Store

	ports  map[string]any
	served *httptest.Server
}

// New opens a store in memory and an entity whose fiscal years begin with the given periods, one after the other.
func New(t testing.TB, years ...string) *Desk { return Over(t, storetest.Open(t), years...) }

// Over sets the entity up in a store.
func Over(t testing.TB, db *store.DB, years ...string) *Desk {
	t.Helper()
	d := &Desk{T: t, DB: db, Kit: optest.New(t, db, nil)}
	d.wire()
	d.Do(optest.Call{Op: &finance.CreateEntity, Body: `{"name":"Thistle & Rowan Ltd","baseCurrency":"GBP","fiscalYearStart":4,"chart":"uk-frs102-small"}`}).Must(&d.Entity)
	for _, y := range years {
		d.Do(optest.Call{Op: &finance.OpenFiscalYear, Body: map[string]string{"entity": d.Entity.ID, "start": y}}).Must(nil)
	}
	return d
}

func (d *Desk) wire() {
	d.T.Helper()
	ctx := d.T.Context()
	ledger, err := financewire.Open(ctx, d.Env)
	d.must(err)
	imports, err := migrationwire.Open(ctx, d.Env)
	d.must(err)
	d.served = httptest.NewUnstartedServer(nil)
	d.Files, err = diskfiles.Open(d.T.TempDir(), "http://"+d.served.Listener.Addr().String(), bytes.Repeat([]byte("f"), 32), d.Now)
	d.must(err)
	mux := http.NewServeMux()
	mux.Handle(diskfiles.Prefix, d.Files)
	d.served.Config.Handler = mux
	d.served.Start()
	d.T.Cleanup(func() {
		d.served.Close()
		d.must(d.Files.Close())
	})
	imports.Files = files.Guard(d.Files)
	d.ports = map[string]any{"finance": ledger, "migration": imports, "platform": platform.Ports{Jobs: platformdb.NewJobs(d.DB)}}
}

func (d *Desk) must(err error) {
	d.T.Helper()
	if err != nil {
		d.T.Fatal(err)
	}
}

// Do calls an operation of any of the domains.
func (d *Desk) Do(c optest.Call) optest.Answer {
	d.T.Helper()
	d.Ports = d.ports[c.Op.Describe().Domain()]
	return d.Kit.Do(c)
}

// Invoke calls a task as the host's runner does.
func (d *Desk) Invoke(ctx context.Context, operation, tenant, key string, input []byte) ([]byte, error) {
	for _, o := range append(migration.Operations(), platform.Operations()...) {
		if s := o.Describe(); s.ID == operation {
			resp := o.Serve(ctx, d.Runtime, d.ports[s.Domain()], &op.Request{ID: "req_test", Identity: &op.Identity{Tenant: tenant, Principal: op.SystemPrincipal},
				Header: http.Header{"Idempotency-Key": {key}}, Body: input})
			if resp.Problem != nil {
				return nil, resp.Problem
			}
			return resp.Body, nil
		}
	}
	return nil, fmt.Errorf("migrationtest: no operation %s", operation)
}

// Runner makes a runner over the desk's jobs.
func (d *Desk) Runner(invoke jobs.Invoke) *jobs.Runner {
	if invoke == nil {
		invoke = d.Invoke
	}
	return jobs.NewRunner(platformdb.NewJobs(d.DB), invoke, slog.New(slog.DiscardHandler))
}

// Finish does a job to its end, and gives it.
func (d *Desk) Finish(id string) jobs.View {
	d.T.Helper()
	j, err := platformdb.NewJobs(d.DB).Job(d.T.Context(), d.Tenant, id)
	d.must(err)
	d.must(d.Runner(nil).Do(d.T.Context(), j))
	return d.Job(id)
}

// Job reads a job.
func (d *Desk) Job(id string) jobs.View {
	d.T.Helper()
	var v jobs.View
	d.Do(optest.Call{Op: &platform.GetJob, Path: map[string]string{"jobId": id}}).Must(&v)
	return v
}

// Import reads an import.
func (d *Desk) Import(id string) migration.Import {
	d.T.Helper()
	var i migration.Import
	d.Do(optest.Call{Op: &migration.GetImport, Path: importPath(id)}).Must(&i)
	return i
}

func importPath(id string) map[string]string { return map[string]string{"importId": id} }

// Create makes an import from a call's body, to which the entity is added, and puts its file where the answer says.
func (d *Desk) Create(body map[string]any, content []byte) migration.Import {
	d.T.Helper()
	body["entity"] = d.Entity.ID
	if _, inline := body["content"]; !inline {
		body["file"] = map[string]any{"name": "input.csv", "bytes": len(content)}
	}
	var made migration.NewImport
	d.Do(optest.Call{Op: &migration.CreateImport, Body: body}).Must(&made)
	if made.Upload != nil {
		if status := d.Upload(made.Upload, content); status != http.StatusOK {
			d.T.Fatalf("upload: %d", status)
		}
	}
	return made.Import
}

// Upload puts a file where an import's answer said, and tells the status.
func (d *Desk) Upload(to *files.Place, content []byte) int {
	d.T.Helper()
	req, err := http.NewRequestWithContext(d.T.Context(), to.Method, to.URL, bytes.NewReader(content))
	d.must(err)
	resp, err := http.DefaultClient.Do(req)
	d.must(err)
	d.must(resp.Body.Close())
	return resp.StatusCode
}

// Committing has the acts that operations commit by themselves go by another way.
func (d *Desk) Committing(by func(op.Committer) op.Committer) {
	ports := d.ports["migration"].(migration.Ports)
	ports.Acts = by(ports.Acts)
	d.ports["migration"] = ports
}

// Start starts a job on an import by one of its actions, and gives the job's id.
func (d *Desk) Start(o op.Operation, id string, body any) string {
	d.T.Helper()
	var j jobs.View
	a := d.Do(optest.Call{Op: o, Path: importPath(id), Version: d.Import(id).Version, Body: body}).Must(&j)
	if a.Status != http.StatusAccepted || !strings.HasPrefix(a.Header.Get("Location"), "/platform/v1/jobs/job_") {
		d.T.Fatalf("%s answers %d, Location %q", o.Describe().ID, a.Status, a.Header.Get("Location"))
	}
	return j.ID
}

// Run starts a job on an import and does it; it has to end well.
func (d *Desk) Run(o op.Operation, id string, body any) migration.Import {
	d.T.Helper()
	if j := d.Finish(d.Start(o, id, body)); j.State != jobs.Done {
		d.T.Fatalf("%s ended as %s: %+v", o.Describe().ID, j.State, j.Problem)
	}
	return d.Import(id)
}

// Project takes up every act that waits.
func (d *Desk) Project() {
	d.T.Helper()
	d.must(d.ports["finance"].(finance.Ports).Relay.Drain(d.T.Context(), finance.Table, d.Tenant))
	d.must(d.ports["migration"].(migration.Ports).Relay.Drain(d.T.Context(), migration.Table, d.Tenant))
}

// TrialBalance reads the trial balance of all time at the end of a day.
func (d *Desk) TrialBalance(asOf string) finance.TrialBalance {
	d.T.Helper()
	var tb finance.TrialBalance
	d.Do(optest.Call{Op: &finance.GetTrialBalance, Query: "cumulative=true&entity=" + d.Entity.ID + "&asOf=" + asOf}).Must(&tb)
	return tb
}

// Balance gives an account's balance, "0.00" when it has none.
func Balance(tb finance.TrialBalance, account string) string {
	for _, l := range tb.Accounts {
		if l.Account == account {
			return l.Balance.Amount()
		}
	}
	return "0.00"
}
