package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// sent reads the lines of an intent's n-th journal back from what was sent.
func sent(i *intent, n int) []storedLine {
	body := i.sent
	if all, many := body.(map[string]any)["items"].([]any); many {
		body = all[n]
	}
	m, _ := body.(map[string]any)
	lines, _ := m["lines"].([]any)
	out := make([]storedLine, 0, len(lines))
	for _, l := range lines {
		m, _ := l.(map[string]any)
		row := storedLine{Account: m["account"].(string)}
		row.Values, _ = m["dimensions"].(map[string]string)
		for side, sign := range map[string]int64{"debit": 1, "credit": -1} {
			if amount, ok := m[side].(map[string]string); ok {
				row.Minor = sign * minorOf(amount["amount"])
			}
		}
		out = append(out, row)
	}
	return out
}

// minorOf reads an amount of pounds as pence.
func minorOf(amount string) int64 {
	var pounds, pence int64
	if _, err := fmt.Sscanf(amount, "%d.%02d", &pounds, &pence); err != nil {
		panic(err)
	}
	return 100*pounds + pence
}

// expectedSums adds up every line of every journal in every view, month and day, by the row and attribute that should hold it.
func expectedSums(posted []storedJournal, entity string) map[string]int64 {
	out := map[string]int64{}
	for _, j := range posted {
		for _, l := range j.Lines {
			side, amount := "d", l.Minor
			if amount < 0 {
				side, amount = "c", -amount
			}
			views := map[string]string{"-": ""}
			for d, v := range l.Values {
				views[d] = v
			}
			for view, value := range views {
				out[fmt.Sprintf("BAL|%s|%s/%s|%s|GBP|%s/%s%s", entity, view, value, l.Account, j.Date[:4], side, j.Date[5:7])] += amount
				out[fmt.Sprintf("DAY|%s|%s|%s/%s|%s|GBP/%s%s", entity, view, j.Date[:7], value, l.Account, side, j.Date[8:])] += amount
			}
		}
	}
	return out
}

// projections checks balances, ledgers and listing against the journals, row by row.
func (f *findings) projections(r records, posted []storedJournal, entity string) {
	want := expectedSums(posted, entity)
	for at, n := range want {
		if r.sums[at] != n {
			f.Add(sumOfLines, "%s is %d, its lines sum to %d", at, r.sums[at], n)
		}
	}
	var total int64
	for _, at := range slices.Sorted(maps.Keys(r.sums)) {
		if _, known := want[at]; !known {
			f.Add(sumOfLines, "%s is %d, and has no lines", at, r.sums[at])
		}
		if strings.HasPrefix(at, "BAL|"+entity+"|-/") {
			sign := map[byte]int64{'d': 1, 'c': -1}[at[len(at)-3]]
			total += sign * r.sums[at]
		}
	}
	if total != 0 {
		f.Add(trialBalance, "%d", total)
	}
	f.entries(r, posted)
	f.listing(r, posted)
}

func (f *findings) entries(r records, posted []storedJournal) {
	type place struct {
		journal string
		line    int
	}
	want := map[place]storedEntry{}
	for _, j := range posted {
		for i, l := range j.Lines {
			want[place{j.ID, i}] = storedEntry{Account: l.Account, Date: j.Date, Journal: j.ID, Line: i, Minor: l.Minor}
		}
	}
	for _, e := range r.entries {
		at := place{e.Journal, e.Line}
		if want[at] != e {
			f.Add(sumOfLines, "the ledger holds %+v, twice or without its journal", e)
		}
		delete(want, at)
	}
	for at := range want {
		f.Add(sumOfLines, "the ledger lacks line %d of %s", at.line, at.journal)
	}
}

func (f *findings) listing(r records, posted []storedJournal) {
	listed := map[string]int{}
	for _, id := range r.listed {
		listed[id]++
	}
	for _, j := range posted {
		if listed[j.ID] != 1 {
			f.Add(sumOfLines, "the listing names %s %d times", j.ID, listed[j.ID])
		}
		delete(listed, j.ID)
	}
	for id := range listed {
		f.Add(sumOfLines, "the listing names %s, which is not there", id)
	}
}
