package migration_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"backoffice/internal/fault"
	"backoffice/internal/finance"
	"backoffice/internal/jobs"
	"backoffice/internal/migration"
	"backoffice/internal/migration/migrationtest"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
	"backoffice/internal/platform"
)

const heading = "Ref,Supplier,Supplier no,Invoice,Net,Date,Category,Text,Currency\n"

// purchases maps the columns of the small files in these tests.
func purchases() map[string]any {
	return map[string]any{"name": "Purchases", "dateFormat": "DD/MM/YYYY",
		"columns": map[string]string{"externalId": "Ref", "party": "Supplier", "partyExternalId": "Supplier no", "document": "Invoice", "amount": "Net", "date": "Date",
			"account": "Category", "description": "Text", "currency": "Currency"},
		"accountValues": []map[string]string{{"match": "agency staff", "account": "7105"}, {"match": "postage", "account": "7302"}, {"match": "nowhere", "account": "9998"},
			{"match": "heading", "account": "1000"}}}
}

// rows joins the lines of a file below the heading.
func rows(lines ...string) string { return heading + strings.Join(lines, "\n") + "\n" }

// small makes an import of a file that comes inline.
func small(d *migrationtest.Desk, content string, change ...func(map[string]any)) migration.Import {
	d.T.Helper()
	body := map[string]any{"name": "Small", "source": "legacy", "map": purchases(), "balancingAccount": "2100", "content": content}
	for _, f := range change {
		f(body)
	}
	return d.Create(body, nil)
}

func path(i migration.Import) map[string]string { return map[string]string{"importId": i.ID} }

// refused lists the rejected rows of an import, as row:code.
func refused(d *migrationtest.Desk, i migration.Import) []string {
	d.T.Helper()
	var out []string
	for cursor := ""; ; {
		var l op.Records[migration.RowErrors]
		d.Do(optest.Call{Op: &migration.ListRowErrors, Path: path(i), Query: "limit=200" + cursor}).Must(&l)
		for _, r := range l.Data {
			for _, e := range r.Errors {
				out = append(out, fmt.Sprintf("%d:%s", r.Row, e.Code))
			}
		}
		if !l.Page.HasMore {
			return out
		}
		cursor = "&cursor=" + l.Page.Next
	}
}

func staged(d *migrationtest.Desk, i migration.Import) []migration.StagedView {
	d.T.Helper()
	var l op.Records[migration.StagedView]
	d.Do(optest.Call{Op: &migration.ListStagedJournals, Path: path(i), Query: "limit=200"}).Must(&l)
	return l.Data
}

