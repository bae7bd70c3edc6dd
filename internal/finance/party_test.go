package finance_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
)

func addParty(b *financetest.Books, body string) finance.Party {
	var p finance.Party
	b.Do(optest.Call{Op: finance.Parties.Create(), Body: body}).Must(&p)
	return p
}

func onParty(p finance.Party, o op.Operation, body any) optest.Call {
	return optest.Call{Op: o, Path: map[string]string{"id": p.ID}, Version: p.Version, Body: body}
}

// A name belongs to one party at a time, whatever its spelling; external ids tell two of one name apart.
func TestPartiesOfOneName(t *testing.T) {
	b := financetest.New(t)
	first := addParty(b, `{"name":"Fernside Catering Ltd","kind":"supplier"}`)
	b.Do(optest.Call{Op: finance.Parties.Create(), Body: `{"name":"FERNSIDE  catering, ltd.","kind":"customer"}`}).Refused(422, "FIN-PTY-001:/name")
	addParty(b, `{"name":"Fernside Catering Ltd","kind":"supplier","source":"legacy","externalId":"1"}`)
	b.Do(optest.Call{Op: finance.Parties.Create(), Body: `{"name":"Fernside Catering Ltd","kind":"supplier","source":"legacy","externalId":"1"}`}).Refused(422, "FIN-PTY-001:/name")
	other := addParty(b, `{"name":"Other","kind":"supplier"}`)
	b.Do(onParty(other, finance.Parties.Update(), `{"name":"Fernside Catering Ltd"}`)).Refused(422, "FIN-PTY-001:/name")

	var renamed, archived finance.Party
	b.Do(onParty(first, finance.Parties.Update(), `{"name":"Fernside Holdings","aliases":["FERNSIDE"]}`)).Must(&renamed)
	again := addParty(b, `{"name":"Fernside Catering Ltd","kind":"supplier"}`) // the name is free
	b.Do(onParty(again, finance.Parties.Archive(), nil)).Must(&archived)
	addParty(b, `{"name":"Fernside Catering Ltd","kind":"supplier"}`) // and free again
	if !archived.Archived || archived.Version != 2 || renamed.Aliases[0] != "FERNSIDE" || renamed.Kind != "supplier" {
		t.Errorf("%+v, %+v", renamed, archived)
	}
	b.Do(onParty(archived, finance.Parties.Update(), `{"name":"X"}`)).Refused(409, "REC-002")
	b.Do(onParty(archived, finance.Parties.Archive(), nil)).Refused(409, "REC-002")
	b.Do(onParty(first, finance.Parties.Update(), `{"name":"Stale"}`)).Refused(412, op.RuleStale.Code)
}

func TestPartiesRefuse(t *testing.T) {
	b := financetest.New(t)
	for name, c := range map[string]struct{ body, want string }{
		"blank":            {`{"name":" ","kind":"supplier"}`, "FIN-GEN-001:/name"},
		"half a source":    {`{"name":"A","kind":"supplier","source":"legacy"}`, "FIN-JRN-019:/externalId"},
		"no kind of party": {`{"name":"A","kind":"friend"}`, "API-007:/kind"},
		"nothing":          {`{}`, "API-004:/kind API-004:/name"},
	} {
		t.Run(name, func(t *testing.T) {
			b.Do(optest.Call{Op: finance.Parties.Create(), Body: c.body}).Refused(422, fields(c.want)...)
		})
	}
	b.Do(optest.Call{Op: finance.Parties.Get(), Path: map[string]string{"id": "pty_01JD2M8G3S6QX4T5V7W9Y0Z1A2"}}).Refused(404, op.RuleNotFound.Code)
}

func TestListPartiesLeavesArchivedOut(t *testing.T) {
	b := financetest.New(t)
	for n := range 9 {
		p := addParty(b, fmt.Sprintf(`{"name":"Party %d","kind":"supplier"}`, n))
		if n%3 == 0 {
			b.Do(onParty(p, finance.Parties.Archive(), nil)).Must(nil)
		}
	}
	var page op.Records[finance.Party]
	b.Do(optest.Call{Op: finance.Parties.List(), Query: "limit=5"}).Must(&page)
	if len(page.Data) != 5 || !page.Page.HasMore {
		t.Errorf("archived records shorten the page: %d", len(page.Data))
	}
	b.Do(optest.Call{Op: finance.Parties.List(), Query: "archived=true"}).Must(&page)
	if len(page.Data) != 9 {
		t.Errorf("%d of 9", len(page.Data))
	}
}

// A batch of parties: two items that claim one name are told apart from two that the store knows.
func TestCreateParties(t *testing.T) {
	b := financetest.New(t)
	party := func(name string) map[string]any { return map[string]any{"name": name, "kind": "supplier"} }
	addParty(b, `{"name":"Known","kind":"supplier"}`)
	call := optest.Call{Op: finance.Parties.CreateMany(), Query: "atomic=true", Body: items(party("A"), party("B"), party("a."))}
	b.Do(call).Refused(422, "FIN-PTY-001:/items/2/name")
	call.Body = items(party("A"), party("Known"))
	b.Do(call).Refused(422, "FIN-PTY-001:/items/1/name")
	var got op.BatchAnswer[finance.Party]
	call.Query = ""
	b.Do(call).Must(&got)
	if got.Done != 1 || got.Items[1].Problem.Errors[0].Pointer != "/name" || got.Items[1].Status != 422 {
		t.Errorf("%+v", got)
	}
	call.Query, call.Key, call.Body = "atomic=true", "two", items(party("C"), party("D"))
	b.Do(call).Must(&got)
	var again op.BatchAnswer[finance.Party]
	b.Do(call).Must(&again)
	if again.Items[1].Record.ID != got.Items[1].Record.ID || again.Items[1].Record.Name != "D" {
		t.Errorf("%+v, then %+v", got, again)
	}
}

// Folding a folded name changes nothing, and signs and capitals never tell two names apart.
func TestFoldName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringN(0, 40, 160).Draw(t, "name")
		folded := finance.FoldName(name)
		if again := finance.FoldName(folded); again != folded {
			t.Fatalf("%q, then %q", folded, again)
		}
		if noisy := finance.FoldName(" - " + name + " ."); noisy != folded {
			t.Fatalf("%q and %q", folded, noisy)
		}
	})
}
