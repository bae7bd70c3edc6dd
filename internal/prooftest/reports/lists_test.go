package reports

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
)

// Every list, read in pages of any sizes, gives every record once, and none twice; with cursors that hold for it alone.
func TestListsGiveEveryRecordOnce(t *testing.T) {
	b := &books{Books: financetest.New(t)}
	const records = 61
	want := map[string][]string{}
	keep := func(list string, a optest.Answer) {
		var r struct{ ID string }
		a.Must(&r)
		want[list] = append(want[list], r.ID)
	}
	for n := range records {
		keep("parties", b.Do(optest.Call{Op: finance.Parties.Create(), Body: map[string]any{"name": fmt.Sprintf("Supplier %d", n), "kind": "supplier"}}))
		keep("values", b.Do(optest.Call{Op: finance.DimensionValues.Create(), Body: map[string]any{"entity": b.Entity.ID, "dimension": "project", "code": fmt.Sprintf("P%d", n), "name": "Project"}}))
		amount := map[string]string{"amount": "1.00", "currency": "GBP"}
		keep("drafts", b.Do(optest.Call{Op: &finance.CreateJournal, Body: map[string]any{"entity": b.Entity.ID, "date": first.AddDays(n % 7), "description": "Draft",
			"lines": []any{map[string]any{"account": "7105", "debit": amount}, map[string]any{"account": "2100", "credit": amount}}}}))
	}
	for n := range 20 {
		keep("entities", b.Do(optest.Call{Op: &finance.CreateEntity, Body: map[string]any{"name": fmt.Sprintf("Entity %d", n), "baseCurrency": "GBP", "fiscalYearStart": 4}}))
	}
	want["entities"] = append(want["entities"], b.Entity.ID)
	lists := map[string]struct {
		op    op.Operation
		query string
	}{
		"parties":  {finance.Parties.List(), ""},
		"values":   {finance.DimensionValues.List(), "within=" + b.Entity.ID + ".project&"},
		"drafts":   {&finance.ListDraftJournals, "state=draft&entity=" + b.Entity.ID + "&"},
		"entities": {&finance.ListEntities, ""},
		"accounts": {&finance.ListAccounts, "entity=" + b.Entity.ID + "&"},
	}
	var all struct{ Data []json.RawMessage }
	b.Do(optest.Call{Op: lists["accounts"].op, Query: lists["accounts"].query + "limit=200"}).Must(&all)
	for _, raw := range all.Data {
		want["accounts"] = append(want["accounts"], idOf(raw))
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"parties", "values", "drafts", "entities", "accounts"}).Draw(t, "list")
		got := pages(t, func(page string) ([]string, op.Page) {
			var l struct {
				Data []json.RawMessage
				Page op.Page
			}
			b.Do(optest.Call{Op: lists[name].op, Query: lists[name].query + page}).Must(&l)
			if l.Page.Next != "" {
				b.strange(t, name, l.Page.Next, lists["drafts"].op, lists["drafts"].query, name == "drafts")
			}
			ids := make([]string, len(l.Data))
			for i, raw := range l.Data {
				ids[i] = idOf(raw)
			}
			return ids, l.Page
		})
		sorted := slices.Sorted(slices.Values(got))
		if expected := slices.Sorted(slices.Values(want[name])); !slices.Equal(sorted, expected) {
			t.Fatalf("%s: %d records, wanted %d", name, len(got), len(expected))
		}
	})
}

// strange holds a list's cursor against another list, which must refuse it.
func (b *books) strange(t *rapid.T, name, cursor string, other op.Operation, query string, same bool) {
	if same {
		other, query = finance.Parties.List(), ""
	}
	if a := b.Do(optest.Call{Op: other, Query: query + "cursor=" + cursor}); a.Status != 400 {
		t.Fatalf("a cursor of %s is answered by another list with %d %s", name, a.Status, a.Body)
	}
}

func idOf(raw json.RawMessage) string {
	var r struct{ ID string }
	if err := json.Unmarshal(raw, &r); err != nil {
		panic(err)
	}
	return r.ID
}
