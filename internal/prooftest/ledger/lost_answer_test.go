package ledger

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"backoffice/internal/finance"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
	"backoffice/internal/prooftest/faults"
)

// sdkAttempts is how often the client repeats a call; an outage of so many calls is what an operation gets to see.
const sdkAttempts = 6

// forEver is an outage that lasts until the faults stop.
const forEver = 1 << 40

// acts are calls of every sort of command, each prepared by what it needs.
var commands = map[string]func(p *process, entity string) optest.Call{
	"record": func(_ *process, e string) optest.Call {
		return optest.Call{Op: &finance.RecordJournal, Body: twoLines(e, "JRN")}
	},
	"record gapless": func(_ *process, e string) optest.Call {
		return optest.Call{Op: &finance.RecordJournal, Body: twoLines(e, "GRN")}
	},
	"record batch": func(_ *process, e string) optest.Call {
		return optest.Call{Op: &finance.RecordJournals, Query: "atomic=true", Body: map[string]any{"items": []any{twoLines(e, "GRN"), twoLines(e, "JRN")}}}
	},
	"record one by one": func(_ *process, e string) optest.Call {
		return optest.Call{Op: &finance.RecordJournals, Body: map[string]any{"items": []any{twoLines(e, "GRN"), twoLines(e, "JRN")}}}
	},
	"external id": func(_ *process, e string) optest.Call {
		body := twoLines(e, "JRN")
		body["source"], body["externalId"] = "legacy", "4711"
		return optest.Call{Op: &finance.RecordJournal, Body: body}
	},
	"draft": func(_ *process, e string) optest.Call {
		return optest.Call{Op: &finance.CreateJournal, Body: twoLines(e, "JRN")}
	},
	"post": func(p *process, e string) optest.Call {
		return onJournal(p, optest.Call{Op: &finance.CreateJournal, Body: twoLines(e, "GRN")}, &finance.PostJournal, nil)
	},
	"reverse": func(p *process, e string) optest.Call {
		return onJournal(p, optest.Call{Op: &finance.RecordJournal, Body: twoLines(e, "JRN")}, &finance.ReverseJournal, map[string]string{"mode": "correct", "reason": "twice"})
	},
	"discard": func(p *process, e string) optest.Call {
		return onJournal(p, optest.Call{Op: &finance.CreateJournal, Body: twoLines(e, "JRN")}, &finance.DiscardJournal, nil)
	},
	"account": func(_ *process, e string) optest.Call {
		return optest.Call{Op: &finance.CreateAccount, Body: map[string]any{"entity": e, "code": "7999", "name": "Sundries", "type": "expense", "class": "administrative-expenses"}}
	},
	"year": func(_ *process, e string) optest.Call {
		return optest.Call{Op: &finance.OpenFiscalYear, Body: map[string]string{"entity": e, "start": "2027-04"}}
	},
	"start closing": func(_ *process, e string) optest.Call {
		return optest.Call{Op: &finance.StartClosingPeriod, Path: map[string]string{"periodId": e + ".2026-04"}, Version: 1}
	},
}

func twoLines(entity, series string) map[string]any {
	amount := map[string]string{"amount": "12.50", "currency": "GBP"}
	return map[string]any{"entity": entity, "date": "2026-04-30", "description": "Stationery", "series": series,
		"lines": []any{map[string]any{"account": "7105", "debit": amount}, map[string]any{"account": "2100", "credit": amount}}}
}

func onJournal(p *process, make optest.Call, then op.Operation, body any) optest.Call {
	var j finance.JournalView
	p.Do(make).Must(&j)
	return optest.Call{Op: then, Path: map[string]string{"journalId": j.ID}, Version: j.Version, As: "usr_colleague", Body: body}
}

