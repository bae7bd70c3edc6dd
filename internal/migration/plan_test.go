package migration

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/fault"
	"backoffice/internal/finance"
	"backoffice/internal/money"
)

var planMapping = MappingFields{Name: "Test", DateFormat: "YYYY-MM-DD", Columns: Columns{ExternalID: "id", Party: "party", Document: "doc", Amount: "amount", Date: "date", Account: "account"}}

// TestPlanTakesEveryRowOnce draws files and holds their plans against what every plan must be: each row in one journal, each
// journal in one chunk that fits a transaction, each chunk in one step, and the rows of a document together.
func TestPlanTakesEveryRowOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "rows")
		docs := rapid.IntRange(1, 60).Draw(t, "documents")
		parties := rapid.IntRange(1, 200).Draw(t, "parties")
		var b strings.Builder
		b.WriteString("id,party,doc,amount,date,account\n")
		for k := range n {
			doc := ""
			if d := rapid.IntRange(0, docs).Draw(t, "document"); d > 0 {
				doc = fmt.Sprintf("D%d", d)
			}
			fmt.Fprintf(&b, "%d,Party %d,%s,%d.00,2026-04-30,7105\n", k, rapid.IntRange(1, parties).Draw(t, "party"), doc, k+1)
		}
		p, err := newPlan([]byte(b.String()), false, planMapping, Defaults{}, "s", "GBP")
		if err != nil {
			t.Fatal(err)
		}
		soundPlan(t, p, n)
	})
}

func soundPlan(t *rapid.T, p *plan, n int) {
	seen, known, last := map[int]bool{}, map[string]bool{}, 0
	together := map[string]int{}
	for step, s := range p.steps {
		if s.from != last || s.to <= s.from || s.to-s.from > stepChunksMax {
			t.Fatalf("step %d is %+v after %d", step, s, last)
		}
		last = s.to
	}
	if last != len(p.chunks) {
		t.Fatalf("the steps end at %d of %d chunks", last, len(p.chunks))
	}
	last = 0
	for k, c := range p.chunks {
		if c.from != last || c.to <= c.from || c.to-c.from > finance.JournalsAtOnceMax {
			t.Fatalf("chunk %d is %+v after %d", k, c, last)
		}
		last = c.to
		items := 0
		for _, rows := range p.groups[c.from:c.to] {
			items += 2 + len(rows)
			for _, r := range rows {
				e := p.entries[r]
				if seen[r] || e.groupKey() != p.entries[rows[0]].groupKey() || e.document == "" && len(rows) > 1 {
					t.Fatalf("row %d stands in a journal with row %d, or twice", r, rows[0])
				}
				seen[r] = true
				if !known[e.party] {
					known[e.party] = true
					items += 2
				}
			}
			if key := p.entries[rows[0]].groupKey(); key != "" && len(rows) < documentRowsMax {
				if together[key]++; together[key] > 1 {
					t.Fatalf("a document of few rows is in several journals")
				}
			}
		}
		if items > chunkItemsMax {
			t.Fatalf("chunk %d writes %d items", k, items)
		}
	}
	if len(seen) != n || last != len(p.groups) {
		t.Fatalf("%d rows of %d are planned, %d groups of %d", len(seen), n, last, len(p.groups))
	}
}

func TestALongDocumentIsSeveralJournals(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,party,doc,amount,date,account\n")
	for k := range documentRowsMax*2 + 1 {
		fmt.Fprintf(&b, "%d,Fernside,D1,1.00,2026-04-30,7105\n", k)
	}
	p, err := newPlan([]byte(b.String()), false, planMapping, Defaults{}, "s", "GBP")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.groups) != 3 || len(p.groups[0]) != documentRowsMax || len(p.groups[2]) != 1 {
		t.Errorf("%d journals", len(p.groups))
	}
}

func TestPartyIDsThatMeanOneParty(t *testing.T) {
	m := planMapping
	m.Columns.PartyExternalID = "no"
	p, err := newPlan([]byte("id,party,no,doc,amount,date,account\n1,One,7,,1.00,2026-04-30,7105\n2,ONE,7,,1.00,2026-04-30,7105\n3,One,,,1.00,2026-04-30,7105\n"+
		"4,Two,8,,1.00,2026-04-30,7105\n5,Two,9,,1.00,2026-04-30,7105\n6,Three,10,,1.00,2026-04-30,7105\n7,Four,10,,1.00,2026-04-30,7105\n"), false, m, Defaults{}, "s", "GBP")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range p.entries {
		got = append(got, p.partyID(e))
	}
	if strings.Join(got, ",") != "7,7,7,,,," {
		t.Errorf("ids %q", got)
	}
}

