package migration_test

import (
	"fmt"
	"strings"
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/jobs"
	"backoffice/internal/migration"
	"backoffice/internal/migration/migrationtest"
	"backoffice/internal/op/optest"
	"backoffice/internal/platform"
)

func TestPreviewIsWhatIsPosted(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	i := small(d, rows("1,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,,", "2,Fernside Ltd,,A2,-4.00,30/04/2026,Agency staff,,", "3,Fernside Ltd,,A2,x,30/04/2026,Agency staff,,"))
	i = d.Run(&migration.ValidateImport, i.ID, nil)
	var p migration.Preview
	d.Do(optest.Call{Op: &migration.PreviewImport, Path: path(i)}).Must(&p)
	if p.Journals != 2 || p.Rows != 2 || p.Rejected != 1 || len(p.Accounts) != 2 || p.Accounts[0].Account != "2100" || p.Accounts[0].Balance.Amount() != "-6.00" ||
		p.Accounts[1].Debit.Amount() != "10.00" || p.Accounts[1].Credit.Amount() != "4.00" || !p.Debit.Equal(p.Credit) {
		t.Errorf("preview %+v", p)
	}
	d.Project()
	if tb := d.TrialBalance("2027-03-31"); len(tb.Accounts) != 0 {
		t.Errorf("the preview left %+v", tb.Accounts)
	}
	i = d.Run(&migration.CommitImport, i.ID, nil)
	d.Project()
	var r migration.Reconciliation
	d.Do(optest.Call{Op: &migration.ReconcileImport, Path: path(i)}).Must(&r)
	if !r.Agrees || len(r.Accounts) != 2 || r.Accounts[1].Ledger.Amount() != "6.00" || !r.Accounts[1].Other.IsZero() || r.Sums.File.Amount() != "6.00" {
		t.Errorf("reconciliation %+v", r)
	}
}

func TestStopOnErrorKeepsEverythingOut(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	stop := func(b map[string]any) { b["stopOnError"] = true }
	i := small(d, rows("1,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,,", "2,Fernside Ltd,,A2,x,30/04/2026,Agency staff,,"), stop)
	i = d.Run(&migration.ValidateImport, i.ID, nil)
	d.Do(optest.Call{Op: &migration.CommitImport, Path: path(i), Version: i.Version}).Refused(409, "MIG-IMP-003")
	// Rows that go bad between validation and commit stop it, too.
	i = small(d, rows("1,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,,"), stop)
	i = d.Run(&migration.ValidateImport, i.ID, nil)
	archive(d, "7105")
	if j := d.Finish(d.Start(&migration.CommitImport, i.ID, nil)); j.State != jobs.Failed || j.Problem.Code != "MIG-IMP-003" {
		t.Errorf("job %+v", j)
	}
	if i = d.Import(i.ID); i.Counts.Posted != 0 {
		t.Errorf("posted %+v", i.Counts)
	}
}

func archive(d *migrationtest.Desk, code string) {
	d.T.Helper()
	id := map[string]string{"accountId": d.Entity.ID + "." + code}
	var a finance.Account
	d.Do(optest.Call{Op: &finance.GetAccount, Path: id}).Must(&a)
	d.Do(optest.Call{Op: &finance.ArchiveAccount, Path: id, Version: a.Version}).Must(nil)
}

// A journal that the ledger refuses by now is rejected with its rows, and the others go on.
func TestWhatGoesBadAfterValidationIsRejected(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	content := rows("1,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,,", "2,Fernside Ltd,,A2,3.00,30/04/2026,Postage,,", "3,Other Ltd,,A3,4.00,30/04/2026,Postage,,")
	i := d.Run(&migration.ValidateImport, small(d, content).ID, nil)
	twin := d.Run(&migration.ValidateImport, small(d, rows("3,Other Ltd,,A3,4.00,30/04/2026,Postage,,")).ID, nil)
	d.Run(&migration.CommitImport, twin.ID, nil)
	archive(d, "7105")
	i = d.Run(&migration.CommitImport, i.ID, nil)
	if got := refused(d, i); strings.Join(got, " ") != "1:MIG-ROW-021 3:MIG-ROW-016" {
		t.Errorf("refused %v", got)
	}
	if i.Counts.Accepted != 1 || i.Counts.Posted != 1 || i.Counts.Rejected != 2 || i.Sums.Posted.Amount() != "3.00" || !i.Sums.Accepted.Equal(i.Sums.Posted) {
		t.Errorf("%+v %+v", i.Counts, i.Sums)
	}
	var r migration.Reconciliation
	d.Do(optest.Call{Op: &migration.ReconcileImport, Path: path(i)}).Must(&r)
	if !r.Agrees {
		t.Errorf("reconciliation %+v", r)
	}
}

// A cancelled job stops before its next step, and the same action goes on where it stopped.
func TestCancelAndGoOn(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	var lines []string
	for n := range 100 {
		lines = append(lines, fmt.Sprintf("%d,Supplier %d,,A%d,1.00,30/04/2026,Agency staff,,", n, n, n))
	}
	i := d.Run(&migration.ValidateImport, small(d, rows(lines...)).ID, nil)
	id := d.Start(&migration.CommitImport, i.ID, nil)
	in := fmt.Appendf(nil, `{"job":%q,"step":0}`, id)
	if _, err := d.Invoke(t.Context(), "migration.post-journals", d.Tenant, id+"#0", in); err != nil {
		t.Fatal(err)
	}
	d.Do(optest.Call{Op: &migration.RollBackImport, Path: path(i), Version: d.Import(i.ID).Version, Body: `{"mode":"correct","reason":"Wrong"}`}).Refused(409, "PLT-JOB-004")
	d.Do(optest.Call{Op: &platform.CancelJob, Path: map[string]string{"jobId": id}}).Must(nil)
	if j := d.Finish(id); j.State != jobs.Cancelled {
		t.Fatalf("job %+v", j)
	}
	i = d.Import(i.ID)
	if i.State != migration.Committing || i.Counts.Posted == 0 || i.Counts.Posted == 100 {
		t.Fatalf("%s %+v", i.State, i.Counts)
	}
	d.Do(optest.Call{Op: &platform.CancelJob, Path: map[string]string{"jobId": id}}).Refused(409, "PLT-JOB-001")
	i = d.Run(&migration.CommitImport, i.ID, nil)
	d.Project()
	if got := migrationtest.Balance(d.TrialBalance("2027-03-31"), "2100"); got != "-100.00" || i.Counts.Posted != 100 {
		t.Errorf("creditors' control %s, %+v", got, i.Counts)
	}
}
