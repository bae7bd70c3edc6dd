package migration

import (
	"context"

	"backoffice/internal/finance"
	"backoffice/internal/op"
)

// choose takes as many of the waiting journals as one act holds, and finds or plans their parties.
func (p *posting) choose(ctx context.Context, c *op.Call, d Ports) error {
	var keys []string
	for _, j := range p.chunk.Staged {
		if j.Fate == Waiting {
			keys = append(keys, p.partyKeys(j)...)
		}
	}
	var err error
	if p.parties, err = d.Finance.PartyNames.Find(ctx, c.Tenant, unique(keys)); err != nil {
		return err
	}
	p.make = map[string]finance.PartyFields{}
	items := 0
	for n, j := range p.chunk.Staged {
		if j.Fate != Waiting {
			continue
		}
		cost := 2 + len(j.Rows)
		f := p.party(j)
		_, planned := p.make[f.NameKey()]
		fresh := !planned && p.known(j) == ""
		if fresh {
			cost += 2
		}
		if items+cost > actItemsMax || len(p.going) == finance.JournalsAtOnceMax {
			break
		}
		if fresh {
			p.make[f.NameKey()] = f
		}
		items += cost
		p.going = append(p.going, n)
	}
	return nil
}

// party is what the party of a journal would be made as.
func (p *posting) party(j Staged) finance.PartyFields {
	f := finance.PartyFields{Name: j.Party, Kind: p.before.PartyKind}
	if into, merged := p.merge.Into[finance.FoldName(j.Party)]; merged {
		f.Name, f.Aliases = into, p.merge.Aliases[into]
		return f
	}
	if j.PartyID != "" {
		f.Source, f.ExternalID = p.before.Source, j.PartyID
	}
	return f
}

// partyKeys are the keys under which the party of a journal may be known: with its id and without.
func (p *posting) partyKeys(j Staged) []string {
	f := p.party(j)
	keys := []string{f.NameKey()}
	if f.ExternalID != "" {
		keys = append(keys, finance.PartyFields{Name: f.Name}.NameKey())
	}
	return keys
}

func (p *posting) known(j Staged) string {
	for _, k := range p.partyKeys(j) {
		if id := p.parties[k]; id != "" {
			return id
		}
	}
	return ""
}

func unique(keys []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}
