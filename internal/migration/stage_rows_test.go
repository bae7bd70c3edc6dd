package migration_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/jobs"
	"backoffice/internal/migration"
	"backoffice/internal/migration/migrationtest"
	"backoffice/internal/op/optest"
)

func TestEachKindOfRowErrorHasItsCode(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	d.Do(optest.Call{Op: &finance.UpdateAccount, Path: map[string]string{"accountId": d.Entity.ID + ".7302"}, Version: 1,
		Body: `{"dimensions":[{"dimension":"cost-centre","presence":"required"}]}`}).Must(nil)
	good := "%s,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,Week 17,"
	longest := strings.Repeat("x", 100)
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
		{longest + ",Fernside Ltd,," + longest + ",10.00,30/04/2026,Agency staff,,", "MIG-ROW-015"}, // an id may be so long, a number not
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

// pointers lists what a problem points at.
func pointers(p *jobs.Problem) string {
	var out []string
	for _, f := range p.Errors {
		out = append(out, f.Pointer)
	}
	return strings.Join(out, " ")
}

// A quote that is never closed costs its own row and no other; where semicolons part the cells, a comma in an amount is not
// taken for one of thousands; and lines may end as they once did on a Macintosh.
func TestLinesAreReadAsTheyWereMeant(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	good := "%s,Fernside Ltd,,A1,%s,30/04/2026,Agency staff,,"
	line := func(ref, net string) string { return fmt.Sprintf(good, ref, net) }
	unclosed := rows(line("1", "1.00"), "", `2,"Fernside Ltd,,A1,1.00,30/04/2026,Agency staff,,`, line("3", "1.00"), `4,"Two`, `lines" Ltd,,A1,1.00,30/04/2026,Agency staff,,`, line("5", "1.00"))
	for content, want := range map[string]string{
		unclosed: "2:MIG-ROW-001 4:MIG-ROW-001 5:MIG-ROW-001",
		strings.ReplaceAll(rows(line("6", "1.00")), ",", ";") + "7;Fernside Ltd;;A1;1,234;30/04/2026;Agency staff;;\n" + "8;Fernside Ltd;;A1;1,000.00;30/04/2026;Agency staff;;\n": "2:MIG-ROW-010",
		strings.ReplaceAll(rows(line("9", "1.00"), line("10", "ten")), "\n", "\r"):                                                                                                 "2:MIG-ROW-010",
	} {
		i := d.Run(&migration.ValidateImport, small(d, content).ID, nil)
		if got := strings.Join(refused(d, i), " "); got != want || i.Counts.Accepted == 0 {
			t.Errorf("%q: refused %s, want %s; %+v", content, got, want, i.Counts)
		}
	}
}

// A control character in any text of an uploaded file has its row refused: it would go on into journals and printed pages.
func TestControlCharactersAreRefused(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	content := rows("1,Ferns\x07ide,,A1,10.00,30/04/2026,Agency staff,,", "2,Fernside,,A\x1b[2J,10.00,30/04/2026,Agency staff,,", "3,Fernside,,A1,10.00,30/04/2026,Agency staff,\"two\nlines, a\ttab\",")
	body := map[string]any{"name": "Small", "source": "legacy", "map": purchases(), "balancingAccount": "2100"}
	i := d.Run(&migration.ValidateImport, d.Create(body, []byte(content)).ID, nil)
	if got := strings.Join(refused(d, i), " "); got != "1:MIG-ROW-022 2:MIG-ROW-022" || i.Counts.Accepted != 1 {
		t.Errorf("refused %s of %+v", got, i.Counts)
	}
}

// A file that cannot be read as a whole fails the job by name, the import says so, too, naming the fields whose columns it looked
// for, and can be tried again.
func TestFilesThatCannotBeRead(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	for content, want := range map[string]struct{ code, fields string }{
		"Ref,Supplier\n1,2\n": {"MIG-FIL-005", "/columns/account /columns/amount /columns/currency /columns/date /columns/description /columns/document /columns/partyExternalId"},
		heading:               {"MIG-FIL-006", ""},
		strings.Replace(rows("x"), "Supplier no", "Ref", 1): {"MIG-FIL-005", "/columns/externalId /columns/partyExternalId"},
	} {
		i := small(d, content)
		j := d.Finish(d.Start(&migration.ValidateImport, i.ID, nil))
		if j.State != jobs.Failed || j.Problem.Code != want.code || pointers(j.Problem) != want.fields {
			t.Errorf("%q: %+v, %s", content, j, pointers(j.Problem))
		}
		if i = d.Import(i.ID); i.Problem == nil || i.Problem.Code != want.code || pointers(i.Problem) != want.fields {
			t.Errorf("%q: the import says %+v", content, i.Problem)
		}
		d.Start(&migration.ValidateImport, i.ID, nil)
		if i = d.Import(i.ID); i.Problem != nil {
			t.Errorf("%q: validated anew, the import still says %+v", content, i.Problem)
		}
	}
	i := migration.NewImport{}
	d.Do(optest.Call{Op: &migration.CreateImport, Body: map[string]any{"name": "x", "source": "x", "map": purchases(), "balancingAccount": "2100", "entity": d.Entity.ID,
		"file": map[string]any{"name": "x.csv", "bytes": 10}}}).Must(&i)
	if j := d.Finish(d.Start(&migration.ValidateImport, i.ID, nil)); j.State != jobs.Failed || j.Problem.Code != "MIG-FIL-003" {
		t.Errorf("never uploaded: %+v", j)
	}
}
