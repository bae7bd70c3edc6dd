package migration_test

import (
	"os"
	"testing"
	"time"

	"backoffice/internal/migration"
	"backoffice/internal/migration/migrationtest"
)

// spendDataEnv names the variable with the path of the published file, which is too large to keep with the code.
const spendDataEnv = "SPEND_DATA"

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

// TestSpendingEntersTheBooks brings the published file in: every row is accepted, and the creditors' control account shows
// exactly what the rows sum to.
func TestSpendingEntersTheBooks(t *testing.T) {
	raw := spending(t)
	d := spendingDesk(t)
	began := time.Now()
	lap := func(what string) {
		t.Logf("%s: %v", what, time.Since(began).Round(time.Millisecond))
		began = time.Now()
	}
	i := spendingImport(d, raw)
	lap("create and upload")
	i = d.Run(&migration.ValidateImport, i.ID, nil)
	lap("validate")
	t.Logf("%+v %+v", i.Counts, i.Sums)
	if i.Counts.Rows != 17_414 || i.Counts.Accepted != 17_414 || i.Counts.Rejected != 0 || i.Counts.NoDocument != 6_245 || i.Counts.Documents != 10_901 ||
		i.Counts.ManyParties != 9 || i.Counts.ManyDates != 11 || i.Sums.File.Amount() != "232248273.88" {
		t.Errorf("validated: %+v %+v", i.Counts, i.Sums)
	}
	i = d.Run(&migration.CommitImport, i.ID, nil)
	lap("commit")
	if i.State != migration.Committed || i.Counts.PostedRows != 17_414 || i.Sums.Posted.Amount() != "232248273.88" {
		t.Errorf("committed: %s %+v %+v", i.State, i.Counts, i.Sums)
	}
	d.Project()
	lap("project")
	tb := d.TrialBalance("2012-03-31")
	if got := migrationtest.Balance(tb, "2100"); got != "-232248273.88" || !tb.Debit.Equal(tb.Credit) || tb.Pending.Acts != 0 {
		t.Errorf("creditors' control %s, debit %s, credit %s, pending %d", got, tb.Debit, tb.Credit, tb.Pending.Acts)
	}
}
