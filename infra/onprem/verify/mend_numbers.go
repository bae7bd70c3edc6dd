package verify

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// counters are the series' counters, and the numbers that journals have of them. No act holds a counter's hash; where it must
// stand at least follows from the numbers, and a number must never be given twice.
type counters struct {
	given map[string]int    // highest number, by how the place of its counter begins
	stand map[string]place  // the counters that are there, by place
	at    map[string]int    // what they say, by place
	of    map[string]string // tenant, by how the place begins
	later map[string]place  // the counters that the later copy has
}

func newCounters() counters {
	return counters{given: map[string]int{}, stand: map[string]place{}, at: map[string]int{}, of: map[string]string{}, later: map[string]place{}}
}

// read takes note of an item of the torn tables, or of one that they get.
func (c counters) read(p place, it item) {
	if p.table != "finance" {
		return
	}
	switch p.kind() {
	case "NUM":
		c.stand[p.String()], c.at[p.String()] = p, it.whole("n")
	case "JRN":
		if j := readJournal(p, it); j.state == "posted" {
			if counter, n, ok := counterOf(j); ok {
				c.given[counter], c.of[counter] = max(c.given[counter], n), j.tenant
			}
		}
	}
}

// planCounters moves counters on that stand before a number that has been given.
func (m *mender) planCounters(ctx context.Context) error {
	for _, p := range m.patches {
		m.counters.read(p.place, p.item)
	}
	for _, counter := range slices.Sorted(maps.Keys(m.counters.given)) {
		if err := m.planCounter(ctx, counter, m.counters.given[counter]); err != nil {
			return err
		}
	}
	return nil
}

func (m *mender) planCounter(ctx context.Context, counter string, given int) error {
	for name, n := range m.counters.at {
		if strings.HasPrefix(name, counter) && n >= given {
			return nil
		}
	}
	if behind := begins(m.counters.stand, counter); len(behind) == 1 {
		it, err := get(ctx, m.torn, behind[0])
		if err != nil {
			return err
		}
		m.moveCounter(counter, behind[0], it, given, "n = ?", it["n"])
		return nil
	}
	absent := begins(m.counters.later, counter)
	if len(absent) != 1 { // a number alone does not tell the whole name of its counter
		m.refuse(counter, nil, "number %d has been given, and which counter it is from cannot be told", given)
		return nil
	}
	it, err := get(ctx, m.later, absent[0])
	if err != nil {
		return err
	}
	m.moveCounter(counter, absent[0], it, given, "attribute_not_exists(pk)")
	return nil
}

func (m *mender) moveCounter(counter string, p place, it item, given int, cond string, args ...any) {
	it["n"] = number(given)
	m.patches = append(m.patches, patch{Mended: Mended{Record: p.String(), What: fmt.Sprintf("counter moved on to %d, which has been given", given)},
		place: p, tenant: m.counters.of[counter], item: it, cond: cond, args: args})
}

// begins lists the counters whose places begin so.
func begins(all map[string]place, counter string) []place {
	var out []place
	for name, p := range all {
		if strings.HasPrefix(name, counter) {
			out = append(out, p)
		}
	}
	return out
}