func TestEachKindOfRowErrorHasItsCode(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	d.Do(optest.Call{Op: &finance.UpdateAccount, Path: map[string]string{"accountId": d.Entity.ID + ".7302"}, Version: 1,
		Body: `{"dimensions":[{"dimension":"cost-centre","presence":"required"}]}`}).Must(nil)
	good := "%s,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,Week 17,"
	cases := []struct{ line, code string }{
		{fmt.Sprintf(good, "g1"), ""},
		{`b1,"Fern"side Ltd,,A1,10.00,30/04/2026,Agency staff,,`, "MIG-ROW-001"},
		{"b2,Fern\xffside,,A1,10.00,30/04/2026,Agency staff,,", "MIG-ROW-001"},
		{"b3,Fernside Ltd,10.00", "MIG-ROW-002"},
		{"b4,Fernside Ltd,,A1,10.00,30/04/2026,,,", "MIG-ROW-003"},
		{"b5,Fernside Ltd,,A1,10.00,30/04/2026,Unheard of,,", "MIG-ROW-004"},
		{"b6,Fernside Ltd,,A1,10.00,30/04/2026,Nowhere,,", "MIG-ROW-005"},
		{"b7,Fernside Ltd,,A1,10.00,30/04/2026,Heading,,", "MIG-ROW-005"},
		{"b8,Fernside Ltd,,A1,10.00,,Agency staff,,", "MIG-ROW-006"},
		{"b9,Fernside Ltd,,A1,10.00,31/04/2026,Agency staff,,", "MIG-ROW-007"},
		{"b10,Fernside Ltd,,A1,10.00,2026-04-30,Agency staff,,", "MIG-ROW-007"},
		{"b11,Fernside Ltd,,A1,10.00,31/03/2026,Agency staff,,", "MIG-ROW-008"},
		{"b12,Fernside Ltd,,A1,,30/04/2026,Agency staff,,", "MIG-ROW-009"},
		{"b13,Fernside Ltd,,A1,ten,30/04/2026,Agency staff,,", "MIG-ROW-010"},
		{"b14,Fernside Ltd,,A1,10.001,30/04/2026,Agency staff,,", "MIG-ROW-011"},
		{"b15,Fernside Ltd,,A1,0.00,30/04/2026,Agency staff,,", "MIG-ROW-012"},
		{"b16,Fernside Ltd,,A1,1234567890123456.00,30/04/2026,Agency staff,,", "MIG-ROW-013"},
		{"b17,,,A1,10.00,30/04/2026,Agency staff,,", "MIG-ROW-014"},
		{"b18,---,,A1,10.00,30/04/2026,Agency staff,,", "MIG-ROW-014"},
		{"b19," + strings.Repeat("x", 161) + ",,A1,10.00,30/04/2026,Agency staff,,", "MIG-ROW-015"},
		{fmt.Sprintf(good, "g1"), "MIG-ROW-017"},
		{fmt.Sprintf(good, ""), "MIG-ROW-018"},
		{"b20,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,,ABC", "MIG-ROW-019"},
		{"b21,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,,EUR", "MIG-ROW-020"},
		{"b22,Fernside Ltd,,A1,10.00,30/04/2026,Postage,,", "MIG-ROW-021"},
		{fmt.Sprintf(good, "g2"), ""},
	}
	var lines, want []string
	for n, c := range cases {
		lines = append(lines, c.line)
		if c.code != "" {
			want = append(want, fmt.Sprintf("%d:%s", n+1, c.code))
		}
	}
	raw := []byte(rows(lines...))
	i := d.Create(map[string]any{"name": "Bad rows", "source": "legacy", "map": purchases(), "balancingAccount": "2100"}, raw)
	i = d.Run(&migration.ValidateImport, i.ID, nil)
	if got := refused(d, i); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("refused %v\nwant    %v", got, want)
	}
	if i.Counts.Rows != len(cases) || i.Counts.Accepted != 2 || i.Counts.Rejected != len(want) || i.Counts.Staged != 1 {
		t.Errorf("counts %+v", i.Counts)
	}
	i = d.Run(&migration.CommitImport, i.ID, nil)
	again := small(d, rows(fmt.Sprintf(good, "g1"), fmt.Sprintf(good, "g3")))
	again = d.Run(&migration.ValidateImport, again.ID, nil)
	if got := refused(d, again); len(got) != 1 || got[0] != "1:MIG-ROW-016" {
		t.Errorf("the row imported before: %v", got)
	}
	errorFileHoldsRows(t, d, i, lines, len(want))
}

// errorFileHoldsRows reads the error file as CSV: the input's rows and two columns, and nothing a spreadsheet would run.
func errorFileHoldsRows(t *testing.T, d *migrationtest.Desk, i migration.Import, lines []string, want int) {
	t.Helper()
	a := d.Do(optest.Call{Op: &migration.GetErrorFile, Path: path(i), Query: "format=csv"}).Must(nil)
	r := csv.NewReader(strings.NewReader(string(a.Body)))
	r.FieldsPerRecord = -1
	got, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != want+1 || strings.Join(got[0], ",") != strings.TrimSpace(heading)+",code,message" {
		t.Fatalf("%d lines, heading %v", len(got), got[0])
	}
	if row := got[4]; strings.Join(row[:9], ",") != lines[4] || row[9] != "MIG-ROW-003" || row[10] != migration.RowNoAccount.Text {
		t.Errorf("row is %q", row)
	}
}

