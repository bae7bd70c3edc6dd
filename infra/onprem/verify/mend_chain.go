package verify

import (
	"context"
	"fmt"
	"maps"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/store"
)

// chainPlan is an audit chain of the torn tables, and what it lacks.
type chainPlan struct {
	table, tenant string
	whole         bool // it reads from its first link to its head, or will when its patches are written
	acts          []store.ChainedAct
	patches       []patch
}

// chainOf notes that there is a chain.
func (m *mender) chainOf(p place) {
	for _, c := range m.chains {
		if c.table == p.table && c.tenant == p.tenant() {
			return
		}
	}
	m.chains = append(m.chains, &chainPlan{table: p.table, tenant: p.tenant()})
}

// wholeChain tells whether the chain that should hold an act can be read whole; one that has no link yet can.
func (m *mender) wholeChain(act place) bool {
	for _, c := range m.chains {
		if c.table == act.table && c.tenant == act.tenant() {
			return c.whole
		}
	}
	return true
}

// planChains mends the chains: a settling transaction can be torn like any other. A link that is lacking is known by the hashes
// of its neighbours, an act by the hash that its link has, and a head that stands before the last link by that link.
func (m *mender) planChains(ctx context.Context) error {
	for _, c := range m.chains {
		err := m.planChain(ctx, c)
		if store.IsBrokenChain(err) {
			m.refuse(c.table+" "+c.tenant+"|CHAIN", nil, "%s", err.Error())
			continue
		}
		if err != nil {
			return err
		}
		c.whole = true
		m.patches = append(m.patches, c.patches...)
		m.named(c)
	}
	return nil
}

// named has every act that a chain names looked for.
func (m *mender) named(c *chainPlan) {
	for _, a := range c.acts {
		m.links[a.Act] = a.Hash
		i, known := m.past.byID[a.Act]
		if !known {
			m.refuse("act "+a.Act, nil, "the audit chain names it, and neither copy has it")
			continue
		}
		m.past.acts[i].here = true
	}
}

func (m *mender) planChain(ctx context.Context, c *chainPlan) error {
	var before store.Link
	for more := true; more; {
		links, err := m.torn.Links(ctx, c.table, c.tenant, before.Number, linksAtOnce)
		if err != nil {
			return err
		}
		for _, l := range links {
			if before, err = m.fill(ctx, c, before, l.Number-1); err != nil {
				return err
			}
			if before, err = c.follow(before, l); err != nil {
				return err
			}
		}
		more = len(links) == linksAtOnce
	}
	head, err := get(ctx, m.torn, place{c.table, c.tenant + "|CHAIN", "HEAD"})
	if err != nil {
		return err
	}
	if before, err = m.fill(ctx, c, before, head.whole("n")); err != nil {
		return err
	}
	return m.planHead(ctx, c, head, before)
}

// fill copies the links up to a number that are lacking.
func (m *mender) fill(ctx context.Context, c *chainPlan, before store.Link, to int) (store.Link, error) {
	for before.Number < to {
		links, err := m.later.Links(ctx, c.table, c.tenant, before.Number, 1)
		if err != nil {
			return before, fmt.Errorf("of the later copy: %w", err)
		}
		if len(links) == 0 || links[0].Number != before.Number+1 {
			return before, &store.BrokenChainError{Link: before.Number + 1, What: "it is missing, and the later copy has it not"}
		}
		p := place{c.table, c.tenant + "|CHAIN", fmt.Sprintf("L%012d", links[0].Number)}
		raw, err := get(ctx, m.later, p)
		if err != nil {
			return before, err
		}
		if before, err = c.follow(before, links[0]); err != nil {
			return before, err
		}
		c.patches = append(c.patches, patch{Mended: Mended{Record: p.String(), What: "link brought back"}, place: p, tenant: c.tenant, item: raw, cond: "attribute_not_exists(pk)"})
	}
	return before, nil
}

// follow takes a link for the next one, if it is.
func (c *chainPlan) follow(before, l store.Link) (store.Link, error) {
	if l.Number != before.Number+1 || l.Before != before.Hash {
		return before, &store.BrokenChainError{Link: l.Number, What: "it does not follow the link before it"}
	}
	c.acts = append(c.acts, l.Acts...)
	return l, nil
}

// planHead moves the head on to the last link, where it stands before it.
func (m *mender) planHead(ctx context.Context, c *chainPlan, head item, last store.Link) error {
	p := place{c.table, c.tenant + "|CHAIN", "HEAD"}
	next, cond, args := maps.Clone(head), "v = ?", []any{head.whole("v")}
	switch {
	case head.whole("n") == last.Number && head.text("h") != last.Hash:
		return &store.BrokenChainError{Link: last.Number, What: "the head names another link as the last"}
	case head.whole("n") == last.Number:
		return nil
	case head == nil && last.Number > 1: // it comes with the first link and stays
		return &store.BrokenChainError{Link: last.Number, What: "the head is missing"}
	case head == nil:
		cond, args = "attribute_not_exists(pk)", nil
		next = item{"pk": &types.AttributeValueMemberS{Value: p.pk}, "sk": &types.AttributeValueMemberS{Value: p.sk}, "sv": number(1)}
	default:
		named, err := m.torn.Links(ctx, c.table, c.tenant, head.whole("n")-1, 1)
		if err != nil {
			return err
		}
		if len(named) == 0 || named[0].Hash != head.text("h") {
			return &store.BrokenChainError{Link: head.whole("n"), What: "the head names another link than stands there"}
		}
	}
	next["n"], next["v"], next["h"] = number(last.Number), number(head.whole("v")+1), &types.AttributeValueMemberS{Value: last.Hash}
	c.patches = append(c.patches, patch{Mended: Mended{Record: p.String(), What: "head moved on to link " + strconv.Itoa(last.Number)}, place: p, tenant: c.tenant, item: next, cond: cond, args: args})
	return nil
}

func number(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}
