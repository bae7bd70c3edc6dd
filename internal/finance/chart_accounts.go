package finance

import (
	"iter"
	"maps"
	"slices"
)

// Accounts are the accounts of a chart, by code. They cannot be changed, With makes others: a chart is read on every posting
// and decoded once, so many calls hold the same accounts at the same time, and what one did to them all would see.
type Accounts struct{ byCode map[string]Account }

// AccountsOf makes the accounts of an entity's chart from a map that the caller gives away. An account knows its place in it,
// so ids, entity and codes are filled in here and need not be kept.
func AccountsOf(entity string, byCode map[string]Account) Accounts {
	for code, a := range byCode {
		a.ID, a.Entity, a.Code = accountID(entity, code), entity, code
		byCode[code] = a
	}
	return Accounts{byCode}
}

// Get finds an account.
func (l Accounts) Get(code string) (Account, bool) {
	a, ok := l.byCode[code]
	a.Dimensions = slices.Clone(a.Dimensions) // the one part of an account that is not copied with it
	return a, ok
}

// Len counts them.
func (l Accounts) Len() int { return len(l.byCode) }

// All walks through them in no order.
func (l Accounts) All() iter.Seq2[string, Account] {
	return func(yield func(string, Account) bool) {
		for code := range l.byCode {
			if a, _ := l.Get(code); !yield(code, a) {
				return
			}
		}
	}
}

// With gives the accounts with some put in, in the stead of those with the same codes.
func (l Accounts) With(more ...Account) Accounts {
	out := make(map[string]Account, len(l.byCode)+len(more))
	maps.Copy(out, l.byCode)
	for _, a := range more {
		a.Dimensions = slices.Clone(a.Dimensions)
		out[a.Code] = a
	}
	return Accounts{out}
}
