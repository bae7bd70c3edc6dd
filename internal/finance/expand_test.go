package finance_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
	"backoffice/internal/store"
)

// reader may read journals and whatever else is listed.
type reader []string

// Authorize grants what is listed.
func (r reader) Authorize(_ context.Context, _ op.Identity, spec op.Spec, _ time.Time) (op.Grant, error) {
	if spec.Permission == "journals.read" || slices.Contains(r, spec.Permission) {
		return op.Grant{Breadth: op.All}, nil
	}
	return op.Grant{}, op.RuleForbidden.Err()
}

// withParty records a journal whose line names a party, and the journal that reverses it.
func withParty(t *testing.T, b *financetest.Books) (party finance.Party, reversal finance.JournalView) {
	t.Helper()
	b.Do(optest.Call{Op: finance.Parties.Create(), Body: `{"name":"Fernside Catering Ltd","kind":"supplier"}`}).Must(&party)
	body := water(b, "3.00")
	body["lines"].([]map[string]any)[1]["party"] = party.ID
	var j finance.JournalView
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: body}).Must(&j)
	b.Do(optest.Call{Op: &finance.ReverseJournal, Path: map[string]string{"journalId": j.ID}, Version: j.Version, Body: `{"mode":"correct","reason":"A test"}`}).Must(&reversal)
	return party, reversal
}

func TestExpandAnswersWithWhatAJournalNames(t *testing.T) {
	b := financetest.New(t)
	party, reversal := withParty(t, b)
	get := optest.Call{Op: &finance.GetJournal, Path: map[string]string{"journalId": reversal.ID}}
	var bare, full finance.ExpandedJournal
	b.Do(get).Must(&bare)
	get.Query = "expand=entity,lines.account,lines.party,reverses"
	var m store.Meter
	get.Context = store.WithMeter(t.Context(), &m)
	a := b.Do(get).Must(&full)
	if bare.Expanded != nil || full.ID != reversal.ID || a.Header.Get("ETag") == "" {
		t.Errorf("%+v, then %+v", bare, full)
	}
	x := full.Expanded
	if x.Entities[b.Entity.ID].Name != b.Entity.Name || len(x.Accounts) != 2 || x.Accounts["7200"].Name == "" || x.Parties[party.ID].Name != party.Name ||
		x.Reversed[reversal.Reverses].ReversedBy != reversal.ID {
		t.Errorf("%+v", x)
	}
	if calls := m.Count().Calls; calls != 5 {
		t.Errorf("%d calls of the store, want one for the journal and one for each kind", calls)
	}
}

func TestExpandOfAList(t *testing.T) {
	b := financetest.New(t)
	for range 3 {
		b.Do(optest.Call{Op: &finance.CreateJournal, Body: water(b, "1.00")}).Must(nil)
	}
	var page finance.JournalPage
	b.Do(optest.Call{Op: &finance.ListDraftJournals, Query: "entity=" + b.Entity.ID + "&state=draft&limit=2&expand=lines.account"}).Must(&page)
	if len(page.Data) != 2 || !page.Page.HasMore || len(page.Expanded.Accounts) != 2 || page.Expanded.Entities != nil {
		t.Errorf("%+v", page)
	}
	b.Do(optest.Call{Op: &finance.ListDraftJournals, Query: "entity=" + b.Entity.ID + "&state=draft&expand=lines.colour"}).Refused(422, op.RuleChoice.Code+":expand")
}

// What is shown besides a record asks for the right that reading it would ask for.
func TestExpandAsksForTheRightToRead(t *testing.T) {
	b := financetest.New(t)
	_, reversal := withParty(t, b)
	for name, right := range map[string]string{"entity": "entities.read", "lines.account": "accounts.read", "lines.party": "parties.read", "reverses": ""} {
		call := optest.Call{Op: &finance.GetJournal, Path: map[string]string{"journalId": reversal.ID}, Query: "expand=" + name}
		b.Runtime.Authz = reader{}
		if right != "" {
			b.Do(call).Refused(403, op.RuleForbidden.Code)
		}
		b.Runtime.Authz = reader{right}
		if a := b.Do(call).Must(nil); !strings.Contains(string(a.Body), `"`+name+`":{"`) {
			t.Errorf("%s: %s", name, a.Body)
		}
	}
}
