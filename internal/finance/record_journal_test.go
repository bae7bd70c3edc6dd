package finance_test

import (
	"strings"
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op/optest"
	"backoffice/internal/store"
)

func two(amount string) []financetest.Line {
	return []financetest.Line{{Account: "7105", Amount: amount}, {Account: "2100", Amount: "-" + amount}}
}

func TestRecordJournalReachesTheTrialBalance(t *testing.T) {
	b := financetest.New(t)
	j := b.Record("2026-04-30", two("1250.00")...)
	if j.State != finance.Posted || j.Number != "JRN-2026-000001" || j.Total.Amount() != "1250.00" {
		t.Errorf("posted journal: %+v", j)
	}
	tb := trialBalance(b, "2026-04-30")
	if tb.Pending.Acts != 1 || len(tb.Accounts) != 0 {
		t.Errorf("before the projection: %+v", tb)
	}
	b.Project()
	tb = trialBalance(b, "2026-04-30")
	if tb.Pending.Acts != 0 || tb.Debit.Amount() != "1250.00" || tb.Credit.Amount() != "1250.00" || len(tb.Accounts) != 2 {
		t.Errorf("after the projection: %+v", tb)
	}
	if early := trialBalance(b, "2026-04-29"); len(early.Accounts) != 0 {
		t.Errorf("the day before holds %+v", early.Accounts)
	}
}

func trialBalance(b *financetest.Books, asOf string) finance.TrialBalance {
	b.T.Helper()
	var tb finance.TrialBalance
	b.Do(optest.Call{Op: &finance.GetTrialBalance, Query: "entity=" + b.Entity.ID + "&asOf=" + asOf}).Must(&tb)
	return tb
}

// TestRecordJournalCost holds the price of the commonest act: a two-line journal in the base currency, without gapless
// numbers, from a warm process.
func TestRecordJournalCost(t *testing.T) {
	b := financetest.New(t)
	b.Record("2026-04-30", two("1.00")...) // leases the block of numbers
	var m store.Meter
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: b.Body("2026-04-30", two("1250.00")...), Context: store.WithMeter(t.Context(), &m)}).Must(nil)
	got := m.Count()
	if got.WrittenItems != 2 || got.WriteUnits > 5 || got.Calls > 2 {
		t.Errorf("a two-line journal costs %+v; 2 written items, 5 write units and 2 round trips are allowed", got)
	}
}

func TestRecordJournalRefuses(t *testing.T) {
	b := financetest.New(t)
	body := func(change func(map[string]any)) map[string]any {
		out := b.Body("2026-04-30", two("10.00")...)
		change(out)
		return out
	}
	line := func(i int, name string, v any) func(map[string]any) {
		return func(m map[string]any) { m["lines"].([]map[string]any)[i][name] = v }
	}
	for name, c := range map[string]struct {
		change func(map[string]any)
		want   []string
	}{
		"unbalanced":      {line(0, "debit", money("10.01")), []string{"FIN-JRN-001:/lines"}},
		"one line":        {func(m map[string]any) { m["lines"] = m["lines"].([]map[string]any)[:1] }, []string{"FIN-JRN-002:/lines"}},
		"zero line":       {line(0, "debit", money("0.00")), []string{"FIN-JRN-003:/lines/0/debit"}},
		"negative line":   {line(1, "credit", money("-10.00")), []string{"FIN-JRN-003:/lines/1/credit"}},
		"no year":         {func(m map[string]any) { m["date"] = "2031-01-01" }, []string{"FIN-JRN-006:/date"}},
		"unknown account": {line(0, "account", "9998"), []string{"FIN-JRN-007:/lines/0/account"}},
		"header":          {line(0, "account", "1000"), []string{"FIN-JRN-009:/lines/0/account"}},
		"two sides":       {line(0, "credit", money("10.00")), []string{"FIN-JRN-014:/lines/0"}},
		"decimals":        {line(0, "debit", money("10.001")), []string{"API-031:/lines/0/debit"}},
		"no such day":     {func(m map[string]any) { m["date"] = "2026-02-30" }, []string{"API-008:/date"}},
		"long text":       {func(m map[string]any) { m["description"] = strings.Repeat("x", 241) }, []string{"API-005:/description"}},
		"blank":           {func(m map[string]any) { m["description"] = "  " }, []string{"FIN-GEN-001:/description"}},
		"half a source":   {func(m map[string]any) { m["source"] = "legacy" }, []string{"FIN-JRN-019:/externalId"}},
		"no dimension":    {line(0, "dimensions", map[string]string{"galaxy": "9"}), []string{"FIN-JRN-012:/lines/0/dimensions/galaxy"}},
		"foreign":         {line(0, "debit", map[string]string{"amount": "10.00", "currency": "USD"}), []string{"FIN-JRN-015:/lines/0/base"}},
		"entity":          {func(m map[string]any) { m["entity"] = "ent_01JD2M8G3S6QX4T5V7W9Y0Z1A2" }, []string{"FIN-ENT-001:/entity"}},
		"series":          {func(m map[string]any) { m["series"] = "XYZ" }, []string{"FIN-JRN-020:/series"}},
		"several":         {func(m map[string]any) { line(0, "account", "9998")(m); line(1, "account", "1000")(m) }, []string{"FIN-JRN-007:/lines/0/account", "FIN-JRN-009:/lines/1/account"}},
		"all at once": {func(m map[string]any) {
			line(0, "account", "9998")(m)
			line(1, "credit", money("9.00"))(m)
			m["date"] = "2031-01-01"
		},
			[]string{"FIN-JRN-007:/lines/0/account", "FIN-JRN-001:/lines", "FIN-JRN-006:/date"}},
		"no sum without the base": {func(m map[string]any) {
			line(0, "debit", map[string]string{"amount": "10.00", "currency": "USD"})(m)
			m["date"] = "2031-01-01"
		}, []string{"FIN-JRN-015:/lines/0/base", "FIN-JRN-006:/date"}},
		"no such party": {line(1, "party", "pty_01JD2M8G3S6QX4T5V7W9Y0Z1A2"), []string{"FIN-JRN-026:/lines/1/party"}},
	} {
		t.Run(name, func(t *testing.T) {
			b.Do(optest.Call{Op: &finance.RecordJournal, Body: body(c.change)}).Refused(422, c.want...)
		})
	}
	b.Project()
	if tb := trialBalance(b, "2027-03-31"); len(tb.Accounts) != 0 {
		t.Errorf("a refused journal left something: %+v", tb.Accounts)
	}
}

func money(amount string) map[string]string {
	return map[string]string{"amount": amount, "currency": "GBP"}
}

func TestRecordJournalTwiceUnderOneExternalID(t *testing.T) {
	b := financetest.New(t)
	body := b.Body("2026-04-30", two("10.00")...)
	body["source"], body["externalId"] = "legacy", "4711"
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: body}).Must(nil)
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: body}).Refused(422, "FIN-JRN-013:/externalId")
}

func TestRecordJournalReplay(t *testing.T) {
	b := financetest.New(t)
	call := optest.Call{Op: &finance.RecordJournal, Body: b.Body("2026-04-30", two("10.00")...), Key: "same"}
	var first, again finance.JournalView
	b.Do(call).Must(&first)
	a := b.Do(call).Must(&again)
	if a.Header.Get("Idempotency-Replayed") != "true" || a.Status != 201 || again.ID != first.ID || again.Number != first.Number {
		t.Errorf("replay: %d %v %+v", a.Status, a.Header, again)
	}
	call.Body = b.Body("2026-04-30", two("11.00")...)
	b.Do(call).Refused(422, "API-011")
}
