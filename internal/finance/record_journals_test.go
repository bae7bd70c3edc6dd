package finance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
)

type batchAnswer = op.BatchAnswer[finance.JournalView]

// water is a journal of one amount; an amount of nought breaks a rule.
func water(b *financetest.Books, amount string) map[string]any {
	return b.Body("2026-04-30", financetest.Line{Account: "7200", Amount: amount}, financetest.Line{Account: "2100", Amount: "-" + amount})
}

func items(all ...any) map[string]any { return map[string]any{"items": all} }

func statuses(a batchAnswer) []int {
	out := make([]int, 0, len(a.Items))
	for _, i := range a.Items {
		out = append(out, i.Status)
	}
	return out
}

// Every item is answered for itself: what is wrong with one keeps no other out of the books, and is told within the item.
func TestABatchAnswersEachItem(t *testing.T) {
	b := financetest.New(t)
	unknown := water(b, "3.00")
	unknown["colour"] = "green"
	body := items(water(b, "1.00"), water(b, "0.00"), unknown, "no object", water(b, "2.00"))
	var got batchAnswer
	b.Do(optest.Call{Op: &finance.RecordJournals, Body: body}).Must(&got)
	if want := []int{201, 422, 400, 400, 201}; !slices.Equal(statuses(got), want) || got.Done != 2 || got.Refused != 3 {
		t.Fatalf("%v, %d done, %d refused", statuses(got), got.Done, got.Refused)
	}
	if p := got.Items[1].Problem; p.Code != finance.RuleZeroLine.Code || !strings.HasPrefix(p.Errors[0].Pointer, "/lines/0") {
		t.Errorf("problem %+v", p)
	}
	if p := got.Items[2].Problem; p.Errors[0].Pointer != "/colour" || p.Errors[0].Code != op.RuleUnknown.Code {
		t.Errorf("problem %+v", p)
	}
	for _, i := range []int{0, 4} {
		item := got.Items[i]
		if item.Problem != nil || item.Record.Number == "" || item.Location != "/finance/v1/journals/"+item.Record.ID {
			t.Errorf("item %d: %+v", i, item)
		}
	}
	if total := booked(b); total != "3.00" {
		t.Errorf("%s stands on the account", total)
	}
}

// booked is what stands on the account for water at the end of April.
func booked(b *financetest.Books) string {
	b.Project()
	var tb finance.TrialBalance
	b.Do(optest.Call{Op: &finance.GetTrialBalance, Query: "entity=" + b.Entity.ID + "&asOf=2026-04-30"}).Must(&tb)
	for _, row := range tb.Accounts {
		if row.Account == "7200" {
			return row.Debit.Amount()
		}
	}
	return ""
}

// The batch's key stands for the body: sent again it gives the same answers and posts nothing; with another body it is refused.
func TestABatchSentAgain(t *testing.T) {
	for _, query := range []string{"", "atomic=true"} {
		b := financetest.New(t)
		call := optest.Call{Op: &finance.RecordJournals, Query: query, Body: items(water(b, "1.00"), water(b, "2.00")), Key: "batch"}
		var first, second batchAnswer
		b.Do(call).Must(&first)
		again := b.Do(call)
		again.Must(&second)
		if again.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%q: the second answer does not say that it is a replay", query)
		}
		for i := range first.Items {
			if first.Items[i].Record.ID != second.Items[i].Record.ID || second.Items[i].Status != 201 {
				t.Errorf("%q: item %d: %+v, then %+v", query, i, first.Items[i], second.Items[i])
			}
		}
		call.Body = items(water(b, "1.00"), water(b, "2.01"))
		b.Do(call).Refused(422, op.RuleKeyReused.Code)
		if total := booked(b); total != "3.00" {
			t.Errorf("%q: %s stands on the account", query, total)
		}
	}
}

// Atomic means all or nothing: every fault is told with its item, and nothing is kept.
func TestAnAtomicBatch(t *testing.T) {
	b := financetest.New(t)
	call := optest.Call{Op: &finance.RecordJournals, Query: "atomic=true", Body: items(water(b, "1.00"), water(b, "0.00"))}
	b.Do(call).Refused(422, finance.RuleZeroLine.Code+":/items/1/lines/0/debit", finance.RuleZeroLine.Code+":/items/1/lines/1/credit")
	call.Body = items(water(b, "0.00"))
	b.Do(call).Refused(422, finance.RuleZeroLine.Code+":/items/0/lines/0/debit", finance.RuleZeroLine.Code+":/items/0/lines/1/credit")
	var many []any
	for range finance.JournalsAtOnceMax + 1 {
		many = append(many, water(b, "1.00"))
	}
	call.Body = items(many...)
	b.Do(call).Refused(422, op.RuleTransaction.Code)
	if total := booked(b); total != "" {
		t.Errorf("%s stands on the account", total)
	}
	call.Body = items(many[1:]...)
	b.Do(call).Must(nil)
	if total := booked(b); total != "49.00" {
		t.Errorf("%s stands on the account", total)
	}
	known := water(b, "1.00")
	known["source"], known["externalId"] = "legacy", "4711"
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: known}).Must(nil)
	call.Body = items(water(b, "1.00"), known)
	b.Do(call).Refused(422, finance.RuleExternalTaken.Code+":/items/1/externalId")
}

// A dry run answers every item and keeps none, nor the key.
func TestADryRunOfABatch(t *testing.T) {
	b := financetest.New(t)
	call := optest.Call{Op: &finance.RecordJournals, Query: "dryRun=true", Body: items(water(b, "1.00"), water(b, "0.00")), Key: "dry"}
	var got batchAnswer
	if a := b.Do(call).Must(&got); a.Header.Get("Dry-Run") != "true" || got.Done != 1 || got.Refused != 1 {
		t.Errorf("%+v", got)
	}
	if total := booked(b); total != "" {
		t.Errorf("%s stands on the account", total)
	}
	call.Query, call.Body = "", items(water(b, "2.00"))
	b.Do(call).Must(&got)
}

// A batch asks for the same right and has the same access as what it does many times.
func TestBatchesAskForWhatTheirItemsAskFor(t *testing.T) {
	for _, pair := range [][2]*op.Spec{
		{finance.RecordJournals.Describe(), finance.RecordJournal.Describe()}, {finance.CreateAccounts.Describe(), finance.CreateAccount.Describe()},
		{finance.Parties.CreateMany().Describe(), finance.Parties.Create().Describe()},
	} {
		if pair[0].Right() != pair[1].Right() || fmt.Sprint(pair[0].AllAccess()) != fmt.Sprint(pair[1].AllAccess()) || pair[0].StepUp != pair[1].StepUp {
			t.Errorf("%s asks for other things than %s", pair[0].ID, pair[1].ID)
		}
	}
}