func TestSimilarKey(t *testing.T) {
	for name, want := range map[string]string{
		"The Fernside Catering Co. Ltd": "FERNSIDE CATERING CO", "FERNSIDE   CATERING, CO LIMITED": "FERNSIDE CATERING CO", "Smith & Sons PLC": "SMITH SONS",
		"SMITH AND SONS": "SMITH SONS", "Smith&Sons": "SMITH SONS", "The Limited": "THE LIMITED", "LTD": "LTD", "": "",
	} {
		if got := SimilarKey(name); got != want {
			t.Errorf("SimilarKey(%q) = %q, want %q", name, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[A-Za-z&., ]{0,30}`).Draw(t, "name")
		key := SimilarKey(name)
		words := strings.Fields(strings.ReplaceAll(key, "&", " & "))
		if len(words) == 0 || companyWords[words[0]] {
			return // nothing but such words: it keeps them, and LTD is one more
		}
		if SimilarKey(strings.ToLower(name)+" ltd") != key {
			t.Fatalf("%q and its LTD differ: %q", name, key)
		}
	})
}

// TestTotalsAreExact holds the sums by account against money's own arithmetic, added and taken back in any order.
func TestTotalsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := map[string]Side{}
		want := money.FromMinor(0, "GBP")
		var kept []Staged
		for range rapid.IntRange(1, 20).Draw(t, "journals") {
			s := Staged{Rows: []StagedRow{{Account: "7105", Minor: fmt.Sprint(rapid.Int64Range(-1_000_000_000_000, 1_000_000_000_000).Draw(t, "minor"))}}}
			addJournal(side, s, "2100", "GBP")
			if rapid.Bool().Draw(t, "takeBack") {
				takeJournal(side, s, "2100", "GBP")
				continue
			}
			kept = append(kept, s)
			want = want.Add(s.sum("GBP"))
		}
		if !side["7105"].net("GBP").Equal(want) || !side["2100"].net("GBP").Equal(want.Neg()) || side["7105"].Lines != len(kept) {
			t.Fatalf("%+v, want %s of %d", side, want, len(kept))
		}
	})
}

func FuzzReadSheet(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\xef\xbb\xbfa,b\r\n1,\"2\n3\"\r\n", "a\n\"", "a,b\n\"x\"y,1\n2,3\n", "a\n\xff\n", "\n\n", ",\n,,\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := readSheet(raw, false)
		if err != nil {
			return
		}
		for n, row := range s.rows {
			if row.bad == nil && len(row.cells) != len(s.heading) {
				t.Errorf("row %d has %d cells, the heading %d", n, len(row.cells), len(s.heading))
			}
		}
		// What was read whole is what encoding/csv reads, row by row.
		text := strings.TrimPrefix(string(raw), "\xef\xbb\xbf")
		if !strings.Contains(text, "\n") {
			text = strings.ReplaceAll(text, "\r", "\n")
		}
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord, r.Comma = -1, separator([]byte(text))
		all, err := r.ReadAll()
		if err != nil {
			return
		}
		all = slices.DeleteFunc(all[1:], func(cells []string) bool { return strings.TrimSpace(strings.Join(cells, "")) == "" })
		if len(all) != len(s.rows) {
			t.Errorf("%d rows were read of %d", len(s.rows), len(all))
		}
	})
}

func FuzzReadRow(f *testing.F) {
	for _, s := range []string{"1|Fernside|A1|10.00|2026-04-30|7105", "|||||", "1|x|y|-1,234.50|2026-02-30|z", "'=1|'+x|-|1e9|20260430|"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cells := strings.Split(text, "|")
		heading := []string{"id", "party", "doc", "amount", "date", "account"}
		r, err := newReader(sheet{heading: heading}, planMapping, Defaults{}, "s", "GBP")
		if err != nil {
			t.Fatal(err)
		}
		e := r.read(sheetRow{n: 1, cells: cells})
		if len(e.faults) == 0 && (e.amount.IsZero() || e.date.IsZero() || e.account == "" || e.party == "" || e.externalID == "") {
			t.Errorf("accepted %+v", e)
		}
	})
}

func TestFilesOverTheLimitsAreRefused(t *testing.T) {
	if _, err := readSheet(make([]byte, fileBytesMax+1), false); !fault.Is(err, RuleFileLarge.Code) {
		t.Errorf("a byte too many: %v", err)
	}
	most := "a\n" + strings.Repeat("1\n", rowsMax)
	if s, err := readSheet([]byte(most), false); err != nil || len(s.rows) != rowsMax {
		t.Errorf("as many rows as may be: %v", err)
	}
	if _, err := readSheet([]byte(most+"1\n"), false); !fault.Is(err, RuleFileLarge.Code) {
		t.Errorf("a row too many: %v", err)
	}
}
