package migration

import (
	"context"
	"errors"
	"fmt"

	"backoffice/internal/fault"
	"backoffice/internal/finance"
	"backoffice/internal/money"
	"backoffice/internal/op"
)

// posting is one step of a commit at work.
type posting struct {
	before, after Import
	books         finance.Books
	base          money.Currency
	totals        Totals
	chunk         Chunk
	refused       Refusals
	newly         int // rows refused in this step
	merge         Merge
	going         []int // staged journals of the chunk that are posted in this act
	parties       map[string]string
	make          map[string]finance.PartyFields
}

func (d Ports) posting(ctx context.Context, c *op.Call, i Import) (*posting, error) {
	p := &posting{before: i, after: i}
	var err error
	if p.books, err = d.Finance.Books.Posting(ctx, c.Tenant, i.Entity, nil); err != nil {
		return nil, err
	}
	p.base = p.books.Chart.Currency
	if p.totals, err = d.Imports.Totals(ctx, c.Tenant, i); err != nil {
		return nil, err
	}
	if i.Merged {
		p.merge, err = d.Imports.Merge(ctx, c.Tenant, i)
	}
	return p, err
}

// run decides what of the next chunk is posted now.
func (p *posting) run(ctx context.Context, c *op.Call, d Ports) error {
	for p.after.Next < p.after.Counts.Chunks {
		var err error
		if p.chunk, err = d.Imports.Chunk(ctx, c.Tenant, p.before, p.after.Next); err != nil {
			return err
		}
		if p.waits() {
			break
		}
		p.after.Next++ // a chunk of which every row was rejected
	}
	if !p.waits() {
		p.after.State = Committed
		return nil
	}
	var err error
	if p.refused, err = d.Imports.RefusalsOf(ctx, c.Tenant, p.before, p.chunk.N); err != nil {
		return err
	}
	if err := p.dropHeld(ctx, c, d); err != nil {
		return err
	}
	p.dropRefused()
	return p.choose(ctx, c, d)
}

func (p *posting) waits() bool {
	for _, j := range p.chunk.Staged {
		if j.Fate == Waiting {
			return true
		}
	}
	return false
}

// dropHeld rejects the rows that another import has brought in since the validation.
func (p *posting) dropHeld(ctx context.Context, c *op.Call, d Ports) error {
	var ids []Identity
	for _, j := range p.chunk.Staged {
		for _, r := range j.Rows {
			if j.Fate == Waiting {
				ids = append(ids, r.identity())
			}
		}
	}
	held, err := d.Imports.Held(ctx, c.Tenant, ids)
	if err != nil || len(held) == 0 {
		return err
	}
	for n := range p.chunk.Staged {
		j := &p.chunk.Staged[n]
		if j.Fate == Waiting {
			p.reject(j, RowImported, RowImported.Text, func(r StagedRow) bool { return held[r.identity()] })
		}
	}
	return nil
}

// dropRefused rejects the journals that the ledger would refuse by now: a period closed or an account archived since.
func (p *posting) dropRefused() {
	for n := range p.chunk.Staged {
		j := &p.chunk.Staged[n]
		if j.Fate != Waiting {
			continue
		}
		draft, err := p.books.Draft("", j.fields(p.before, "", p.base, ""), finance.Import, finance.Hand{})
		if err == nil {
			_, err = p.books.Post(draft, "", draft.PostedAt)
		}
		var refusal *fault.Error
		if errors.As(err, &refusal) {
			p.reject(j, RowLedger, refusal.Code+": "+refusal.Detail, func(StagedRow) bool { return true })
		}
	}
}

// reject takes rows out of a staged journal, and says why.
func (p *posting) reject(j *Staged, rule fault.Rule, message string, which func(StagedRow) bool) {
	var kept []StagedRow
	for _, r := range j.Rows {
		if !which(r) {
			kept = append(kept, r)
			continue
		}
		p.refused.Rows = append(p.refused.Rows, Refused{Row: r.N, Faults: []fault.Field{{Code: rule.Code, Message: message}}})
		p.newly++
		p.after.Counts.Accepted--
		p.after.Counts.Rejected++
		p.after.Sums.Accepted = p.after.Sums.Accepted.Sub(r.amount(p.base))
	}
	if len(kept) == len(j.Rows) {
		return
	}
	// The totals of what was accepted are taken back with the whole journal, and given anew with the rest of it.
	takeJournal(p.totals.Accepted, *j, p.before.BalancingAccount, p.base)
	if j.Rows = kept; len(kept) == 0 {
		j.Fate = Dropped
		p.after.Counts.Staged--
		return
	}
	addJournal(p.totals.Accepted, *j, p.before.BalancingAccount, p.base)
}

// enter adds everything to the act: the parties that are new, the journals, the holds of their rows, and what is staged with
// the journals' ids in it.
func (p *posting) enter(ctx context.Context, c *op.Call, d Ports) error {
	if len(p.chunk.Staged) == 0 || p.after.State == Committed {
		return nil
	}
	fields, err := p.fields(c, d)
	if err != nil {
		return err
	}
	if len(fields) > 0 {
		posted, err := d.onceRead(p.books, nil).Post(ctx, c, finance.Import, fields...)
		if err != nil {
			return err
		}
		for k, n := range p.going {
			p.mark(c, d, &p.chunk.Staged[n], posted[k])
		}
	}
	d.Imports.SaveChunk(c.Act, p.before, p.chunk)
	d.Imports.SaveTotals(c.Act, p.before, p.totals)
	if p.newly > 0 {
		p.refused.sort()
		d.Imports.SaveRefusals(c.Act, p.before, p.refused)
	}
	if !p.waits() {
		p.after.Next++
	}
	if p.after.Next == p.after.Counts.Chunks {
		p.after.State = Committed
	}
	return nil
}

func (p *posting) fields(c *op.Call, d Ports) ([]finance.JournalFields, error) {
	fields := make([]finance.JournalFields, 0, len(p.going))
	for _, n := range p.going {
		j := p.chunk.Staged[n]
		party := p.known(j)
		if f := p.party(j); party == "" {
			made, err := d.Finance.AddParty(c, f)
			if err != nil {
				return nil, err
			}
			party = made.ID
			p.parties[f.NameKey()] = party
			p.after.Counts.NewParties++
		}
		place := fmt.Sprintf("%d.%d", p.before.Round, j.Rows[0].N)
		fields = append(fields, j.fields(p.before, place, p.base, party))
	}
	return fields, nil
}

// mark notes a posted journal, and holds its rows.
func (p *posting) mark(c *op.Call, d Ports, j *Staged, posted finance.Journal) {
	j.Fate, j.Journal, j.Number = Posted, posted.ID, posted.Number
	for _, r := range j.Rows {
		d.Imports.Hold(c.Act, r.identity(), p.before.ID, r.N)
		p.after.Sums.Posted = p.after.Sums.Posted.Add(r.amount(p.base))
	}
	p.after.Counts.Posted++
	p.after.Counts.PostedRows += len(j.Rows)
	addJournal(p.totals.Posted, *j, p.before.BalancingAccount, p.base)
	p.totals.Periods[period(j.Date)]++
}
