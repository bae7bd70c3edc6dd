package mappings_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/civil"
	"backoffice/internal/finance/charts"
	"backoffice/internal/migration/mappings"
	"backoffice/internal/money"
)

const (
	spending      = "public-spending"
	spendingChart = "uk-frs102-small"

	// spendDataEnv names the variable with the path of the published file, which is too large to keep with the code.
	spendDataEnv = "SPEND_DATA"
)

type accountValue struct {
	Match   string `json:"match"`
	Account string `json:"account"`
}

type mapping struct {
	Name             string            `json:"name"`
	Columns          map[string]string `json:"columns"`
	DateFormat       string            `json:"dateFormat"`
	Currency         string            `json:"currency"`
	PartyKind        string            `json:"partyKind"`
	BalancingAccount string            `json:"balancingAccount"`
	AccountValues    []accountValue    `json:"accountValues"`
}

func load(t *testing.T, name string) mapping {
	t.Helper()
	data, ok := mappings.Mapping(name)
	if !ok {
		t.Fatalf("there is no mapping %s", name)
	}
	var m mapping
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return m
}

// postable returns the codes of the chart that can be posted to.
func postable(t *testing.T) map[string]bool {
	t.Helper()
	data, ok := charts.Template(spendingChart)
	if !ok {
		t.Fatalf("there is no chart %s", spendingChart)
	}
	var chart struct {
		Accounts []struct {
			Code   string
			Header bool
		}
	}
	if err := json.Unmarshal(data, &chart); err != nil {
		t.Fatal(err)
	}
	codes := make(map[string]bool)
	for _, a := range chart.Accounts {
		codes[a.Code] = !a.Header
	}
	return codes
}

func TestSpendingMappingIsSound(t *testing.T) {
	m, codes := load(t, spending), postable(t)
	if m.Name != spending || m.DateFormat != "YYYY-MM-DD" || m.PartyKind != "supplier" || !codes[m.BalancingAccount] {
		t.Errorf("mapping is %+v", m)
	}
	if _, err := money.ParseCurrency(m.Currency); err != nil {
		t.Error(err)
	}
	for _, field := range []string{
		"externalId", "party", "partyExternalId", "document", "amount", "date", "description", "account", "source",
	} {
		if m.Columns[field] == "" {
			t.Errorf("no column is %s", field)
		}
	}
	var matches []string
	for _, v := range m.AccountValues {
		matches = append(matches, v.Match)
		if v.Match == "" || v.Match != mappings.Key(v.Match) {
			t.Errorf("%q is not a key, %q is", v.Match, mappings.Key(v.Match))
		}
		if !codes[v.Account] || v.Account == m.BalancingAccount {
			t.Errorf("%q goes to %s", v.Match, v.Account)
		}
	}
	if !slices.IsSorted(matches) || len(slices.Compact(matches)) != len(m.AccountValues) {
		t.Error("the matches are not unique and in order")
	}
}

// TestSpendingMappingCoversTheFile walks the published file: every line's description has an account, every line can be read
// as the mapping says, and the mapping has no value that the file lacks.
func TestSpendingMappingCoversTheFile(t *testing.T) {
	path := os.Getenv(spendDataEnv)
	if path == "" {
		t.Skipf("%s does not name the published file", spendDataEnv)
	}
	m := load(t, spending)
	accounts, used := make(map[string]string), make(map[string]int)
	for _, v := range m.AccountValues {
		accounts[v.Match] = v.Account
	}
	currency, err := money.ParseCurrency(m.Currency)
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	eachLine(t, path, func(cell func(column string) string) {
		lines++
		key := mappings.Key(cell(m.Columns["account"]))
		used[key]++
		if accounts[key] == "" && used[key] == 1 {
			t.Errorf("line %d: no account for %q", lines, key)
		}
		if _, err := money.Parse(cell(m.Columns["amount"]), currency); err != nil {
			t.Errorf("line %d: amount %q: %v", lines, cell(m.Columns["amount"]), err)
		}
		if _, err := civil.ParseDate(cell(m.Columns["date"])); err != nil {
			t.Errorf("line %d: date %q: %v", lines, cell(m.Columns["date"]), err)
		}
		for _, field := range []string{"externalId", "party", "source"} {
			if cell(m.Columns[field]) == "" {
				t.Errorf("line %d has no %s", lines, field)
			}
		}
	})
	for match := range accounts {
		if used[match] == 0 {
			t.Errorf("no line reads %q", match)
		}
	}
	if lines == 0 {
		t.Error("the file has no lines")
	}
	t.Logf("%d lines, %d descriptions", lines, len(used))
}

// eachLine calls f for every line of a CSV file, with a function that returns a cell by its column heading.
func eachLine(t *testing.T, path string, f func(cell func(column string) string)) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	head, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		f(func(column string) string {
			i := slices.Index(head, column)
			if i < 0 {
				t.Fatalf("there is no column %q", column)
			}
			return row[i]
		})
	}
}

func TestKey(t *testing.T) {
	for cell, want := range map[string]string{
		"AGENCY STAFF":             "agency staff",
		"  Agency\t \u00a0Staff\n": "agency staff",
		"m&e  Maintenance works":   "m&e maintenance works",
		" ":                        "",
	} {
		if got := mappings.Key(cell); got != want {
			t.Errorf("Key(%q) = %q, want %q", cell, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.String().Draw(t, "cell")
		if key := mappings.Key(cell); mappings.Key(key) != key || mappings.Key(" \t"+cell+"  ") != key {
			t.Fatalf("%q has key %q, which has key %q", cell, key, mappings.Key(key))
		}
	})
}

func TestMappingIsACopy(t *testing.T) {
	if !slices.Contains(mappings.Names(), spending) {
		t.Fatalf("mappings are %v", mappings.Names())
	}
	first, _ := mappings.Mapping(spending)
	first[0] = 'x'
	if second, _ := mappings.Mapping(spending); second[0] != '{' {
		t.Error("a caller can change the mapping")
	}
	if _, ok := mappings.Mapping("../mappings/public-spending"); ok {
		t.Error("a path is taken as a name")
	}
}
