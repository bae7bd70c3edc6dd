package audit

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"backoffice/internal/metrics"
)

const (
	linksAtOnce = 100
	// linksPerRootMax keeps a root's file small enough to be read at once; what is beyond comes into the next root.
	linksPerRootMax = 10_000
	// rootsAtOnceMax bounds one call of Anchor. What it leaves is anchored by the next.
	rootsAtOnceMax = 10
)

// Book is a series of roots, with the chains that they are about.
type Book struct {
	shelf  Shelf
	key    Signer
	chains Chains
	// linksMax is how many links go into a root, rather than linksPerRootMax in tests.
	linksMax int
}

// NewBook makes the book of a shelf.
func NewBook(shelf Shelf, key Signer, chains Chains) *Book {
	return &Book{shelf: shelf, key: key, chains: chains, linksMax: linksPerRootMax}
}

// Broken is a chain that is not what was anchored.
type Broken struct {
	Table  string `json:"table"`
	Tenant string `json:"tenant"`
	What   string `json:"what" doc:"The first thing that does not hold"`
}

// Anchored tells what a call of Anchor did.
type Anchored struct {
	Root   int      `json:"root" doc:"Number of the last root; 0 when there is nothing to anchor yet"`
	Roots  int      `json:"roots" doc:"How many roots were written; none when nothing had come since the last"`
	Links  int      `json:"links" doc:"Links of audit chains in these roots"`
	Acts   int      `json:"acts" doc:"Acts in these links"`
	Broken []Broken `json:"broken" doc:"Chains that do not go on from where they were anchored"`
	More   bool     `json:"more" doc:"Whether there is more to anchor: call again"`
}

// name tells chains apart.
type name struct{ table, tenant string }

// end is the last link of a chain that is anchored; the zero one stands before the first.
type end struct {
	number int
	hash   string
}

// series is where a series of roots stands.
type series struct {
	number int    // of the last root
	hash   string // of its file
	ends   map[name]end
}

// Anchor writes roots over what has come since the last one, in the tables' chains of the tenants and in every chain that was
// anchored before. It may be called by several at once: of two roots with one number one is written. A chain that is not what
// was anchored is named and goes no further; the others do.
func (b *Book) Anchor(ctx context.Context, tables, tenants []string, at time.Time) (Anchored, error) {
	out := Anchored{Broken: []Broken{}}
	for range rootsAtOnceMax {
		s, err := b.open(ctx)
		if err != nil {
			return out, err
		}
		r, more, err := b.next(ctx, s, names(tables, tenants, s.ends), &out)
		out.Root = s.number
		if err != nil {
			return out, err
		}
		metrics.Set(ctx, metrics.BrokenChains, float64(len(out.Broken)))
		if !r.grows() {
			return out, nil
		}
		r.At = at.UTC()
		won, err := b.write(ctx, r)
		if err != nil {
			return out, err
		}
		if won {
			out.add(r)
		}
		if won && !more {
			return out, nil
		}
	}
	out.More = true
	return out, nil
}

func (a *Anchored) add(r Root) {
	a.Root = r.Number
	a.Roots++
	for _, c := range r.Chains {
		a.Links += len(c.Links)
		a.Acts += c.Acts
	}
}

// grows tells whether a root holds anything that those before do not.
func (r Root) grows() bool {
	return slices.ContainsFunc(r.Chains, func(c Chain) bool { return len(c.Links) > 0 })
}

// names lists the chains that there may be, in a fixed order. A chain that was anchored stays among them, and so does its
// tenant, whatever has become of it.
func names(tables, tenants []string, ends map[name]end) []name {
	var out []name
	tenants = slices.Clone(tenants)
	for n := range ends {
		out = append(out, n)
		tenants = append(tenants, n.tenant)
	}
	for _, table := range tables {
		for _, tenant := range tenants {
			out = append(out, name{table, tenant})
		}
	}
	slices.SortFunc(out, func(a, b name) int { return cmp.Or(cmp.Compare(a.table, b.table), cmp.Compare(a.tenant, b.tenant)) })
	return slices.Compact(out)
}

