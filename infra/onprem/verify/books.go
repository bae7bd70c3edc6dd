package verify

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"backoffice/internal/store"
)

// reversal is what a journal says of the journal that it reverses, or that reverses it.
type reversal struct{ reverses, reversedBy string }

// book checks an item of the ledger.
func (c *checker) book(p place, it item) {
	switch p.kind() {
	case "ENT":
		c.report.Entities++
	case "JRN":
		c.journal(p, it)
	case "EXT":
		c.expected.add("external", p.String(), -1, it.text("id"))
	case "NUM":
		c.counters[p.String()] = it.whole("n")
	case "BAL", "DAY":
		c.report.Balances++
		c.expected.stored(p, it)
	case "LED":
		c.ledger(p, it)
	case "REG":
		c.listing(p, it)
	case "NO":
		c.numbered(p, it)
	}
}

// journal checks a journal by itself, and adds what must follow from it.
func (c *checker) journal(p place, it item) {
	j := readJournal(p, it)
	c.journals[j.tenant+"|"+j.id] = reversal{it.text("rv"), it.text("rb")}
	if j.external != "" {
		holder := place{p.table, strings.Join([]string{j.tenant, "EXT", keyPart(j.source), keyPart(j.external)}, "|"), "J"}
		c.expected.add("external", holder.String(), 1, j.id)
	}
	if j.state != "posted" {
		return
	}
	c.report.Journals++
	c.report.Lines += len(j.lines)
	if len(j.lines) < 2 {
		c.defect(p.String(), "posted journal %s has %d lines", j.number, len(j.lines))
	}
	if sum := j.sum(); sum.Sign() != 0 {
		c.defect(p.String(), "posted journal %s does not balance: its lines sum to %s minor units", j.number, sum)
	}
	c.number(p, j)
	c.expected.journal(j)
}

// number holds a journal's number against those of its series.
func (c *checker) number(p place, j journal) {
	counter, n, ok := counterOf(j)
	if !ok {
		c.defect(p.String(), "its number %q is none", j.number)
		return
	}
	c.numbers[counter] = max(c.numbers[counter], n)
	c.expected.add("numbered", j.tenant+" "+j.entity+" "+j.number, 1, j.id)
}

// counterOf gives the number that a journal has, and how the place of its counter begins: a number names the year in which the
// fiscal year begins, and a counter the month, too.
func counterOf(j journal) (counter string, n int, ok bool) {
	parts := strings.Split(j.number, "-")
	n, err := strconv.Atoi(parts[len(parts)-1])
	if len(parts) < 3 || err != nil {
		return "", 0, false
	}
	series, year := strings.Join(parts[:len(parts)-2], "-"), parts[len(parts)-2]
	return place{"finance", j.tenant + "|NUM|" + j.entity, keyPart(series) + "|" + year}.String(), n, true
}

// numbered checks the list by which a journal is found by its number: each item holds a hundred.
func (c *checker) numbered(p place, it item) {
	entity := p.pk[strings.LastIndexByte(p.pk, '|')+1:]
	for name := range it {
		if len(name) == 3 && name[0] == 'i' {
			c.expected.add("numbered", p.tenant()+" "+entity+" "+store.Part(p.sk)+name[1:], -1, it.text(name))
		}
	}
}

// ledger checks the lines of an account.
func (c *checker) ledger(p place, it item) {
	parts := strings.Split(p.pk, "|")
	if len(parts) != 4 {
		c.defect(p.String(), "its key names no account")
		return
	}
	date, _, _ := strings.Cut(p.sk, "|")
	for _, e := range it.list("l") {
		name := strings.Join([]string{parts[0], parts[2], store.Part(parts[3]), date, e.text("j"), e.number("i")}, " ")
		c.expected.add("ledger", name, -1, entryText(e.text("n"), e.number("m"), e.text("d"), e.texts("x"), e.text("p")))
	}
}

// listing checks the list of posted journals.
func (c *checker) listing(p place, it item) {
	parts := strings.Split(p.pk, "|")
	if len(parts) != 3 {
		c.defect(p.String(), "its key names no entity")
		return
	}
	date, _, _ := strings.Cut(p.sk, "|")
	for _, e := range it.list("l") {
		name := strings.Join([]string{parts[0], parts[2], date, e.text("j")}, " ")
		c.expected.add("listing", name, -1, strings.Join([]string{e.text("n"), e.text("k"), e.text("d"), e.text("s"), e.text("e"), e.text("b"), e.number("m"), e.text("by")}, "\x00"))
	}
}

func entryText(number, minor, text string, dimensions map[string]string, party string) string {
	names := make([]string, 0, len(dimensions))
	for d, v := range dimensions {
		names = append(names, d+"="+v)
	}
	slices.Sort(names)
	return fmt.Sprintf("%s\x00%s\x00%s\x00%v\x00%s", number, minor, text, names, party)
}

// links holds the two ends of every reversal, and every series' counter, against each other.
func (c *checker) links() {
	for key, j := range c.journals {
		tenant, id, _ := strings.Cut(key, "|")
		if j.reverses != "" && c.journals[tenant+"|"+j.reverses].reversedBy != id {
			c.defect("finance "+tenant+"|JRN|"+id+" / J", "it reverses %s, which does not say so", j.reverses)
		}
		if j.reversedBy != "" && c.journals[tenant+"|"+j.reversedBy].reverses != id {
			c.defect("finance "+tenant+"|JRN|"+id+" / J", "it says that %s reverses it, which does not", j.reversedBy)
		}
	}
	for counter, n := range c.numbers {
		highest := 0
		for name, value := range c.counters {
			if strings.HasPrefix(name, counter) {
				highest = max(highest, value)
			}
		}
		if highest < n {
			c.defect(counter, "its counter stands at %d, and number %d has been given", highest, n)
		}
	}
}

// keyPart writes a part of a key as the store kit does.
func keyPart(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "%", "%25"), "|", "%7C")
}

// journal is a journal as its item has it.
type journal struct {
	tenant, entity, id, number, state, kind, date, text string
	source, external, batch, currency, postedBy         string
	lines                                               []journalLine
}

type journalLine struct {
	account, text, party, currency string
	minor, foreign                 *big.Int
	dimensions                     map[string]string
}

func readJournal(p place, it item) journal {
	j := journal{tenant: p.tenant(), entity: it.text("e"), id: it.text("id"), number: it.text("no"), state: it.text("st"), kind: it.text("k"),
		date: it.text("dt"), text: it.text("ds"), source: it.text("src"), external: it.text("ext"), batch: it.text("ba"), currency: it.text("cur"),
		postedBy: it.text("pb")}
	for _, l := range it.list("l") {
		j.lines = append(j.lines, journalLine{account: l.text("a"), text: l.text("d"), party: l.text("p"), currency: l.text("c"),
			minor: integer(l.number("m")), foreign: integer(l.number("f")), dimensions: l.texts("x")})
	}
	return j
}

func integer(text string) *big.Int {
	n, ok := new(big.Int).SetString(text, 10)
	if !ok {
		return new(big.Int)
	}
	return n
}

func (j journal) sum() *big.Int {
	total := new(big.Int)
	for _, l := range j.lines {
		total.Add(total, l.minor)
	}
	return total
}

// total is the sum of the debits.
func (j journal) total() *big.Int {
	total := new(big.Int)
	for _, l := range j.lines {
		if l.minor.Sign() > 0 {
			total.Add(total, l.minor)
		}
	}
	return total
}
