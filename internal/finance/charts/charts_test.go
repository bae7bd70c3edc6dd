package charts_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"testing"

	"backoffice/internal/finance/charts"
)

type account struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Type    string `json:"type"`
	Class   string `json:"class"`
	Parent  string `json:"parent"`
	Header  bool   `json:"header"`
	Control string `json:"control"`
}

type template struct {
	Name     string    `json:"name"`
	Title    string    `json:"title"`
	Country  string    `json:"country"`
	Accounts []account `json:"accounts"`
}

// typeOf gives the one type that the accounts of each statement line have.
var typeOf = map[string]string{
	"fixed-assets-intangible":   "asset",
	"fixed-assets-tangible":     "asset",
	"fixed-assets-investments":  "asset",
	"stocks":                    "asset",
	"debtors":                   "asset",
	"cash":                      "asset",
	"creditors-within-one-year": "liability",
	"creditors-after-one-year":  "liability",
	"provisions":                "liability",
	"capital-and-reserves":      "equity",
	"turnover":                  "income",
	"other-operating-income":    "income",
	"interest-receivable":       "income",
	"cost-of-sales":             "expense",
	"distribution-costs":        "expense",
	"administrative-expenses":   "expense",
	"interest-payable":          "expense",
	"tax":                       "expense",
}

var (
	fourDigits = regexp.MustCompile(`^[0-9]{4}$`)
	controls   = []string{"", "debtors", "creditors", "bank", "vat", "stock", "payroll"}
)

// load reads a template strictly, so that a misspelt member fails here.
func load(t *testing.T, name string) template {
	t.Helper()
	data, ok := charts.Template(name)
	if !ok {
		t.Fatalf("there is no template %s", name)
	}
	var c template
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}

func byCode(c template) map[string]account {
	accounts := make(map[string]account, len(c.Accounts))
	for _, a := range c.Accounts {
		accounts[a.Code] = a
	}
	return accounts
}

func TestTemplatesAreSound(t *testing.T) {
	names := charts.Names()
	if !slices.Contains(names, "uk-frs102-small") {
		t.Fatalf("templates are %v", names)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			c := load(t, name)
			if c.Name != name || c.Title == "" || len(c.Country) != 2 {
				t.Errorf("described as %q, %q, %q", c.Name, c.Title, c.Country)
			}
			codes := make([]string, len(c.Accounts))
			labels := make(map[string]string)
			for i, a := range c.Accounts {
				codes[i] = a.Code
				checkAccount(t, a)
				if other, twice := labels[a.Name]; twice {
					t.Errorf("%s and %s are both called %q", other, a.Code, a.Name)
				}
				labels[a.Name] = a.Code
			}
			if !slices.IsSorted(codes) || len(slices.Compact(codes)) != len(c.Accounts) {
				t.Error("the codes are not unique and in order")
			}
		})
	}
}

func checkAccount(t *testing.T, a account) {
	t.Helper()
	if !fourDigits.MatchString(a.Code) || a.Name == "" {
		t.Errorf("account %+v has no proper code or name", a)
	}
	if want, ok := typeOf[a.Class]; !ok || a.Type != want {
		t.Errorf("%s is of type %q and class %q", a.Code, a.Type, a.Class)
	}
	if !slices.Contains(controls, a.Control) || a.Header && a.Control != "" {
		t.Errorf("%s has control %q, header %t", a.Code, a.Control, a.Header)
	}
}

func TestParents(t *testing.T) {
	for _, name := range charts.Names() {
		c := load(t, name)
		accounts, children := byCode(c), make(map[string]int)
		for _, a := range c.Accounts {
			if a.Parent == "" {
				if !a.Header {
					t.Errorf("%s: %s can be posted to but stands under no header", name, a.Code)
				}
				continue
			}
			children[a.Parent]++
			p, ok := accounts[a.Parent]
			if !ok || !p.Header || p.Type != a.Type || p.Class != a.Class {
				t.Errorf("%s: %s (%s, %s) stands under %+v", name, a.Code, a.Type, a.Class, p)
			}
			if depth(accounts, a) > 3 {
				t.Errorf("%s: %s stands too deep or under itself", name, a.Code)
			}
		}
		for _, a := range c.Accounts {
			if a.Header != (children[a.Code] > 0) {
				t.Errorf("%s: %s has %d accounts under it, header %t", name, a.Code, children[a.Code], a.Header)
			}
		}
	}
}

// depth counts the accounts from a to the top, and stops when there are more than any chart has.
func depth(accounts map[string]account, a account) int {
	n := 1
	for ; a.Parent != "" && n < 10; n++ {
		a = accounts[a.Parent]
	}
	return n
}

// TestWellKnownAccounts holds the codes that other parts of the books and saved mappings refer to.
func TestWellKnownAccounts(t *testing.T) {
	accounts := byCode(load(t, "uk-frs102-small"))
	for code, want := range map[string]account{
		"1001": {Class: "stocks", Control: "stock"},
		"1100": {Class: "debtors", Control: "debtors"},
		"1103": {Class: "debtors"},
		"1200": {Class: "cash", Control: "bank"},
		"1240": {Class: "creditors-within-one-year", Control: "bank"},
		"2100": {Class: "creditors-within-one-year", Control: "creditors"},
		"2102": {Class: "creditors-within-one-year"},
		"2109": {Class: "creditors-within-one-year"},
		"2150": {Class: "debtors"},
		"2200": {Class: "creditors-within-one-year", Control: "vat"},
		"2201": {Class: "creditors-within-one-year", Control: "vat"},
		"2202": {Class: "creditors-within-one-year", Control: "vat"},
		"2210": {Class: "creditors-within-one-year", Control: "payroll"},
		"2220": {Class: "creditors-within-one-year", Control: "payroll"},
		"2230": {Class: "creditors-within-one-year", Control: "payroll"},
		"2320": {Class: "creditors-within-one-year"},
		"3000": {Class: "capital-and-reserves"},
		"3200": {Class: "capital-and-reserves"},
		"4000": {Class: "turnover"},
		"4900": {Class: "interest-receivable"},
		"5000": {Class: "cost-of-sales"},
		"7012": {Class: "administrative-expenses"},
		"7105": {Class: "administrative-expenses"},
		"7700": {Class: "administrative-expenses"},
		"7850": {Class: "administrative-expenses"},
		"7900": {Class: "interest-payable"},
		"8000": {Class: "administrative-expenses"},
		"8800": {Class: "tax"},
		"9000": {Class: "administrative-expenses"},
	} {
		got, ok := accounts[code]
		if !ok || got.Header || got.Class != want.Class || got.Control != want.Control {
			t.Errorf("%s is %+v, want %s with control %q", code, got, want.Class, want.Control)
		}
	}
}

func TestEveryControlHasAnAccount(t *testing.T) {
	c := load(t, "uk-frs102-small")
	for _, control := range controls {
		if !slices.ContainsFunc(c.Accounts, func(a account) bool { return a.Control == control && !a.Header }) {
			t.Errorf("no account is controlled by %q", control)
		}
	}
	for class := range typeOf {
		if !slices.ContainsFunc(c.Accounts, func(a account) bool { return a.Class == class && !a.Header }) {
			t.Errorf("no account is reported under %s", class)
		}
	}
}

func TestTemplateIsACopy(t *testing.T) {
	first, _ := charts.Template("uk-frs102-small")
	first[0] = 'x'
	if second, _ := charts.Template("uk-frs102-small"); second[0] != '{' {
		t.Error("a caller can change the template")
	}
	if _, ok := charts.Template("../charts/uk-frs102-small"); ok {
		t.Error("a path is taken as a name")
	}
}
