package ledger

import (
	"fmt"
	"slices"
	"strings"

	"backoffice/internal/finance"
	"backoffice/internal/prooftest/faults"
)

// The invariants, by the name under which a planted fault is to turn them red.
const (
	balances     = "each journal balances"
	trialBalance = "the trial balance is nought"
	sumOfLines   = "a balance is the sum of its lines"
	onceEach     = "each acknowledged act is there exactly once"
	noHalf       = "what was not acknowledged is there whole or not at all"
	oneAct       = "each change has exactly one act"
	nothingWaits = "nothing waits for the projections"
	ownTenant    = "no key outside the tenant"
	oneNumber    = "numbers are unique"
	noGap        = "gapless numbers have no gap"
	chainHolds   = "the audit chain verifies"
	oneReversal  = "a journal is reversed at most once"
)

// findings gathers breaches; its methods are the checks.
type findings struct{ faults.Findings }

// inspect holds the stored books against what the clients know. Every invariant is checked, whatever others say.
func inspect(r records, b *book, tenant, entity string) findings {
	var f findings
	posted := f.journals(r)
	f.acknowledged(r, b, posted)
	f.acts(r, posted)
	f.projections(r, posted, entity)
	f.numbers(r, posted)
	for _, k := range r.keys {
		if !strings.HasPrefix(k, tenant+"|") {
			f.Add(ownTenant, "%s", k)
		}
	}
	return f
}

// journals checks each journal by itself and its reversal, and gives those that are in the books.
func (f *findings) journals(r records) []storedJournal {
	var posted []storedJournal
	undone := map[string]int{}
	for _, j := range r.journals {
		if j.State != string(finance.Posted) {
			continue
		}
		posted = append(posted, j)
		var sum int64
		for _, l := range j.Lines {
			sum += l.Minor
		}
		if sum != 0 || len(j.Lines) < 2 {
			f.Add(balances, "%s: %d lines sum to %d", j.ID, len(j.Lines), sum)
		}
		if j.Reverses != "" {
			undone[j.Reverses]++
			if o := r.journals[j.Reverses]; o.ReversedBy != j.ID || !turned(o, j) {
				f.Add(oneReversal, "%s reverses %s, which says it was reversed by %q", j.ID, o.ID, o.ReversedBy)
			}
		}
	}
	for id, n := range undone {
		if n > 1 {
			f.Add(oneReversal, "%s was reversed %d times", id, n)
		}
	}
	slices.SortFunc(posted, func(a, b storedJournal) int { return strings.Compare(a.ID, b.ID) })
	return posted
}

func turned(a, b storedJournal) bool {
	return slices.EqualFunc(a.Lines, b.Lines, func(x, y storedLine) bool { return x.Account == y.Account && x.Minor == -y.Minor })
}

// acknowledged checks that what clients were told is there, once, as they sent it; that refused things are not; and that what
// they never learnt is there whole or not at all.
func (f *findings) acknowledged(r records, b *book, posted []storedJournal) {
	byTag := map[string][]storedJournal{}
	for _, j := range posted {
		byTag[j.Text] = append(byTag[j.Text], j)
	}
	known := map[string]bool{}
	for _, i := range b.intents {
		if i.journals == 0 {
			continue
		}
		known[i.tag] = true
		have := byTag[i.tag]
		switch {
		case i.outcome == accepted && len(have) != i.journals:
			f.Add(onceEach, "%s was acknowledged with %d journals, %d are there", i.tag, i.journals, len(have))
		case i.outcome == refused && len(have) > 0:
			f.Add(noHalf, "%s was refused, and %d of its journals are there", i.tag, len(have))
		case i.outcome == unknown && len(have) != 0 && len(have) != i.journals:
			f.Add(noHalf, "of %s %d journals of %d are there", i.tag, len(have), i.journals)
		}
		if i.outcome == accepted {
			f.asTold(r, i)
		}
	}
	for tag := range byTag {
		if !known[tag] {
			f.Add(noHalf, "nobody asked for the journal %q", tag)
		}
	}
}

func (f *findings) asTold(r records, i *intent) {
	for n, id := range i.first.ids {
		j, there := r.journals[id]
		if !there || j.Number != i.first.numbers[n] {
			f.Add(onceEach, "%s was told of journal %s number %s, the store has %q", i.tag, id, i.first.numbers[n], j.Number)
			continue
		}
		if i.reverses == "" && !slices.EqualFunc(j.Lines, sent(i, n), sameLine) {
			f.Add(onceEach, "%s: journal %s is not as it was sent", i.tag, id)
		}
	}
}

func sameLine(a, b storedLine) bool {
	return a.Account == b.Account && a.Minor == b.Minor && a.Values["cost-centre"] == b.Values["cost-centre"]
}

// acts checks that every posted journal is the work of exactly one act, which emitted its event and waits no more.
func (f *findings) acts(r records, posted []storedJournal) {
	by := map[string]int{}
	for _, a := range r.acts {
		if a.Pending != "" {
			f.Add(nothingWaits, "act %s", a.ID)
		}
		if a.Project == "" {
			continue
		}
		for _, id := range a.records() {
			by[id]++
			if !strings.Contains(a.Events, id) {
				f.Add(oneAct, "act %s emitted nothing about %s", a.ID, id)
			}
		}
	}
	for _, j := range posted {
		if by[j.ID] != 1 {
			f.Add(oneAct, "%d acts posted journal %s", by[j.ID], j.ID)
		}
		delete(by, j.ID)
	}
	for id := range by {
		f.Add(oneAct, "an act posted %s, which is not there", id)
	}
}

// numbers checks the document numbers.
func (f *findings) numbers(r records, posted []storedJournal) {
	seen := map[string]string{}
	gapless := map[string]bool{}
	for _, j := range posted {
		if other, twice := seen[j.Number]; twice || j.Number == "" {
			f.Add(oneNumber, "%s and %s have number %q", j.ID, other, j.Number)
		}
		seen[j.Number] = j.ID
		if j.Series == "GRN" {
			gapless[j.Number] = true
		}
	}
	for n := range len(gapless) {
		if want := fmt.Sprintf("GRN-2026-%06d", n+1); !gapless[want] {
			f.Add(noGap, "%s is missing among %d", want, len(gapless))
		}
	}
	if last := r.counters["GRN|2026-04"]; last != int64(len(gapless)) {
		f.Add(noGap, "the counter stands at %d after %d documents", last, len(gapless))
	}
}
