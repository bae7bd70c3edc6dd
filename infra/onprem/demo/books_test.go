package demo

import (
	"fmt"
	"testing"
)

// Every journal balances, every batch fits the API, and the books tell a company that could exist.
func TestBooksAreThoseOfACompany(t *testing.T) {
	balances := map[string]int64{}
	take := func(j journal) {
		var total int64
		for _, l := range j.lines {
			total += l.pence
			balances[l.account] += l.pence
			if l.pence == 0 {
				t.Errorf("%s %s: a line of nought on %s", j.day, j.text, l.account)
			}
		}
		if total != 0 || len(j.lines) < 2 {
			t.Errorf("%s %s: %d lines, off by %d", j.day, j.text, len(j.lines), total)
		}
	}
	take(opening())
	documents := map[string]bool{}
	for m, list := range books() {
		before := firstDay
		for _, j := range list {
			take(j)
			if j.day < before || j.day[:7] != month(m).day(1)[:7] {
				t.Errorf("%s %s stands in the wrong place", j.day, j.text)
			}
			before = j.day
			if j.document != "" && documents[j.document] {
				t.Errorf("document %s twice", j.document)
			}
			documents[j.document] = true
		}
		for _, account := range []string{"1200", "1001", "1100", "0020"} {
			if balances[account] <= 0 {
				t.Errorf("%s: %s stands at %d", month(m).name(), account, balances[account])
			}
		}
		for _, account := range []string{"2100", "2300", "2210"} {
			if balances[account] >= 0 {
				t.Errorf("%s: %s stands at %d", month(m).name(), account, balances[account])
			}
		}
		t.Log(month(m).name(), len(list), "journals; bank", balances["1200"]/100, "stock", balances["1001"]/100, "debtors", balances["1100"]/100, "creditors", balances["2100"]/100, "prepaid", balances["1103"]/100)
	}
	all := books()
	for year, from := range []int{0, 12} {
		var profit int64
		for _, list := range all[from : from+12] {
			profit -= result(list)
		}
		t.Logf("year %d: profit after tax %d", year+1, profit/100)
		if profit <= 0 {
			t.Errorf("year %d ends with a loss", year+1)
		}
	}
}

// What the books hold does not depend on when or where they are made.
func TestBooksAreAlwaysTheSame(t *testing.T) {
	if a, b := fmt.Sprint(books()), fmt.Sprint(books()); a != b {
		t.Error("two runs differ")
	}
}