func TestRowsOfADocumentAreOneJournal(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	i := small(d, rows(
		"1,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,one,",
		"2,Other Ltd,,B7,5.00,30/04/2026,Agency staff,,",
		"3,FERNSIDE LTD.,,A1,2.50,30/04/2026,Agency staff,two,", // the same name but for capitals and a stop
		"4,Fernside Ltd,,A1,-1.25,01/05/2026,Agency staff,another day,",
		"5,Other Ltd,,A1,7.00,30/04/2026,Agency staff,another party,",
		"6,Fernside Ltd,,,3.00,30/04/2026,Agency staff,no number,",
		"7,Fernside Ltd,,,3.00,30/04/2026,Agency staff,no number,",
		"8,Fernside Ltd,,A1,ten,30/04/2026,Agency staff,bad,",
		"9,Nought Ltd,,C1,4.00,30/04/2026,Agency staff,,", "10,Nought Ltd,,C1,-4.00,30/04/2026,Agency staff,,"))
	i = d.Run(&migration.ValidateImport, i.ID, nil)
	var got []string
	for _, j := range staged(d, i) {
		var ns []string
		for _, l := range j.Lines {
			ns = append(ns, fmt.Sprint(l.Row))
		}
		got = append(got, strings.Join(ns, "+")+"="+j.Balance.Amount())
	}
	if want := "1+3=12.50 2=5.00 4=-1.25 5=7.00 6=3.00 7=3.00 9+10=0.00"; strings.Join(got, " ") != want {
		t.Errorf("journals %v\nwant     %s", got, want)
	}
	if i.Counts.NoDocument != 2 || i.Counts.Documents != 3 || i.Counts.ManyParties != 1 || i.Counts.ManyDates != 1 || i.Counts.Repeated != 1 || i.Counts.Similar != 1 {
		t.Errorf("counts %+v", i.Counts)
	}
	i = d.Run(&migration.CommitImport, i.ID, nil)
	d.Project()
	tb := d.TrialBalance("2027-03-31")
	if migrationtest.Balance(tb, "7105") != "29.25" || migrationtest.Balance(tb, "2100") != "-29.25" {
		t.Errorf("trial balance %+v", tb.Accounts)
	}
	journalsAreWhole(t, d, i)
}

// journalsAreWhole reads the first posted journal: its lines, its balancing line with the party, and where it came from.
func journalsAreWhole(t *testing.T, d *migrationtest.Desk, i migration.Import) {
	t.Helper()
	first := staged(d, i)[0]
	var j finance.JournalView
	d.Do(optest.Call{Op: &finance.GetJournal, Path: map[string]string{"journalId": first.Journal}}).Must(&j)
	if j.Kind != finance.Import || j.Description != "Fernside Ltd, A1" || j.Source != "legacy" || !strings.HasPrefix(j.ExternalID, i.ID) || len(j.Lines) != 3 || first.Number != j.Number {
		t.Fatalf("journal %+v", j)
	}
	l := j.Lines[2]
	if l.Account != "2100" || l.Credit == nil || l.Credit.Amount() != "12.50" || j.Lines[0].Party != "" {
		t.Errorf("balancing line %+v", l)
	}
	var p finance.Party
	d.Do(optest.Call{Op: finance.Parties.Get(), Path: map[string]string{"id": l.Party}}).Must(&p)
	if p.Name != "Fernside Ltd" || p.Kind != "supplier" || i.Counts.NewParties != 3 {
		t.Errorf("party %+v, %d made", p, i.Counts.NewParties)
	}
}

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

func TestRollBackAndImportAnew(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	i := small(d, rows("1,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,,", "2,Fernside Ltd,,A2,3.00,15/05/2026,Postage,,", "3,Other Ltd,,A3,4.00,30/04/2026,Postage,,"))
	i = d.Run(&migration.ValidateImport, i.ID, nil)
	i = d.Run(&migration.CommitImport, i.ID, nil)
	by := staged(d, i)[2]
	d.Do(optest.Call{Op: &finance.ReverseJournal, Path: map[string]string{"journalId": by.Journal}, Version: 1, Body: `{"mode":"correct","reason":"By hand"}`}).Must(nil)
	undo := map[string]string{"mode": "correct", "reason": "Wrong mapping"}
	i = d.Run(&migration.RollBackImport, i.ID, undo)
	if i.State != migration.RolledBack || i.Counts.Reversed != 3 || !i.Sums.Reversed.Equal(i.Sums.Posted) {
		t.Errorf("%s %+v %+v", i.State, i.Counts, i.Sums)
	}
	isNought(t, d)
	// The same import can be validated and committed again, and so can the same rows in another.
	i = d.Run(&migration.ValidateImport, i.ID, nil)
	if got := refused(d, i); len(got) != 0 {
		t.Errorf("after the roll-back: %v", got)
	}
	d.Run(&migration.CommitImport, i.ID, nil)
	d.Project()
	if got := migrationtest.Balance(d.TrialBalance("2027-03-31"), "2100"); got != "-17.00" {
		t.Errorf("creditors' control %s", got)
	}
}

