package finance_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"backoffice/internal/files"
	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	amounts "backoffice/internal/money"
	"backoffice/internal/op/optest"
	"backoffice/internal/sheet"
)

func rowsOf(t *testing.T, raw []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// The file of a report is the report's own CSV, to the byte, where both have the same columns.
func TestAFileIsTheReportsOwnCSV(t *testing.T) {
	d := financetest.Exporting(t)
	d.Trade(30)
	for report, c := range map[string]struct {
		parameters map[string]any
		call       optest.Call
	}{
		"trial-balance":   {map[string]any{"asOf": "2026-08-15"}, optest.Call{Op: &finance.GetTrialBalance, Query: "asOf=2026-08-15"}},
		"profit-and-loss": {map[string]any{"from": "2026-05-02", "asOf": "2026-10-15"}, optest.Call{Op: &finance.GetProfitAndLoss, Query: "from=2026-05-02&asOf=2026-10-15"}},
		"balance-sheet":   {map[string]any{"asOf": "2026-10-15"}, optest.Call{Op: &finance.GetBalanceSheet, Query: "asOf=2026-10-15"}},
	} {
		c.call.Query += "&format=csv&entity=" + d.Entity.ID
		if want, got := d.Do(c.call).Must(nil).Body, d.File(report, sheet.CSV, c.parameters); !bytes.Equal(got, want) {
			t.Errorf("%s is\n%s\nbut the report says\n%s", report, got, want)
		}
	}
}

// A ledger and a listing of many steps hold every line of the report once and in order, and add up to its balances.
func TestALedgerOfManyStepsIsTheReport(t *testing.T) {
	d := financetest.Exporting(t)
	d.Trade(120)
	year := map[string]any{"from": "2026-04-01", "asOf": "2026-12-31"}
	ledger := map[string]any{"account": "2100", "from": "2026-05-10", "asOf": "2026-11-20"}
	for report, c := range map[string]struct {
		parameters map[string]any
		call       optest.Call
		columns    int // that both have, from the left
	}{
		"account-ledger":  {ledger, optest.Call{Op: &finance.GetAccountLedger, Path: map[string]string{"accountId": d.Entity.ID + ".2100"}, Query: "from=2026-05-10&asOf=2026-11-20"}, 6},
		"journal-listing": {year, optest.Call{Op: &finance.GetJournalListing, Query: "from=2026-04-01&asOf=2026-12-31&entity=" + d.Entity.ID}, 8},
	} {
		got := rowsOf(t, d.File(report, sheet.CSV, c.parameters))
		c.call.Query += "&format=csv&limit=200"
		want := rowsOf(t, d.Do(c.call).Must(nil).Body)
		if len(got) != len(want) || len(want) < 80 {
			t.Fatalf("%s has %d rows, the report %d", report, len(got), len(want))
		}
		for i := range want {
			if g, w := strings.Join(got[i][:c.columns], "|"), strings.Join(want[i], "|"); g != w {
				t.Fatalf("%s, row %d: %s, but the report says %s", report, i, g, w)
			}
		}
	}
	var report finance.AccountLedger
	d.Do(optest.Call{Op: &finance.GetAccountLedger, Path: map[string]string{"accountId": d.Entity.ID + ".2100"}, Query: "from=2026-05-10&asOf=2026-11-20"}).Must(&report)
	got := rowsOf(t, d.File("account-ledger", sheet.CSV, ledger))
	if last := got[len(got)-1][6]; last != report.Closing.Amount() {
		t.Errorf("the last line leaves %s, the report closes with %s", last, report.Closing)
	}
}

// sheetOf reads the first sheet of a workbook, amounts as the numbers that they are.
func sheetOf(t *testing.T, raw []byte) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	rows, err := f.GetRows(f.GetSheetName(0), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// A workbook read back gives the report's totals to the penny, and its opening and closing stand around the lines.
func TestAWorkbookAddsUpToTheReport(t *testing.T) {
	d := financetest.Exporting(t)
	d.Trade(60)
	where := map[string]any{"account": "2100", "from": "2026-06-10", "asOf": "2026-11-20"}
	var report finance.AccountLedger
	d.Do(optest.Call{Op: &finance.GetAccountLedger, Path: map[string]string{"accountId": d.Entity.ID + ".2100"}, Query: "limit=200&from=2026-06-10&asOf=2026-11-20"}).Must(&report)
	rows := sheetOf(t, d.File("account-ledger", sheet.XLSX, where))
	if len(rows) != len(report.Data)+4 {
		t.Fatalf("%d rows for %d lines", len(rows), len(report.Data))
	}
	sum := report.Opening
	for _, r := range rows[2 : len(rows)-2] {
		sum = sum.Add(pounds(t, r[4])).Sub(pounds(t, r[5]))
		if !sum.Equal(pounds(t, r[6])) {
			t.Fatalf("the balance is %s after %s", r[6], sum)
		}
	}
	opening, closing := rows[1], rows[len(rows)-1]
	if !sum.Equal(report.Closing) || !pounds(t, closing[6]).Equal(report.Closing) || !pounds(t, opening[6]).Equal(report.Opening) || closing[3] != "Closing balance" {
		t.Errorf("from %v to %v, the lines sum to %s; the report says %s to %s", opening, closing, sum, report.Opening, report.Closing)
	}
}

// pounds reads a number as a spreadsheet holds it.
func pounds(t *testing.T, number string) amounts.Money {
	t.Helper()
	if number == "" {
		number = "0"
	}
	m, err := amounts.Parse(number, "GBP")
	if err != nil {
		t.Fatalf("%q: %v", number, err)
	}
	return m
}

// JSON Lines hold records alone: their amounts are objects, and they add up to the balances.
func TestJSONLinesOfJournalsAddUp(t *testing.T) {
	d := financetest.Exporting(t)
	d.Trade(40)
	raw := d.File("journals", sheet.JSONL, map[string]any{"from": "2026-04-01", "asOf": "2026-12-31"})
	sums := map[string]amounts.Money{}
	for line := range strings.Lines(string(raw)) {
		var l struct {
			Account       string         `json:"account"`
			Debit, Credit *amounts.Money `json:",omitempty"`
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil || (l.Debit == nil) == (l.Credit == nil) {
			t.Fatalf("%s: %v", line, err)
		}
		if _, there := sums[l.Account]; !there {
			sums[l.Account] = amounts.FromMinor(0, "GBP")
		}
		if l.Debit != nil {
			sums[l.Account] = sums[l.Account].Add(*l.Debit)
		} else {
			sums[l.Account] = sums[l.Account].Sub(*l.Credit)
		}
	}
	var tb finance.TrialBalance
	d.Do(optest.Call{Op: &finance.GetTrialBalance, Query: "asOf=2026-12-31&entity=" + d.Entity.ID}).Must(&tb)
	if len(tb.Accounts) != len(sums) {
		t.Fatalf("%d accounts, the trial balance has %d", len(sums), len(tb.Accounts))
	}
	for _, a := range tb.Accounts {
		if !sums[a.Account].Equal(a.Balance) {
			t.Errorf("%s: %s, the trial balance says %s", a.Account, sums[a.Account], a.Balance)
		}
	}
}

// Records that are no report: the chart as it is listed, and every party.
func TestRecordsAreExported(t *testing.T) {
	d := financetest.Exporting(t)
	for i := range 5 {
		d.Do(optest.Call{Op: finance.Parties.Create(), Body: fmt.Sprintf(`{"name":"=Supplier %d","kind":"supplier","aliases":["A","B"]}`, i)}).Must(nil)
	}
	parties := rowsOf(t, d.File("parties", sheet.CSV, nil))
	if len(parties) != 6 || parties[1][0] != "'=Supplier 0" || parties[1][2] != "A; B" {
		t.Errorf("%v", parties)
	}
	accounts := rowsOf(t, d.File("accounts", sheet.CSV, map[string]any{"type": []string{"income"}}))
	if len(accounts) < 5 || accounts[0][0] != "code" {
		t.Errorf("%v", accounts)
	}
	for _, a := range accounts[1:] {
		if a[2] != "income" {
			t.Errorf("%v", a)
		}
	}
}

var pdfPage = regexp.MustCompile(`/Type\s*/Page\b[^s]`)

func TestPaperHasPages(t *testing.T) {
	d := financetest.Exporting(t)
	d.Trade(80)
	raw := d.File("journal-listing", sheet.PDF, map[string]any{"from": "2026-04-01", "asOf": "2026-12-31"})
	if !bytes.HasPrefix(raw, []byte("%PDF-")) || len(pdfPage.FindAll(raw, -1)) < 2 {
		t.Errorf("%d pages: %q", len(pdfPage.FindAll(raw, -1)), raw[:min(20, len(raw))])
	}
}

// A process that dies at any moment of a step leaves what the next one goes on from: the file is the same.
func TestAnExportGoesOnAfterACrash(t *testing.T) {
	d := financetest.Exporting(t)
	d.Trade(10)
	where := map[string]any{"asOf": "2026-12-31"}
	want := d.File("trial-balance", sheet.CSV, where)
	started := d.Start("trial-balance", sheet.CSV, where)
	input := func(step int) []byte { return fmt.Appendf(nil, `{"job":%q,"step":%d}`, started.ID, step) }
	for step := range 3 {
		// The step is done once under a key that is lost with its answer, then asked for again, and again by another runner.
		if _, err := d.Invoke(t.Context(), "finance.write-export", d.Tenant, fmt.Sprintf("k%d", step), input(step)); err != nil {
			t.Fatalf("step %d: %v", step, err)
		}
		if _, err := d.Invoke(t.Context(), "finance.write-export", d.Tenant, fmt.Sprintf("k%d", step), input(step)); err != nil {
			t.Fatalf("step %d again: %v", step, err)
		}
		if _, err := d.Invoke(t.Context(), "finance.write-export", d.Tenant, fmt.Sprintf("other%d", step), input(step)); err == nil {
			t.Fatalf("step %d was done twice", step)
		}
	}
	v := d.Export(started.Export.ID)
	if _, got := d.Fetch(v.Download.URL); v.State != finance.ExportReady || !bytes.Equal(got, want) {
		t.Errorf("%s: %s", v.State, got)
	}
}

// Something that is posted to days which have been read would leave a file that does not add up: the export notices and begins
// again, and gives up by name when it never gets through.
func TestTheBooksMayMoveMeanwhile(t *testing.T) {
	for name, c := range map[string]struct {
		moves int
		state finance.ExportState
	}{"once": {1, finance.ExportReady}, "always": {100, finance.ExportFailed}} {
		t.Run(name, func(t *testing.T) {
			d := financetest.Exporting(t)
			for day := 1; day <= 28; day++ { // more journals than one step reads
				d.Post(fmt.Sprintf("2026-04-%02d", day), 10)
			}
			d.Project()
			d.Before = func(step int) {
				if step > 0 && step <= c.moves {
					d.Post("2026-04-01", 1) // before what has been read
					d.Project()
				}
			}
			v := d.Run(d.Start("journals", sheet.CSV, map[string]any{"asOf": "2026-04-30"}))
			if v.State != c.state {
				t.Fatalf("%s: %+v", v.State, v.Problem)
			}
			if c.state == finance.ExportFailed {
				if v.Problem == nil || v.Problem.Code != finance.RuleExportMoved.Code || v.Download != nil {
					t.Errorf("%+v", v)
				}
				return
			}
			if v.Rows != 2*281 {
				t.Errorf("%d lines of 281 journals", v.Rows)
			}
		})
	}
}

// Cancelled between two steps, an export has no file.
func TestAnExportCanBeCancelled(t *testing.T) {
	d := financetest.Exporting(t)
	d.Trade(3)
	started := d.Start("accounts", sheet.CSV, nil)
	d.Cancel(started.ID)
	if v := d.Run(started); v.State != finance.ExportCancelled || v.Download != nil {
		t.Errorf("%+v", v)
	}
}

// Parts go when the file is there, and the file when its days are over.
func TestFilesAreClearedAway(t *testing.T) {
	d := financetest.Exporting(t)
	d.Trade(3)
	v := d.Run(d.Start("accounts", sheet.CSV, nil))
	open := func(name string) error {
		f, _, err := d.Files.Open(t.Context(), files.Key(files.Exports, d.Tenant, v.ID, name))
		if err == nil {
			_ = f.Close()
		}
		return err
	}
	names, err := filepath.Glob(filepath.Join(d.Dir, files.Exports, d.Tenant, v.ID, "*"))
	if err != nil || len(names) != 1 || !strings.HasPrefix(filepath.Base(names[0]), "file-") {
		t.Fatalf("kept are %v: %v", names, err)
	}
	if err := open(filepath.Base(names[0])); err != nil {
		t.Error(err)
	}
	d.Later(files.ExportDays*24*time.Hour - time.Second)
	if v := d.Export(v.ID); v.State != finance.ExportReady || v.Download == nil {
		t.Errorf("a second before its end: %+v", v)
	}
	d.Later(2 * time.Second)
	if _, err := d.Files.Sweep(t.Context(), d.Now()); err != nil {
		t.Fatal(err)
	}
	if v := d.Export(v.ID); v.State != finance.ExportExpired || v.Download != nil {
		t.Errorf("after its end: %+v", v)
	}
	if err := open(filepath.Base(names[0])); !errors.Is(err, files.ErrNone) {
		t.Errorf("the file is still there: %v", err)
	}
}

// What a part holds is checked by its name: one that has gone fails the export by name.
func TestALostPartFailsTheExport(t *testing.T) {
	d := financetest.Exporting(t)
	d.Before = func(step int) {
		if step == 1 {
			if err := os.RemoveAll(filepath.Join(d.Dir, files.Exports)); err != nil {
				t.Fatal(err)
			}
		}
	}
	v := d.Run(d.Start("accounts", sheet.CSV, nil))
	if v.State != finance.ExportFailed || v.Problem == nil || v.Problem.Code != finance.RuleExportGone.Code {
		t.Errorf("%s: %+v", v.State, v.Problem)
	}
}

// An address is signed for a quarter of an hour and for this file alone.
func TestAddressesRunOut(t *testing.T) {
	d := financetest.Exporting(t)
	v := d.Run(d.Start("accounts", sheet.CSV, nil))
	if status, _ := d.Fetch(v.Download.URL); status != http.StatusOK {
		t.Errorf("%d", status)
	}
	d.Later(files.AddressLasts + time.Second)
	if status, _ := d.Fetch(v.Download.URL); status != http.StatusForbidden {
		t.Errorf("an old address: %d", status)
	}
	if status, _ := d.Fetch(d.Export(v.ID).Download.URL); status != http.StatusOK {
		t.Errorf("a new address: %d", status)
	}
}

// A ledger of ten thousand lines takes several steps, each of which holds but its own lines, and adds up all the same.
func TestALedgerOfTenThousandLines(t *testing.T) {
	d := financetest.Exporting(t)
	const journals, lines = 11, 999
	for i := range journals {
		all := make([]financetest.Line, 0, lines+1)
		for n := range lines {
			all = append(all, financetest.Line{Account: "7105", Amount: fmt.Sprintf("%d.%02d", 1+n, i)})
		}
		all = append(all, financetest.Line{Account: "2100", Amount: fmt.Sprintf("-%d.%02d", lines*(lines+1)/2+lines*i/100, lines*i%100)})
		d.Record(fmt.Sprintf("2026-05-%02d", 1+i), all...)
	}
	d.Project()
	steps := 0
	d.Before = func(int) { steps++ }
	where := map[string]any{"account": "7105", "from": "2026-04-01", "asOf": "2026-05-31"}
	rows := sheetOf(t, d.File("account-ledger", sheet.XLSX, where))
	var report finance.AccountLedger
	d.Do(optest.Call{Op: &finance.GetAccountLedger, Path: map[string]string{"accountId": d.Entity.ID + ".7105"}, Query: "from=2026-04-01&asOf=2026-05-31"}).Must(&report)
	if last := rows[len(rows)-1]; len(rows) != journals*lines+4 || !pounds(t, last[6]).Equal(report.Closing) {
		t.Errorf("%d rows, closing with %s; the report says %s", len(rows), last[6], report.Closing)
	}
	if steps < 6 {
		t.Errorf("%d steps: a step reads more than it should", steps)
	}
	ask := d.Asking("account-ledger", sheet.PDF, where)
	ask.Query = "dryRun=true"
	d.Do(ask).Refused(http.StatusUnprocessableEntity, "FIN-EXP-004:/format")
	if v := d.Run(d.Start("account-ledger", sheet.PDF, where)); v.State != finance.ExportFailed || v.Problem == nil || v.Problem.Code != finance.RuleExportPaper.Code {
		t.Errorf("ten thousand lines on paper: %s, %+v", v.State, v.Problem)
	}
}
