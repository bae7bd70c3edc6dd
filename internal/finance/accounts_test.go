package finance_test

import (
	"fmt"
	"strings"
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
)

// accountBody is a new expense account with whatever else is said of it.
func accountBody(b *financetest.Books, code string, more ...any) map[string]any {
	out := map[string]any{"entity": b.Entity.ID, "code": code, "name": "Account " + code, "type": "expense", "class": "administrative-expenses"}
	for i := 0; i < len(more); i += 2 {
		out[more[i].(string)] = more[i+1]
	}
	return out
}

func addAccount(b *financetest.Books, code string, more ...any) finance.Account {
	var a finance.Account
	b.Do(optest.Call{Op: &finance.CreateAccount, Body: accountBody(b, code, more...)}).Must(&a)
	return a
}

func onAccount(a finance.Account, o op.Operation, body any) optest.Call {
	return optest.Call{Op: o, Path: map[string]string{"accountId": a.ID}, Version: a.Version, Body: body}
}

func TestCreateAccount(t *testing.T) {
	b := financetest.New(t)
	a := addAccount(b, "7190", "dimensions", []any{map[string]string{"dimension": "project", "presence": "required"}})
	if a.ID != b.Entity.ID+".7190" || a.Version != 1 || a.Archived {
		t.Errorf("%+v", a)
	}
	var read finance.Account
	b.Do(optest.Call{Op: &finance.GetAccount, Path: map[string]string{"accountId": a.ID}}).Must(&read)
	if fmt.Sprint(read) != fmt.Sprint(a) {
		t.Errorf("made %+v, read %+v", a, read)
	}
	line := b.Body("2026-04-30", financetest.Line{Account: "7190", Amount: "1.00"}, financetest.Line{Account: "2100", Amount: "-1.00"})
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: line}).Refused(422, "FIN-JRN-010:/lines/0/dimensions/project")
	for name, c := range map[string]struct {
		body map[string]any
		want string
	}{
		"taken":                {accountBody(b, "7190"), "FIN-ACC-001:/code"},
		"form of the code":     {accountBody(b, "71 91"), "FIN-ACC-003:/code"},
		"blank":                {accountBody(b, "7191", "name", " "), "FIN-GEN-001:/name"},
		"no such parent":       {accountBody(b, "7191", "parent", "9999"), "FIN-ACC-002:/parent"},
		"parent of other type": {accountBody(b, "7191", "parent", "1000"), "FIN-ACC-002:/parent"},
		"parent no header":     {accountBody(b, "7191", "parent", "7190"), "FIN-ACC-002:/parent"},
		"no such dimension":    {accountBody(b, "7191", "dimensions", []any{map[string]string{"dimension": "galaxy", "presence": "required"}}), "FIN-ACC-007:/dimensions/0/dimension"},
		"two rules of one":     {accountBody(b, "7191", "dimensions", []any{map[string]string{"dimension": "project", "presence": "required"}, map[string]string{"dimension": "project", "presence": "forbidden"}}), "FIN-ACC-009:/dimensions/1/dimension"},
		"no such entity":       {accountBody(b, "7191", "entity", "ent_01JD2M8G3S6QX4T5V7W9Y0Z1A2"), "FIN-ENT-001:/entity"},
	} {
		t.Run(name, func(t *testing.T) { b.Do(optest.Call{Op: &finance.CreateAccount, Body: c.body}).Refused(422, c.want) })
	}
}

func TestUpdateAccount(t *testing.T) {
	b := financetest.New(t)
	upper := addAccount(b, "H1", "header", true)
	lower := addAccount(b, "H2", "header", true, "parent", "H1")
	leaf := addAccount(b, "7190", "parent", "H2")
	var changed finance.Account
	b.Do(onAccount(leaf, &finance.UpdateAccount, `{"name":"Volunteers","parent":"H1"}`)).Must(&changed)
	if changed.Name != "Volunteers" || changed.Parent != "H1" || changed.Class != leaf.Class || changed.Version != 2 {
		t.Errorf("%+v", changed)
	}
	b.Do(onAccount(leaf, &finance.UpdateAccount, `{"name":"Too late"}`)).Refused(412, op.RuleStale.Code)
	for name, c := range map[string]struct {
		of          finance.Account
		patch, want string
	}{
		"under itself":       {upper, `{"parent":"H1"}`, "FIN-ACC-002:/parent"},
		"in a circle":        {upper, `{"parent":"H2"}`, "FIN-ACC-002:/parent"},
		"another type":       {leaf, `{"type":"income","parent":null}`, "FIN-ACC-008:/type"},
		"a header made leaf": {lower, `{"header":null}`, "FIN-ACC-008:/header"},
	} {
		t.Run(name, func(t *testing.T) {
			call := onAccount(c.of, &finance.UpdateAccount, c.patch)
			if c.of.ID == leaf.ID {
				call.Version = changed.Version
			}
			b.Do(call).Refused(422, c.want)
		})
	}
}