func isNought(t *testing.T, d *migrationtest.Desk) {
	t.Helper()
	d.Project()
	for _, l := range d.TrialBalance("2027-03-31").Accounts {
		if !l.Balance.IsZero() {
			t.Errorf("account %s has %s left", l.Account, l.Balance)
		}
	}
}

func TestRollBackIsRefusedByNameWhereAPeriodHasClosed(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	i := small(d, rows("1,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,,", "2,Fernside Ltd,,A2,3.00,15/05/2026,Postage,,"))
	i = d.Run(&migration.ValidateImport, i.ID, nil)
	i = d.Run(&migration.CommitImport, i.ID, nil)
	april := map[string]string{"periodId": d.Entity.ID + ".2026-04"}
	d.Do(optest.Call{Op: &finance.StartClosingPeriod, Path: april, Version: 1}).Must(nil)
	journal := staged(d, i)[0].Journal
	undo := optest.Call{Op: &migration.RollBackImport, Path: path(i), Version: i.Version, Body: `{"mode":"correct","reason":"Wrong"}`}
	d.Do(undo).Refused(409, "MIG-IMP-004:/journals/"+journal)
	undo.Body = `{"mode":"accrual","reason":"Wrong","date":"2026-04-30"}`
	d.Do(undo).Refused(422, "FIN-JRN-004:/date")
	undo.Body = `{"mode":"accrual","reason":"Wrong"}`
	d.Do(undo).Refused(422, "MIG-IMP-005:/date")
	i = d.Run(&migration.RollBackImport, i.ID, map[string]string{"mode": "accrual", "reason": "Wrong", "date": "2026-06-01"})
	isNought(t, d)
	var j finance.JournalView
	d.Do(optest.Call{Op: &finance.GetJournal, Path: map[string]string{"journalId": staged(d, i)[0].Reversal}}).Must(&j)
	if j.Date.String() != "2026-06-01" || j.Reverses != journal {
		t.Errorf("reversal %+v", j)
	}
}

func TestSignOffIsFinal(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	i := small(d, rows("1,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,,", "2,Fernside Ltd,,A1,x,30/04/2026,Agency staff,,"))
	sign := func(body string) optest.Answer {
		return d.Do(optest.Call{Op: &migration.SignOffImport, Path: path(i), Version: d.Import(i.ID).Version, Body: body})
	}
	sign(`{}`).Refused(409, "MIG-IMP-001")
	i = d.Run(&migration.ValidateImport, i.ID, nil)
	i = d.Run(&migration.CommitImport, i.ID, nil)
	sign(`{}`).Refused(409, "MIG-IMP-007")
	sign(`{"acceptRejected":true,"note":"Agreed"}`).Must(&i)
	if i.State != migration.SignedOff || i.SignedOff == nil || i.SignedOff.By != "per_usr_test" {
		t.Errorf("%+v", i)
	}
	d.Do(optest.Call{Op: &migration.RollBackImport, Path: path(i), Version: i.Version, Body: `{"mode":"correct","reason":"Wrong"}`}).Refused(409, "MIG-IMP-001")
	d.Do(optest.Call{Op: &migration.ValidateImport, Path: path(i), Version: i.Version}).Refused(409, "MIG-IMP-001")
}