// The store loses the way at every call of a command in turn, before or after doing it, for as long as the client repeats one
// call or until the command has failed. Asked again under the same key, the command answers as if nothing had been, says so
// when it had been done, and has been done once.
func TestAnswerLostAtEveryCall(t *testing.T) {
	for name, prepare := range commands {
		t.Run(name, func(t *testing.T) {
			want := undisturbed(t, prepare)
			replayed := 0
			for n := uint64(1); n <= want.calls; n++ {
				for _, kind := range []faults.Kind{faults.DroppedBefore, faults.AnswerLost, faults.ServerError} {
					for _, calls := range []uint64{sdkAttempts, forEver} {
						at := fmt.Sprintf("%s at call %d for %d calls", kind, n, calls)
						synctest.Test(t, func(t *testing.T) { replayed += disturbed(t, prepare, kind, n, calls, want, at) })
					}
				}
			}
			if replayed == 0 {
				t.Error("nothing was ever answered from its act")
			}
		})
	}
}

// twin is how a command goes when nothing happens.
type twin struct {
	calls  uint64
	status int
	items  map[string]int
}

func begin(t *testing.T, prepare func(*process, string) optest.Call) (*world, *process, *faults.Transport, optest.Call) {
	w := newWorld(t, 1)
	tr := faults.New(w.engine, 1, faults.Rates{}, nil)
	p := w.process(t, "client", tr)
	p.Do(optest.Call{Op: &finance.RecordJournal, Body: twoLines(w.Entity.ID, "JRN")}).Must(nil) // leases numbers
	c := prepare(p, w.Entity.ID)
	c.Key = "the-key"
	return w, p, tr, c
}

func undisturbed(t *testing.T, prepare func(*process, string) optest.Call) twin {
	t.Helper()
	w, p, tr, c := begin(t, prepare)
	a := p.do(t.Context(), c)
	a.Must(nil)
	return twin{calls: tr.Calls("client"), status: a.Status, items: w.census(t)}
}

func disturbed(t *testing.T, prepare func(*process, string) optest.Call, kind faults.Kind, n, calls uint64, want twin, at string) (replayed int) {
	t.Helper()
	w, p, tr, c := begin(t, prepare)
	tr.Outage(kind, n, calls)
	first := p.do(t.Context(), c)
	if first.Status >= 300 && !first.Problem.Retryable() {
		t.Errorf("%s: told %d %s, which nobody would ask again", at, first.Status, first.Body)
	}
	tr.Stop()
	again := p.do(t.Context(), c)
	if again.Status != want.status {
		t.Fatalf("%s: asked again, told %d %s", at, again.Status, again.Body)
	}
	if first.Status < 300 && whole(first) && identity(t, first) != identity(t, again) {
		t.Errorf("%s: first %s, then %s", at, first.Body, again.Body)
	}
	if again.Header.Get("Idempotency-Replayed") == "true" {
		replayed++
	}
	if got := w.census(t); !maps.Equal(got, want.items) {
		t.Errorf("%s: the store holds %v, wanted %v", at, got, want.items)
	}
	return replayed
}

// whole tells whether an answer says what became of everything: an item of a batch may have been told to ask again.
func whole(a optest.Answer) bool { return !strings.Contains(string(a.Body), `"retryable":true`) }

// identity is the record that an answer is about.
func identity(t *testing.T, a optest.Answer) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(a.Body, &m); err != nil {
		t.Fatal(err)
	}
	if list, many := m["items"].([]any); many {
		var all strings.Builder
		for _, item := range list {
			record, _ := item.(map[string]any)["record"].(map[string]any)
			_, _ = fmt.Fprintln(&all, record["id"], record["number"], record["version"])
		}
		return all.String()
	}
	return fmt.Sprint(m["id"], m["number"], m["version"])
}

// census counts the items of each kind.
func (w *world) census(t *testing.T) map[string]int {
	t.Helper()
	out := map[string]int{}
	in := &dynamodb.ScanInput{TableName: aws.String(w.DB.TableName(finance.Table))}
	for {
		page, err := w.DB.Client().Scan(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			out[strings.Split(text(item, "pk"), "|")[1]]++
		}
		if in.ExclusiveStartKey = page.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return out
		}
	}
}
