package verify

import (
	"maps"
	"math/big"
	"slices"
	"strings"
)

// expectation is what must follow from the journals, and what stands there instead: whatever is left when both have been
// taken into account is a defect.
type expectation struct {
	combinations map[string][][]string          // by tenant and entity
	sums         map[string]map[string]*big.Int // by place of the balance, then by attribute: expected less stored
	entries      map[string]map[string]int      // by what kind of entry it is and its name, then by content: expected less stored
}

func newExpectation() *expectation {
	return &expectation{combinations: map[string][][]string{}, sums: map[string]map[string]*big.Int{}, entries: map[string]map[string]int{}}
}

// views learns the combinations of dimensions for which an entity keeps balances.
func (x *expectation) views(p place, it item) {
	entity := strings.Join(strings.Split(p.pk, "|")[2:], "|")
	var once [][]string // an entity of an older release may name a combination twice, and has its lines in it once all the same
	for _, c := range lists(it, "vw") {
		if !slices.ContainsFunc(once, func(d []string) bool { return slices.Equal(c, d) }) {
			once = append(once, c)
		}
	}
	x.combinations[p.tenant()+" "+entity] = once
}

// journal adds what follows from a posted journal.
func (x *expectation) journal(j journal) {
	x.balances(j)
	for i, l := range j.lines {
		text := l.text
		if text == "" {
			text = j.text
		}
		name := strings.Join([]string{j.tenant, j.entity, l.account, j.date, j.id, big.NewInt(int64(i)).String()}, " ")
		x.add("ledger", name, 1, entryText(j.number, l.minor.String(), text, l.dimensions, l.party))
	}
	x.add("listing", strings.Join([]string{j.tenant, j.entity, j.date, j.id}, " "), 1,
		strings.Join([]string{j.number, j.kind, j.text, j.source, j.external, j.batch, j.total().String(), j.postedBy}, "\x00"))
}

// balances adds a journal's lines to the balances, in every view.
func (x *expectation) balances(j journal) {
	if len(j.date) != len("2026-04-30") {
		return // its ledger entries tell
	}
	year, month, day := j.date[:4], j.date[5:7], j.date[8:]
	for _, l := range j.lines {
		currency := j.currency
		if l.currency != "" {
			currency = l.currency
		}
		for _, v := range x.viewsOf(j, l) {
			pk := strings.Join([]string{j.tenant, "BAL", j.entity, v[0]}, "|")
			sk := strings.Join([]string{v[1], keyPart(l.account), currency}, "|")
			x.move(place{"finance", pk, sk + "|" + year}, month, l)
			pk = strings.Join([]string{j.tenant, "DAY", j.entity, v[0], year + "-" + month}, "|")
			x.move(place{"finance", pk, sk}, day, l)
		}
	}
}

// viewsOf lists the views in which a line counts, each with the line's values, as they stand in keys.
func (x *expectation) viewsOf(j journal, l journalLine) [][2]string {
	out := [][2]string{{"-", ""}}
	for d, v := range l.dimensions {
		out = append(out, [2]string{keyPart(d), keyPart(v)})
	}
	for _, c := range x.combinations[j.tenant+" "+j.entity] {
		values := make([]string, 0, len(c))
		for _, d := range c {
			if v, ok := l.dimensions[d]; ok {
				values = append(values, v)
			}
		}
		if len(c) > 1 && len(values) == len(c) {
			out = append(out, [2]string{keyPart(strings.Join(c, "+")), keyPart(strings.Join(values, "+"))})
		}
	}
	return out
}

func (x *expectation) move(p place, nn string, l journalLine) {
	side, amount := "d", l.minor
	if l.minor.Sign() < 0 {
		side, amount = "c", new(big.Int).Neg(l.minor)
	}
	x.sum(p, side+nn, amount)
	if l.currency != "" {
		x.sum(p, "f"+nn, l.foreign)
	}
}

func (x *expectation) sum(p place, attribute string, n *big.Int) {
	if n.Sign() == 0 {
		return
	}
	row := x.sums[p.String()]
	if row == nil {
		row = map[string]*big.Int{}
		x.sums[p.String()] = row
	}
	if row[attribute] == nil {
		row[attribute] = new(big.Int)
	}
	row[attribute].Add(row[attribute], n)
}

// stored takes a balance away from what is expected.
func (x *expectation) stored(p place, it item) {
	for name := range it {
		if len(name) == 3 && strings.ContainsRune("dcf", rune(name[0])) {
			x.sum(p, name, new(big.Int).Neg(integer(it.number(name))))
		}
	}
}

func (x *expectation) add(kind, name string, n int, content string) {
	key := kind + " " + name
	row := x.entries[key]
	if row == nil {
		row = map[string]int{}
		x.entries[key] = row
	}
	if row[content] += n; row[content] == 0 {
		delete(row, content)
	}
	if len(row) == 0 {
		delete(x.entries, key)
	}
}

// leftovers names what is expected and not there, or there and not expected.
func (x *expectation) leftovers(defect func(record, what string, args ...any)) {
	for name, row := range x.sums {
		for _, attribute := range slices.Sorted(maps.Keys(row)) {
			if off := row[attribute]; off.Sign() != 0 {
				defect(name, "its %s is %s minor units away from the sum of the journals' lines", attribute, new(big.Int).Neg(off))
			}
		}
	}
	for key, row := range x.entries {
		kind, name, _ := strings.Cut(key, " ")
		x.leftover(kind, name, row, defect)
	}
}

func (x *expectation) leftover(kind, name string, row map[string]int, defect func(record, what string, args ...any)) {
	more, less := 0, 0
	for _, n := range row {
		if n > 0 {
			more += n
		} else {
			less -= n
		}
	}
	switch kind {
	case "external":
		defect(name, "journal and held external id do not match")
	default:
		switch {
		case more > 0 && less > 0:
			defect("finance "+kind+" "+name, "the entry is not what the journal says")
		case more > 0:
			defect("finance "+kind+" "+name, "the entry is missing")
		default:
			defect("finance "+kind+" "+name, "the entry stands for no line of a posted journal, or twice")
		}
	}
}
