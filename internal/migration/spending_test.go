package migration_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"backoffice/internal/migration"
	"backoffice/internal/migration/mappings"
	"backoffice/internal/migration/migrationtest"
)

// spendDataEnv names the variable with the path of the published file, which is too large to keep with the code.
const spendDataEnv = "SPEND_DATA"

const (
	spendRows  = 17_414
	spendTotal = "232248273.88"
)

func spending(t testing.TB) []byte {
	t.Helper()
	path := os.Getenv(spendDataEnv)
	if path == "" {
		t.Skipf("%s does not name the published file", spendDataEnv)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func spendingDesk(t testing.TB) *migrationtest.Desk {
	return migrationtest.New(t, "2008-04", "2009-04", "2010-04", "2011-04")
}

func spendingImport(d *migrationtest.Desk, raw []byte) migration.Import {
	return d.Create(map[string]any{"name": "Spending", "mapping": "public-spending", "source": "spending"}, raw)
}

// TestSpendingEntersTheBooks brings the published file in, through crashes of the runner: every row is accepted, and the
// creditors' control account shows exactly what the rows sum to. A second import of the file is refused row by row, and the
// roll-back brings every account to nought.
func TestSpendingEntersTheBooks(t *testing.T) {
	raw := spending(t)
	d := spendingDesk(t)
	began := time.Now()
	lap := func(what string) {
		t.Logf("%s took %v", what, time.Since(began).Round(time.Millisecond))
		began = time.Now()
	}
	i := d.Run(&migration.ValidateImport, spendingImport(d, raw).ID, nil)
	lap("validation")
	if c := i.Counts; c.Rows != spendRows || c.Accepted != spendRows || c.Rejected != 0 || c.NoDocument != 6_245 || c.Documents != 10_901 ||
		c.ManyParties != 9 || c.ManyDates != 11 || c.Staged != 17_163 || i.Sums.File.Amount() != spendTotal {
		t.Errorf("validated: %+v %+v", i.Counts, i.Sums)
	}
	crashes := resume(d, d.Start(&migration.CommitImport, i.ID, nil), 1)
	lap(fmt.Sprintf("commit, with %d runners stopped", crashes-1))
	if i = d.Import(i.ID); i.State != migration.Committed || i.Counts.PostedRows != spendRows || i.Counts.Posted != 17_163 || i.Sums.Posted.Amount() != spendTotal || crashes < 2 {
		t.Errorf("committed: %s %+v %+v", i.State, i.Counts, i.Sums)
	}
	d.Project()
	lap("projection")
	tb := d.TrialBalance("2012-03-31")
	if got := migrationtest.Balance(tb, "2100"); got != "-"+spendTotal || !tb.Debit.Equal(tb.Credit) {
		t.Errorf("creditors' control %s, debit %s, credit %s", got, tb.Debit, tb.Credit)
	}
	again := d.Run(&migration.ValidateImport, spendingImport(d, raw).ID, nil)
	lap("validation of the same file")
	if all := refused(d, again); again.Counts.Accepted != 0 || len(all) != spendRows || slices.ContainsFunc(all, func(r string) bool { return !strings.HasSuffix(r, ":MIG-ROW-016") }) {
		t.Errorf("the same file again: %+v", again.Counts)
	}
	i = d.Run(&migration.RollBackImport, i.ID, map[string]string{"mode": "correct", "reason": "A test"})
	lap("roll-back")
	d.Project()
	for _, l := range d.TrialBalance("2012-03-31").Accounts {
		if !l.Balance.IsZero() {
			t.Errorf("account %s has %s left", l.Account, l.Balance)
		}
	}
	if i.State != migration.RolledBack || i.Counts.Reversed != 17_163 {
		t.Errorf("rolled back: %s %+v", i.State, i.Counts)
	}
}

// With a mapping that omits three descriptions exactly the rows that bear them are rejected.
func TestSpendingWithoutThreeDescriptions(t *testing.T) {
	raw := spending(t)
	omitted := []string{"agency staff", "postage", "consultancy fees"}
	text, _ := mappings.Mapping("public-spending")
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	m["accountValues"] = slices.DeleteFunc(m["accountValues"].([]any), func(v any) bool { return slices.Contains(omitted, v.(map[string]any)["match"].(string)) })
	var want []string
	all, err := csv.NewReader(strings.NewReader(string(raw))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for n, row := range all[1:] {
		if slices.Contains(omitted, mappings.Key(row[4])) {
			want = append(want, fmt.Sprintf("%d:MIG-ROW-004", n+1))
		}
	}
	d := spendingDesk(t)
	i := d.Run(&migration.ValidateImport, d.Create(map[string]any{"name": "Spending", "map": m, "source": "spending"}, raw).ID, nil)
	got := refused(d, i)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || len(want) == 0 || i.Counts.Accepted != spendRows-len(want) {
		t.Errorf("%d rows were refused, %d bear the descriptions; %+v", len(got), len(want), i.Counts)
	}
}

// The same file saved as a workbook, days as days and amounts as numbers, is the same to the penny, and to every row's identity:
// once it is in the books, each row of the CSV file is one that was imported before.
func TestSpendingAsAWorkbook(t *testing.T) {
	raw := spending(t)
	table, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	d := spendingDesk(t)
	i := d.Run(&migration.ValidateImport, spendingImport(d, workbookOf(t, table, "Amount", "Date", time.DateOnly)).ID, nil)
	asCSV := d.Run(&migration.ValidateImport, spendingImport(d, raw).ID, nil)
	if fmt.Sprint(i.Counts, i.Sums) != fmt.Sprint(asCSV.Counts, asCSV.Sums) || i.Counts.Accepted != spendRows || i.Sums.File.Amount() != spendTotal {
		t.Fatalf("as a workbook %+v %+v\nas CSV %+v %+v", i.Counts, i.Sums, asCSV.Counts, asCSV.Sums)
	}
	d.Run(&migration.CommitImport, i.ID, nil)
	d.Project()
	if got := migrationtest.Balance(d.TrialBalance("2012-03-31"), "2100"); got != "-"+spendTotal {
		t.Errorf("creditors' control %s", got)
	}
	if again := d.Run(&migration.ValidateImport, spendingImport(d, raw).ID, nil); again.Counts.Accepted != 0 || again.Counts.Rejected != spendRows {
		t.Errorf("the file as CSV, after the workbook: %+v", again.Counts)
	}
}
