package migration_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"backoffice/internal/jobs"
	"backoffice/internal/migration"
	"backoffice/internal/migration/migrationtest"
	"backoffice/internal/op/optest"
)

// workbookOf saves a table as a workbook: dates as dates, amounts as numbers, all else as text.
func workbookOf(t testing.TB, table [][]string, numbers, dates string, layout string) []byte {
	t.Helper()
	f := excelize.NewFile()
	style, err := f.NewStyle(&excelize.Style{NumFmt: 15})
	for r, row := range table {
		for c, text := range row {
			at, nameErr := excelize.CoordinatesToCellName(c+1, r+1)
			err = firstOf(err, nameErr)
			number, numErr := strconv.ParseFloat(text, 64)
			day, dayErr := time.Parse(layout, text)
			switch {
			case text == "":
			case table[0][c] == numbers && numErr == nil:
				err = firstOf(err, f.SetCellValue("Sheet1", at, number))
			case table[0][c] == dates && dayErr == nil:
				err = firstOf(err, f.SetCellValue("Sheet1", at, day), f.SetCellStyle("Sheet1", at, at, style))
			default:
				err = firstOf(err, f.SetCellStr("Sheet1", at, text))
			}
		}
	}
	return saved(t, f, err)
}

func saved(t testing.TB, f *excelize.File, err error) []byte {
	t.Helper()
	b, writeErr := f.WriteToBuffer()
	if err := firstOf(err, writeErr, f.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func firstOf(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

// uploaded makes an import of a file that is uploaded, and validates it.
func uploaded(d *migrationtest.Desk, content []byte, change ...func(map[string]any)) migration.Import {
	d.T.Helper()
	body := map[string]any{"name": "Small", "source": "legacy", "map": purchases(), "balancingAccount": "2100"}
	for _, f := range change {
		f(body)
	}
	return d.Run(&migration.ValidateImport, d.Create(body, content).ID, nil)
}

func errorFile(d *migrationtest.Desk, i migration.Import) [][]string {
	d.T.Helper()
	a := d.Do(optest.Call{Op: &migration.GetErrorFile, Path: path(i), Query: "format=csv"}).Must(nil)
	r := csv.NewReader(bytes.NewReader(a.Body))
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	if err != nil {
		d.T.Fatal(err)
	}
	return all
}

// A workbook goes the same way as CSV, with the worksheet's own row numbers; its error file is CSV that can be imported.
func TestAWorkbookIsImported(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	f := excelize.NewFile()
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	cell := func(at string, value any) { err = firstOf(err, f.SetCellValue("Sheet1", at, value)) }
	for c, title := range strings.Split(strings.TrimSpace(heading), ",") {
		cell(string(rune('A'+c))+"3", title) // below two blank rows
	}
	april := time.Date(2026, 4, 30, 0, 0, 0, 0, time.UTC)
	line := func(row, ref, invoice string, net, date any) {
		cell("A"+row, ref)
		cell("B"+row, "Fernside Ltd")
		cell("D"+row, invoice)
		if net != nil {
			cell("E"+row, net)
		}
		cell("F"+row, date)
		cell("G"+row, "Agency staff")
	}
	line("4", "007", "A1", 12.1, april)
	line("6", "2", "A1", 4.1+8, april) // 12.1 but for binary noise
	line("7", "3", "A2", -3, "30/04/2026")
	line("8", "4", "A3", 1.0, april.Add(time.Hour))
	line("9", "5", "A4", nil, april)
	err = firstOf(err, f.SetCellFormula("Sheet1", "E9", "SUM(E4:E8)"), f.SetColStyle("Sheet1", "F", day), f.SetCellStyle("Sheet1", "A4000", "Z4000", day))
	line("10", "6", "A5", 1, "#REF!")
	cell("Q11", "a note beside the table")
	raw := saved(t, f, err)
	i := uploaded(d, raw)
	if got, want := strings.Join(refused(d, i), " "), "8:MIG-ROW-007 9:MIG-ROW-010 9:MIG-ROW-023 10:MIG-ROW-007 10:MIG-ROW-023 11:MIG-ROW-002"; !strings.HasPrefix(got, want) {
		t.Errorf("refused %s\nwant    %s", got, want)
	}
	if i.Counts.Rows != 7 || i.Counts.Accepted != 3 || i.Counts.Staged != 2 || i.Sums.Accepted.Amount() != "21.20" || !slices.Equal(i.Worksheets, []string{"Sheet1"}) {
		t.Errorf("%+v %+v %v", i.Counts, i.Sums, i.Worksheets)
	}
	rejected := errorFile(d, i)
	if !slices.Contains(rejected[1], "30/04/2026 01:00:00") || !strings.Contains(strings.Join(rejected[2], " "), "Cell E9 (amount) holds #CALC!.") {
		t.Errorf("error file %q", rejected)
	}
	d.Run(&migration.CommitImport, i.ID, nil)
	mended := [][]string{rejected[0][:9]}
	for n, row := range rejected[1:4] {
		row[4], row[5] = fmt.Sprint(n+1), "30/04/2026"
		mended = append(mended, row[:9])
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(mended); err != nil {
		t.Fatal(err)
	}
	again := uploaded(d, b.Bytes())
	if again.Counts.Accepted != 3 || again.Sums.Accepted.Amount() != "6.00" {
		t.Errorf("the mended error file: %+v, %v", again.Counts, refused(d, again))
	}
	if same := uploaded(d, raw); same.Counts.Accepted != 0 {
		t.Errorf("the same workbook again: %+v", same.Counts)
	}
}

// The worksheet that the import names is read, then the mapping's, then the first that can be seen; where there is none of the
// name, the import lists those that there are.
func TestWorksheetsAreChosenByName(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	f := excelize.NewFile()
	err := firstOf(f.SetSheetName("Sheet1", "Notes"))
	for n, name := range []string{"April", "May"} {
		_, newErr := f.NewSheet(name)
		titles, line := strings.Split(strings.TrimSpace(heading), ","), []any{name, "Fernside Ltd", "", "A1", n + 1, "30/04/2026", "Agency staff"}
		err = firstOf(err, newErr, f.SetSheetRow(name, "A1", &titles), f.SetSheetRow(name, "A2", &line))
	}
	f.SetActiveSheet(1)
	err = firstOf(err, f.SetSheetVisible("Notes", false))
	raw := saved(t, f, err)
	mapped := func(body map[string]any) { body["map"].(map[string]any)["worksheet"] = "may" }
	named := func(name string) func(map[string]any) {
		return func(body map[string]any) { body["worksheet"] = name }
	}
	for want, change := range map[string][]func(map[string]any){"1.00": {}, "2.00": {mapped}} {
		if i := uploaded(d, raw, change...); i.Sums.Accepted.Amount() != want {
			t.Errorf("%s, want %s", i.Sums.Accepted, want)
		}
	}
	if i := uploaded(d, raw, mapped, named("April")); i.Sums.Accepted.Amount() != "1.00" || i.Worksheet != "April" {
		t.Errorf("%s of %s", i.Sums.Accepted, i.Worksheet)
	}
	for name, content := range map[string][]byte{"June": raw, "April": []byte(rows("1,Fernside Ltd,,A1,1.00,30/04/2026,Agency staff,,"))} {
		i := d.Create(map[string]any{"name": "Small", "source": "legacy", "map": purchases(), "balancingAccount": "2100", "worksheet": name}, content)
		j := d.Finish(d.Start(&migration.ValidateImport, i.ID, nil))
		if j.State != jobs.Failed || j.Problem.Code != "MIG-FIL-015" || pointers(j.Problem) != "/worksheet" {
			t.Errorf("%s: %+v", name, j)
		}
		if i = d.Import(i.ID); name == "June" && !slices.Equal(i.Worksheets, []string{"Notes", "April", "May"}) {
			t.Errorf("worksheets %v", i.Worksheets)
		}
	}
}

// A file that is no table is refused by what it is.
func TestFilesThatAreNoTablesAreToldApart(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	compound := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 100)
	good := string(workbookOf(t, [][]string{{"a"}, {"b"}}, "", "", ""))
	for content, code := range map[string]string{compound: "MIG-FIL-008", compound + string([]byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")): "MIG-FIL-009",
		"%PDF-1.7": "MIG-FIL-012", good[:len(good)-10]: "MIG-FIL-013", good: "MIG-FIL-005"} {
		i := d.Create(map[string]any{"name": "Small", "source": "legacy", "map": purchases(), "balancingAccount": "2100"}, []byte(content))
		if j := d.Finish(d.Start(&migration.ValidateImport, i.ID, nil)); j.State != jobs.Failed || j.Problem.Code != code || d.Import(i.ID).Problem == nil {
			t.Errorf("%.9q: %+v, want %s", content, j.Problem, code)
		}
		if a := d.Do(optest.Call{Op: &migration.GetErrorFile, Path: path(i)}); content != good && !refusedBy(a.Problem, "MIG-IMP-001") {
			t.Errorf("%.9q has an error file", content)
		}
	}
}

// What is sent after a validation belongs to the next one: until then the error file and what is staged are those that were
// validated.
func TestAFileSentAnewWaitsForTheNextValidation(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	first, second := rows("1,Fernside Ltd,,A1,ten,30/04/2026,Agency staff,,"), rows("1,Fernside Ltd,,A1,1.0,30/04/2026,Agency staff,,")
	var made migration.NewImport
	d.Do(optest.Call{Op: &migration.CreateImport, Body: map[string]any{"name": "Small", "source": "legacy", "map": purchases(), "balancingAccount": "2100", "entity": d.Entity.ID,
		"file": map[string]any{"name": "x.csv", "bytes": len(first)}}}).Must(&made)
	if a := d.Do(optest.Call{Op: &migration.GetErrorFile, Path: path(made.Import)}); !refusedBy(a.Problem, "MIG-IMP-001") {
		t.Errorf("before any validation: %+v", a.Problem)
	}
	for n, content := range []string{first, second} {
		d.Upload(made.Upload, []byte(content))
		if n == 1 {
			if f := errorFile(d, made.Import); len(f) != 2 || f[1][4] != "ten" {
				t.Errorf("sent anew, the error file is %q", f)
			}
		}
		if i := d.Run(&migration.ValidateImport, made.ID, nil); i.Counts.Rejected != 1-n || i.Counts.Accepted != n {
			t.Errorf("file %d: %+v", n, i.Counts)
		}
	}
}

// However the runner crashes, a workbook is taken in once, and every row enters the books once.
func TestAWorkbookResumes(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	table, err := csv.NewReader(strings.NewReader(suppliers(200))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	i := d.Create(map[string]any{"name": "Small", "source": "legacy", "map": purchases(), "balancingAccount": "2100"}, workbookOf(t, table, "Net", "Date", "02/01/2006"))
	runners := 0
	for seed := uint64(0); runners < 2 && seed < 2000; seed += 100 { // until a crash came
		runners += resume(d, d.Start(&migration.ValidateImport, i.ID, nil), 31+seed)
	}
	i = d.Import(i.ID)
	if i.State != migration.Validated || i.Counts.Accepted != 200 || i.Sums.Accepted.Amount() != "200.00" {
		t.Errorf("%s %+v", i.State, i.Counts)
	}
}

// The same table imports the same as CSV and as a workbook: rows, refusals, journals and sums.
func TestTablesImportTheSameInEveryForm(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	const seed = 17
	t.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, seed))
	oneOf := func(all ...string) string { return all[draw.IntN(len(all))] }
	for range 6 {
		table := [][]string{strings.Split(strings.TrimSpace(heading), ",")}
		for n := range 40 {
			table = append(table, []string{oneOf(strconv.Itoa(n), "00"+strconv.Itoa(n), "", "1"), oneOf("Fernside Ltd", "FERNSIDE LIMITED", "Café \"Ö\"; & Co", "", "two\nlines", "=1+1", "#N/A"),
				oneOf("", "7", "08"), oneOf("A1", "A2", "", "0012"), oneOf("10.00", "-3.1", "0.07", "1234567.89", "", "ten", "0", "2.28", "1,234.50", "99999999999.99"),
				oneOf("30/04/2026", "01/03/2027", "31/03/2026", "", "2026-04-30", "31/04/2026"), oneOf("Agency staff", "AGENCY  STAFF", "Postage", "Unheard of", ""), oneOf("", "a, b", " c", "TRUE"), oneOf("", "GBP", "EUR")})
		}
		var text, semicolons bytes.Buffer
		w := csv.NewWriter(&semicolons)
		w.Comma = ';'
		if err := firstOf(csv.NewWriter(&text).WriteAll(table), w.WriteAll(table)); err != nil {
			t.Fatal(err)
		}
		wide := []byte("\xff\xfe")
		for _, c := range utf16.Encode([]rune(strings.ReplaceAll(text.String(), "\n", "\r\n"))) {
			wide = append(wide, byte(c), byte(c>>8))
		}
		want, wantRows := outcome(d, uploaded(d, text.Bytes()), 0)
		for name, content := range map[string][]byte{"workbook": workbookOf(t, table, "Net", "Date", "02/01/2006"), "semicolons": semicolons.Bytes(), "UTF-16": wide,
			"UTF-16 without its mark": wide[2:], "the other UTF-16": swapped(wide),
			"a mark of bytes": append([]byte("\xef\xbb\xbf"), text.Bytes()...)} {
			shift := 0
			if name == "workbook" {
				shift = 1 // its rows count from the heading on
			}
			got, gotRows := outcome(d, uploaded(d, content), shift)
			if got != want || !slices.Equal(gotRows, wantRows) {
				t.Errorf("%s:\n%s %v\nas CSV:\n%s %v", name, got, gotRows, want, wantRows)
			}
		}
	}
}

// swapped gives UTF-16 in the other order of bytes.
func swapped(wide []byte) []byte {
	out := slices.Clone(wide)
	for n := 0; n+1 < len(out); n += 2 {
		out[n], out[n+1] = out[n+1], out[n]
	}
	return out
}

// outcome tells what an import came to, and its refusals with the numbers that rows have in CSV.
func outcome(d *migrationtest.Desk, i migration.Import, shift int) (string, []string) {
	var out []string
	for _, r := range refused(d, i) {
		n, code, _ := strings.Cut(r, ":")
		at, err := strconv.Atoi(n)
		if err != nil {
			d.T.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%d:%s", at-shift, code))
	}
	return fmt.Sprintf("%+v %+v", i.Counts, i.Sums), out
}