func TestArchiveAccount(t *testing.T) {
	b := financetest.New(t)
	header := addAccount(b, "H1", "header", true)
	leaf := addAccount(b, "7190", "parent", "H1")
	b.Record("2026-04-30", financetest.Line{Account: "7190", Amount: "1.00"}, financetest.Line{Account: "2100", Amount: "-1.00"})
	b.Do(onAccount(header, &finance.ArchiveAccount, nil)).Refused(409, "FIN-ACC-004")
	var archived finance.Account
	b.Do(onAccount(leaf, &finance.ArchiveAccount, nil)).Must(&archived)
	b.Do(onAccount(header, &finance.ArchiveAccount, nil)).Must(nil)
	b.Do(onAccount(archived, &finance.ArchiveAccount, nil)).Refused(409, "FIN-ACC-005")
	b.Do(onAccount(archived, &finance.UpdateAccount, `{"name":"Changed"}`)).Refused(409, "FIN-ACC-005")
	line := b.Body("2026-04-30", financetest.Line{Account: "7190", Amount: "1.00"}, financetest.Line{Account: "2100", Amount: "-1.00"})
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: line}).Refused(422, "FIN-JRN-008:/lines/0/account")
	b.Project()
	if tb := trialBalance(b, "2026-04-30"); len(tb.Accounts) != 2 {
		t.Errorf("what was posted to an archived account has gone: %+v", tb.Accounts)
	}
}

func TestListAccounts(t *testing.T) {
	b := financetest.New(t)
	gone := addAccount(b, "7190")
	b.Do(onAccount(gone, &finance.ArchiveAccount, nil)).Must(nil)
	count := func(query string) (codes []string) {
		next := ""
		for {
			var page op.Records[finance.Account]
			b.Do(optest.Call{Op: &finance.ListAccounts, Query: "entity=" + b.Entity.ID + "&limit=7" + query + next}).Must(&page)
			for _, a := range page.Data {
				codes = append(codes, a.Code)
			}
			if !page.Page.HasMore {
				return codes
			}
			next = "&cursor=" + page.Page.Next
		}
	}
	live, all := count(""), count("&archived=true")
	if len(all) != len(live)+1 || strings.Contains(strings.Join(live, " "), "7190") {
		t.Errorf("%d accounts in use, %d in all", len(live), len(all))
	}
	parts := 0
	for _, kind := range []string{"asset", "liability", "equity", "income", "expense"} {
		parts += len(count("&type=" + kind))
	}
	if parts != len(live) || len(count("&type=income,expense")) == 0 {
		t.Errorf("%d accounts by type, %d in all", parts, len(live))
	}
	for i := range live[1:] {
		if live[i] >= live[i+1] {
			t.Errorf("%s before %s", live[i], live[i+1])
		}
	}
}

// A chart from elsewhere comes in one call: atomically with its headers first, or each account for itself.
func TestCreateAccounts(t *testing.T) {
	b := financetest.New(t)
	call := optest.Call{Op: &finance.CreateAccounts, Query: "atomic=true", Key: "chart",
		Body: items(accountBody(b, "H1", "header", true), accountBody(b, "7190", "parent", "H1"), accountBody(b, "7191", "parent", "H1"))}
	var got, again op.BatchAnswer[finance.Account]
	b.Do(call).Must(&got)
	b.Do(call).Must(&again)
	if got.Done != 3 || again.Done != 3 || again.Items[2].Record.ID != got.Items[2].Record.ID || again.Items[1].Record.Name != "Account 7190" {
		t.Errorf("%+v, then %+v", got, again)
	}
	call = optest.Call{Op: &finance.CreateAccounts, Query: "atomic=true",
		Body: items(accountBody(b, "7192"), accountBody(b, "7190"), accountBody(b, "7192"), accountBody(b, "7193", "entity", "ent_01JD2M8G3S6QX4T5V7W9Y0Z1A2"))}
	b.Do(call).Refused(422, "FIN-ACC-001:/items/1/code", "FIN-ACC-001:/items/2/code", "FIN-JRN-023:/items/3/entity")
	call.Query = ""
	b.Do(call).Must(&got)
	if got.Done != 1 || got.Items[1].Problem.Code != "FIN-ACC-001" || got.Items[2].Problem.Code != "FIN-ACC-001" || got.Items[3].Problem.Code != "FIN-ENT-001" {
		t.Errorf("%+v", got)
	}
}
