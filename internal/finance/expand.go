package finance

import (
	"context"
	"errors"
	"slices"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// JournalExpand is the part of a query's input that asks for the records which its journals name.
type JournalExpand struct {
	Expand []string `query:"expand" json:"-" enum:"entity,lines.account,lines.party,reverses" maxItems:"4" doc:"Records to answer with besides: the entity, the lines' accounts and parties, the journal that is reversed. Each asks for the right to read it"`
}

const expandNote = "With `expand` the records that the journal names are answered with, each once, under `expanded`."

// JournalRelated are the records that journals name, by the name under which a journal has them. What the caller may not see
// of a kind that it may see, and what is there no more, is left out.
type JournalRelated struct {
	Entities map[string]Entity      `json:"entity,omitempty" doc:"By id"`
	Accounts map[string]Account     `json:"lines.account,omitempty" doc:"By code"`
	Parties  map[string]Party       `json:"lines.party,omitempty" doc:"By id"`
	Reversed map[string]JournalView `json:"reverses,omitempty" doc:"By id"`
}

// ExpandedJournal is a journal with what was asked for besides.
type ExpandedJournal struct {
	JournalView
	Expanded *JournalRelated `json:"expanded,omitempty" doc:"What expand asked for"`
}

// JournalPage is a page of journals with what was asked for besides.
type JournalPage struct {
	op.Records[JournalView]
	Expanded *JournalRelated `json:"expanded,omitempty" doc:"What expand asked for"`
}

// related reads what journals of one entity name: one read of the chart, and one round trip for each hundred of the others.
func (d Ports) related(ctx context.Context, c *op.Call, in JournalExpand, all ...Journal) (*JournalRelated, error) {
	if len(in.Expand) == 0 {
		return nil, nil
	}
	out := &JournalRelated{}
	var entity string
	if len(all) > 0 {
		entity = all[0].Entity
	}
	parts := map[string]func() error{
		"entity":        func() error { return d.relatedEntity(ctx, c, entity, out) },
		"lines.account": func() error { return d.relatedAccounts(ctx, c, entity, all, out) },
		"lines.party":   func() error { return d.relatedParties(ctx, c, all, out) },
		"reverses":      func() error { return d.relatedJournals(ctx, c, all, out) },
	}
	for _, name := range in.Expand {
		if err := parts[name](); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// sees asks for the right that reading the other record would ask for. The spec is made here and not taken from the operation
// that reads it, which would then stand in this one's binary.
func sees(ctx context.Context, c *op.Call, permission, entity string) error {
	return c.MayAlso(ctx, &op.Spec{ID: Table + ".expand", Kind: op.Query, Permission: permission}, entity)
}

func (d Ports) relatedEntity(ctx context.Context, c *op.Call, entity string, out *JournalRelated) error {
	if err := sees(ctx, c, "entities.read", entity); err != nil || entity == "" {
		return err
	}
	e, err := d.Books.Entity(ctx, c.Tenant, entity)
	out.Entities = map[string]Entity{entity: e}
	return err
}

func (d Ports) relatedAccounts(ctx context.Context, c *op.Call, entity string, all []Journal, out *JournalRelated) error {
	if err := sees(ctx, c, "accounts.read", entity); err != nil || entity == "" {
		return err
	}
	chart, err := d.Books.Chart(ctx, c.Tenant, entity)
	if err != nil {
		return err
	}
	out.Accounts = map[string]Account{}
	for _, code := range named(all, func(l Line) string { return l.Account }) {
		if a, there := chart.Accounts.Get(code); there { // a draft may name an account that there is not
			out.Accounts[code] = a
		}
	}
	return nil
}

func (d Ports) relatedParties(ctx context.Context, c *op.Call, all []Journal, out *JournalRelated) error {
	if err := sees(ctx, c, "parties.read", ""); err != nil {
		return err
	}
	var err error
	out.Parties, err = Parties.Find(ctx, c, d, named(all, func(l Line) string { return l.Party }))
	return err
}

// relatedJournals leaves out the journals that the caller may not see: a right to own journals is none to those reversed.
func (d Ports) relatedJournals(ctx context.Context, c *op.Call, all []Journal, out *JournalRelated) error {
	out.Reversed = map[string]JournalView{}
	for _, j := range all {
		if j.Reverses == "" {
			continue
		}
		was, err := d.Journals.Journal(ctx, c.Tenant, j.Reverses)
		if err == nil {
			err = errors.Join(c.Within(was.Entity), c.Concerns(was.Maker))
		}
		switch {
		case err == nil:
			out.Reversed[was.ID] = was.View()
		case !fault.OfKind(err, fault.Forbidden) && !fault.OfKind(err, fault.NotFound):
			return err
		}
	}
	return nil
}

// named lists what the lines of journals name, each once, in order.
func named(all []Journal, of func(Line) string) []string {
	seen := map[string]bool{}
	for _, j := range all {
		for _, l := range j.Lines {
			if name := of(l); name != "" {
				seen[name] = true
			}
		}
	}
	out := make([]string, 0, len(seen))
	for name := range seen {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
