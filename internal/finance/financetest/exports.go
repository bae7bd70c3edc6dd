package financetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"backoffice/internal/files"
	"backoffice/internal/files/diskfiles"
	"backoffice/internal/finance"
	"backoffice/internal/finance/financewire"
	"backoffice/internal/jobs"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/sheet"
	"backoffice/internal/sheet/documents"
)

// Desk is books from which files are exported, into a directory that is served under signed addresses.
type Desk struct {
	*Books
	Files *diskfiles.Store
	Dir   string // in which they are kept
	// Before, if set, is called before each step of a job.
	Before func(step int)
}

// Exporting sets up books with everything that exports need.
func Exporting(t testing.TB) *Desk {
	t.Helper()
	d := &Desk{Books: New(t), Dir: t.TempDir()}
	served := httptest.NewUnstartedServer(nil)
	store, err := diskfiles.Open(d.Dir, "http://"+served.Listener.Addr().String(), bytes.Repeat([]byte("f"), 32), d.Now)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(diskfiles.Prefix, store)
	served.Config.Handler = mux
	served.Start()
	t.Cleanup(func() {
		served.Close()
		_ = store.Close()
	})
	d.Files, d.Env.Files, d.Env.Sheets = store, files.Guard(store), documents.Writers()
	if d.Ports, err = financewire.Open(t.Context(), d.Env); err != nil {
		t.Fatal(err)
	}
	return d
}

// Start starts an export and gives it with its job.
func (d *Desk) Start(report string, format sheet.Format, parameters map[string]any) finance.StartedExport {
	d.T.Helper()
	var started finance.StartedExport
	d.Do(d.Asking(report, format, parameters)).Must(&started)
	return started
}

// Asking makes the call that starts an export; the entity is the desk's own where the report takes one.
func (d *Desk) Asking(report string, format sheet.Format, parameters map[string]any) optest.Call {
	body := map[string]any{}
	if report != "parties" {
		body["entity"] = d.Entity.ID
	}
	for name, v := range parameters {
		body[name] = v
	}
	return optest.Call{Op: &finance.CreateExport, Body: map[string]any{"report": report, "format": format, "parameters": body}}
}

// Invoke calls the steps of a job as the host's runner does.
func (d *Desk) Invoke(ctx context.Context, operation, tenant, key string, input []byte) ([]byte, error) {
	var o op.Operation = &finance.WriteExport
	var ports = d.Ports
	if operation != finance.WriteExport.Spec.ID {
		o, ports = &platform.FailJob, platform.Ports{Jobs: platformdb.NewJobs(d.DB)}
	}
	resp := o.Serve(ctx, d.Runtime, ports, &op.Request{ID: "req_test", Identity: &op.Identity{Tenant: tenant, Principal: op.SystemPrincipal},
		Header: http.Header{"Idempotency-Key": {key}}, Body: input})
	if resp.Problem != nil {
		return nil, resp.Problem
	}
	return resp.Body, nil
}

// Run does an export's job to its end, however that is.
func (d *Desk) Run(started finance.StartedExport) finance.ExportView {
	d.T.Helper()
	j, err := platformdb.NewJobs(d.DB).Job(d.T.Context(), d.Tenant, started.ID)
	if err != nil {
		d.T.Fatal(err)
	}
	step := j.Step
	runner := jobs.NewRunner(platformdb.NewJobs(d.DB), func(ctx context.Context, operation, tenant, key string, input []byte) ([]byte, error) {
		if d.Before != nil && operation == finance.WriteExport.Spec.ID {
			d.Before(step)
			step++
		}
		return d.Invoke(ctx, operation, tenant, key, input)
	}, slog.New(slog.DiscardHandler))
	if err := runner.Do(d.T.Context(), j); err != nil { // a job that fails says so in its record, too
		d.T.Log(err)
	}
	return d.Export(started.Export.ID)
}

// Export reads an export.
func (d *Desk) Export(id string) finance.ExportView {
	d.T.Helper()
	var v finance.ExportView
	d.Do(optest.Call{Op: &finance.GetExport, Path: map[string]string{"exportId": id}}).Must(&v)
	return v
}

// File exports, which has to end well, and fetches the file from its address.
func (d *Desk) File(report string, format sheet.Format, parameters map[string]any) []byte {
	d.T.Helper()
	v := d.Run(d.Start(report, format, parameters))
	if v.State != finance.ExportReady || v.Download == nil {
		d.T.Fatalf("%s as %s ended as %s: %+v", report, format, v.State, v.Problem)
	}
	status, raw := d.Fetch(v.Download.URL)
	sum := sha256.Sum256(raw)
	if status != http.StatusOK || int64(len(raw)) != v.Bytes || hex.EncodeToString(sum[:]) != v.SHA256 {
		d.T.Fatalf("the address gives %d, %d bytes; the export says %d and %s", status, len(raw), v.Bytes, v.SHA256)
	}
	return raw
}

// Fetch gets what stands at an address.
func (d *Desk) Fetch(url string) (int, []byte) {
	d.T.Helper()
	req, err := http.NewRequestWithContext(d.T.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		d.T.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		d.T.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		d.T.Fatal(err)
	}
	return resp.StatusCode, raw
}

// Trade posts a year of small trade, some journals a month, with what makes exports hard: formulas, quotes, dimensions.
func (d *Desk) Trade(journals int) {
	d.T.Helper()
	for i := range journals {
		date := fmt.Sprintf("2026-%02d-%02d", 4+i%9, 1+i%28)
		amount := fmt.Sprintf("%d.%02d", 1+i*37%9000, i*7%100)
		d.Record(date, Line{"7105", amount}, Line{"2100", "-" + amount})
		if i%3 == 0 {
			d.Record(date, Line{"1100", "2" + amount}, Line{"4000", "-2" + amount})
		}
	}
	d.Project()
}

// Post posts many journals of one day, in batches.
func (d *Desk) Post(date string, journals int) {
	d.T.Helper()
	for start := 0; start < journals; start += batchMax {
		var all []map[string]any
		for i := start; i < min(start+batchMax, journals); i++ {
			amount := fmt.Sprintf("%d.%02d", 1+i%900, i%100)
			all = append(all, d.Body(date, Line{"7105", amount}, Line{"2100", "-" + amount}))
		}
		d.Do(optest.Call{Op: &finance.RecordJournals, Query: "atomic=true", Body: map[string]any{"items": all}}).Must(nil)
	}
}

// batchMax is how many journals a call posts in one transaction.
const batchMax = 40

// Cancel asks a job to stop.
func (d *Desk) Cancel(job string) {
	d.T.Helper()
	resp := platform.CancelJob.Serve(d.T.Context(), d.Runtime, platform.Ports{Jobs: platformdb.NewJobs(d.DB)}, &op.Request{ID: "req_test",
		Identity: &op.Identity{Tenant: d.Tenant, Principal: "usr_test", Person: "per_usr_test"}, Path: map[string]string{"jobId": job},
		Header: http.Header{"Idempotency-Key": {"cancel-" + job}, "If-Match": {`"v1"`}}})
	if resp.Problem != nil {
		d.T.Fatal(resp.Problem)
	}
}
