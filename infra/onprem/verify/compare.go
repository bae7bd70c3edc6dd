package verify

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"

	"backoffice/internal/store"
)

// Compare tells in which records two data sets hold different books. What is of the running system alone (sessions, failed
// sign-ins, leased numbers), how acts were batched when they were taken up, and the acts' own marks of that do not count.
func Compare(ctx context.Context, a, b *store.DB) ([]Defect, error) {
	left, err := facts(ctx, a)
	if err != nil {
		return nil, err
	}
	right, err := facts(ctx, b)
	if err != nil {
		return nil, err
	}
	var out []Defect
	for name, sum := range left {
		other, there := right[name]
		switch {
		case !there:
			out = append(out, Defect{name, "only the first data set has it"})
		case other != sum:
			out = append(out, Defect{name, "the two data sets differ"})
		}
	}
	for name := range right {
		if _, there := left[name]; !there {
			out = append(out, Defect{name, "only the second data set has it"})
		}
	}
	slices.SortFunc(out, func(a, b Defect) int { return strings.Compare(a.Record, b.Record) })
	return out, nil
}

// facts reduces a data set to a digest of each fact.
func facts(ctx context.Context, db *store.DB) (map[string][sha256.Size]byte, error) {
	out := map[string][sha256.Size]byte{}
	err := each(ctx, db, func(table string, it item) {
		p := placeOf(table, it)
		switch class, kind := classOf(p), p.kind(); {
		case class == momentary, kind == "CHAIN":
		case kind == "LED", kind == "REG":
			date, _, _ := strings.Cut(p.sk, "|")
			for _, e := range it.list("l") {
				name := strings.Join([]string{table, p.pk, date, e.text("j"), e.number("i")}, " ")
				for _, twice := out[name]; twice; _, twice = out[name] {
					name += " again"
				}
				out[name] = digest(e)
			}
		case kind == "BAL", kind == "DAY":
			out[p.String()] = digest(sums(it))
		default:
			out[p.String()] = digest(it, "pend", "pat", "don")
		}
	})
	return out, err
}

// sums keeps a balance's sums that are not nought.
func sums(it item) item {
	out := item{}
	for name, v := range it {
		if len(name) == 3 && strings.ContainsRune("dcf", rune(name[0])) && integer(it.number(name)).Sign() != 0 {
			out[name] = v
		}
	}
	return out
}