func TestSimilarPartiesAreMergedOnRequestOnly(t *testing.T) {
	content := rows("1,Fernside Catering Ltd,77,A1,10.00,30/04/2026,Agency staff,,", "2,FERNSIDE CATERING LIMITED,,A2,3.00,30/04/2026,Postage,,",
		"3,The Fernside Catering Ltd.,,A3,3.00,30/04/2026,Postage,,", "4,Fernside Catering Ltd,77,A4,3.00,30/04/2026,Postage,,", "5,Smith & Sons PLC,,A5,1.00,30/04/2026,Postage,,",
		"6,Smith and Sons,,A6,1.00,30/04/2026,Postage,,", "7,Elsewhere,,A7,1.00,30/04/2026,Postage,,")
	validated := func() (*migrationtest.Desk, migration.Import) {
		d := migrationtest.New(t, "2026-04")
		return d, d.Run(&migration.ValidateImport, small(d, content).ID, nil)
	}
	d, i := validated()
	var similar op.Records[migration.SimilarParties]
	d.Do(optest.Call{Op: &migration.ListSimilarParties, Path: path(i)}).Must(&similar)
	if len(similar.Data) != 2 || similar.Data[0].Names[0] != (migration.Spelling{Name: "Fernside Catering Ltd", Rows: 2}) || len(similar.Data[0].Names) != 3 {
		t.Errorf("similar %+v", similar.Data)
	}
	if i = d.Run(&migration.CommitImport, i.ID, nil); i.Counts.NewParties != 6 {
		t.Errorf("unasked, %d parties were made", i.Counts.NewParties)
	}

	d, i = validated()
	merge := optest.Call{Op: &migration.MergeParties, Path: path(i), Version: i.Version, Body: `{"groups":[{"into":"Smith and Sons","names":["Elsewhere"]}]}`}
	d.Do(merge).Refused(422, "MIG-IMP-006:/groups/0/names/0")
	merge.Body = `{"groups":[{"into":"Fernside Catering Ltd","names":["FERNSIDE CATERING LIMITED","The Fernside Catering Ltd."]}]}`
	d.Do(merge).Must(nil)
	if i = d.Run(&migration.CommitImport, i.ID, nil); i.Counts.NewParties != 4 {
		t.Errorf("one group merged, %d parties were made", i.Counts.NewParties)
	}
	var parties op.Records[finance.Party]
	d.Do(optest.Call{Op: finance.Parties.List()}).Must(&parties)
	for _, p := range parties.Data {
		if p.Name == "Fernside Catering Ltd" && len(p.Aliases) != 2 {
			t.Errorf("party %+v", p)
		}
	}

	d, i = validated()
	d.Do(optest.Call{Op: &migration.MergeParties, Path: path(i), Version: i.Version, Body: `{"all":true}`}).Must(nil)
	if i = d.Run(&migration.CommitImport, i.ID, nil); i.Counts.NewParties != 3 {
		t.Errorf("all merged, %d parties were made", i.Counts.NewParties)
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

func TestRowsWithoutIDsAreKnownByTheirContent(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	content := "Who,Net,Day\nFernside,1.00,20260430\nFernside,1.00,20260430\nOther,2.00,20260430\n"
	make := func() migration.Import {
		return d.Run(&migration.ValidateImport, d.Create(map[string]any{"name": "Plain", "source": "bank", "balancingAccount": "2100", "content": content,
			"defaults": map[string]string{"account": "7105", "description": "Staff"},
			"map":      map[string]any{"name": "Plain", "dateFormat": "YYYYMMDD", "columns": map[string]string{"party": "Who", "amount": "Net", "date": "Day"}}}, nil).ID, nil)
	}
	i := make()
	if i.Counts.Accepted != 3 {
		t.Fatalf("%v", refused(d, i))
	}
	d.Run(&migration.CommitImport, i.ID, nil)
	if again := make(); again.Counts.Rejected != 3 {
		t.Errorf("again: %+v", again.Counts)
	}
}

func TestCreateImportRefuses(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	for name, c := range map[string]struct {
		change func(map[string]any)
		want   string
	}{
		"no mapping":       {func(b map[string]any) { delete(b, "map") }, "MIG-MAP-002:/mapping"},
		"two mappings":     {func(b map[string]any) { b["mapping"] = "public-spending" }, "MIG-MAP-002:/mapping"},
		"unknown mapping":  {func(b map[string]any) { delete(b, "map"); b["mapping"] = "nobody" }, "MIG-MAP-001:/mapping"},
		"no file":          {func(b map[string]any) { delete(b, "content") }, "MIG-FIL-001:/file"},
		"two files":        {func(b map[string]any) { b["file"] = map[string]any{"name": "x", "bytes": 1} }, "MIG-FIL-001:/file"},
		"no balancing":     {func(b map[string]any) { delete(b, "balancingAccount") }, "MIG-MAP-006:/balancingAccount"},
		"header":           {func(b map[string]any) { b["balancingAccount"] = "1000" }, "MIG-MAP-006:/balancingAccount"},
		"default account":  {func(b map[string]any) { b["defaults"] = map[string]string{"account": "9998"} }, "MIG-MAP-006:/defaults/account"},
		"no party":         {func(b map[string]any) { delete(b["map"].(map[string]any)["columns"].(map[string]string), "party") }, "MIG-MAP-003:/defaults/party"},
		"blank":            {func(b map[string]any) { b["name"] = " " }, "MIG-GEN-001:/name"},
		"unknown currency": {func(b map[string]any) { b["map"].(map[string]any)["currency"] = "ABC" }, "MIG-MAP-005:/map/currency"},
		"entity":           {func(b map[string]any) { b["entity"] = "ent_01JD2M8G3S6QX4T5V7W9Y0Z1A2" }, "FIN-ENT-001:/entity"},
	} {
		t.Run(name, func(t *testing.T) {
			body := map[string]any{"name": "Small", "source": "legacy", "map": purchases(), "balancingAccount": "2100", "content": rows("x"), "entity": d.Entity.ID}
			c.change(body)
			d.Do(optest.Call{Op: &migration.CreateImport, Body: body}).Refused(422, c.want)
		})
	}
}

// A file that cannot be read as a whole fails the job by name, and the import can be tried again.
func TestFilesThatCannotBeRead(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	for content, want := range map[string]string{
		"Ref,Supplier\n1,2\n": "MIG-FIL-005",
		heading:               "MIG-FIL-006",
		strings.Replace(rows("x"), "Supplier no", "Ref", 1): "MIG-FIL-005",
	} {
		i := small(d, content)
		if j := d.Finish(d.Start(&migration.ValidateImport, i.ID, nil)); j.State != jobs.Failed || j.Problem.Code != want {
			t.Errorf("%q: %+v", content, j)
		}
	}
	i := migration.NewImport{}
	d.Do(optest.Call{Op: &migration.CreateImport, Body: map[string]any{"name": "x", "source": "x", "map": purchases(), "balancingAccount": "2100", "entity": d.Entity.ID,
		"file": map[string]any{"name": "x.csv", "bytes": 10}}}).Must(&i)
	if j := d.Finish(d.Start(&migration.ValidateImport, i.ID, nil)); j.State != jobs.Failed || j.Problem.Code != "MIG-FIL-003" {
		t.Errorf("never uploaded: %+v", j)
	}
}

func TestSavedMapping(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	var m migration.Mapping
	d.Do(optest.Call{Op: migration.Mappings.Create(), Body: purchases()}).Must(&m)
	i := small(d, rows("1,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,,"), func(b map[string]any) { delete(b, "map"); b["mapping"] = m.ID })
	d.Do(optest.Call{Op: migration.Mappings.Archive(), Path: map[string]string{"id": m.ID}, Version: 1}).Must(nil)
	if i = d.Run(&migration.ValidateImport, i.ID, nil); i.Counts.Accepted != 1 || i.Mapping != m.ID {
		t.Errorf("%+v", i)
	}
	d.Do(optest.Call{Op: &migration.CreateImport, Body: map[string]any{"name": "x", "source": "x", "mapping": m.ID, "content": "x", "entity": d.Entity.ID}}).Refused(422, "MIG-MAP-001:/mapping")
}

func refusedBy(err error, code string) bool { return fault.Is(err, code) }