// open reads where the series stands: the last root, and those before only as far as it does not tell itself where every chain
// ends.
func (b *Book) open(ctx context.Context) (series, error) {
	s := series{ends: map[name]end{}}
	kept, err := b.shelf.List(ctx)
	if err != nil || len(kept) == 0 {
		return s, err
	}
	s.number = kept[len(kept)-1].Number
	for n := s.number; n > 0; n-- {
		r, raw, err := b.read(ctx, n)
		if err != nil {
			return s, err
		}
		if n == s.number {
			s.hash = hashOf(raw)
		}
		for _, c := range r.Chains {
			if _, later := s.ends[c.name()]; !later {
				s.ends[c.name()] = c.end()
			}
		}
		if r.Format == formatWhole {
			break
		}
	}
	return s, nil
}

// read reads one root.
func (b *Book) read(ctx context.Context, number int) (Root, []byte, error) {
	raw, err := b.shelf.Get(ctx, number)
	if errors.Is(err, ErrNone) {
		return Root{}, nil, forged(number)
	}
	if err != nil {
		return Root{}, nil, err
	}
	key, err := b.key.Public(ctx)
	if err != nil {
		return Root{}, nil, fmt.Errorf("read the key of the audit roots: %w", err)
	}
	r, err := parse(raw, number, key)
	return r, raw, err
}

func (c Chain) name() name { return name{c.Table, c.Tenant} }

func (c Chain) end() end {
	if len(c.Links) == 0 {
		return end{c.After, c.Before}
	}
	return end{c.After + len(c.Links), c.Links[len(c.Links)-1]}
}

// next makes the root after the last. more says that there are links which it has no room for.
func (b *Book) next(ctx context.Context, s series, all []name, out *Anchored) (r Root, more bool, err error) {
	r = Root{Format: formatWhole, Number: s.number + 1, Before: s.hash, Chains: []Chain{}}
	out.Broken = out.Broken[:0] // each look finds them anew
	room := b.linksMax
	for _, n := range all {
		c, broken, err := b.grow(ctx, n, s.ends[n], room)
		if err != nil {
			return r, false, err
		}
		if broken != "" {
			out.Broken = append(out.Broken, Broken{n.table, n.tenant, broken})
		}
		if c.end().number > 0 {
			r.Chains = append(r.Chains, c)
		}
		room -= len(c.Links)
		more = more || room == 0
	}
	return r, more, nil
}

// grow reads what a chain has got since its end was anchored, up to so many links. The end itself is read, too: it must be
// there as it was, and what follows must follow it.
func (b *Book) grow(ctx context.Context, n name, last end, room int) (c Chain, broken string, err error) {
	c = Chain{Table: n.table, Tenant: n.tenant, After: last.number, Before: last.hash}
	for at := max(last.number-1, 0); ; at = c.end().number {
		links, broken, err := b.chains.Stretch(ctx, n.table, n.tenant, at, linksAtOnce)
		if err != nil || broken != "" {
			return c, broken, err
		}
		read := len(links)
		if at < last.number {
			if what := differs(links, last.number, last.hash); what != "" {
				return c, what, nil
			}
			links = links[1:]
		}
		for _, l := range links {
			if len(c.Links) == room {
				return c, "", nil
			}
			if e := c.end(); l.Number != e.number+1 || l.Before != e.hash {
				return c, fmt.Sprintf("link %d does not follow link %d; that was anchored", l.Number, e.number), nil
			}
			c.Links = append(c.Links, l.Hash)
			c.Acts += len(l.Acts)
		}
		if read < linksAtOnce {
			return c, "", nil
		}
	}
}

// write signs and writes a root; false when another has its number. When the answer to a write was lost, the root that has the
// number is this one.
func (b *Book) write(ctx context.Context, r Root) (won bool, err error) {
	raw, err := r.seal(ctx, b.key)
	if err != nil {
		return false, err
	}
	err = b.shelf.Put(ctx, r.Number, raw)
	if !errors.Is(err, ErrTaken) {
		return err == nil, err
	}
	there, err := b.shelf.Get(ctx, r.Number)
	return bytes.Equal(there, raw), err
}
