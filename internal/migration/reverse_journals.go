package migration

import (
	"context"

	"backoffice/internal/fault"
	"backoffice/internal/finance"
	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// ReverseJournals does one step of a roll-back: it reverses the journals of a chunk.
var ReverseJournals = op.Op[Ports, jobs.StepIn, jobs.Outcome]{
	Spec: op.Spec{
		ID: "migration.reverse-journals", Kind: op.Task, Permission: "imports.roll-back",
		Summary:     "Reverse journals of an import",
		Description: "Called step by step for the job of a roll-back, until it ends. A journal that somebody has reversed already is left as it is.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put | op.Delete}},
		Uses:        []*op.Contribution{&jobs.Stepping, &finance.Posting},
		Example:     op.Example{Body: `{"job":"${migration.roll-back-import.id}","step":0}`},
	},
	Handle: reverseJournals,
	Again:  stepAgain,
}

func reverseJournals(ctx context.Context, c *op.Call, d Ports, in jobs.StepIn) (jobs.Outcome, error) {
	st, i, out, ended, err := d.openStep(ctx, c, in)
	if err != nil || ended {
		return out, err
	}
	after := i
	chunk, found, err := d.nextPosted(ctx, c, &after)
	if err != nil {
		return out, err
	}
	if found {
		if err := d.undo(ctx, c, &after, i, chunk); err != nil {
			return out, err
		}
		after.Next++
	}
	if !found || after.Next == after.Counts.Chunks {
		after.State, after.Next = RolledBack, 0
	}
	after = d.save(c, after, i)
	progress := jobs.Progress{Done: after.Counts.Reversed, Total: after.Counts.Posted, Unit: st.Job.Progress.Unit}
	if after.State == RolledBack {
		return st.Finish(progress, after.result()), nil
	}
	return st.Advance(progress), nil
}

// nextPosted finds the next chunk that has posted journals.
func (d Ports) nextPosted(ctx context.Context, c *op.Call, i *Import) (Chunk, bool, error) {
	for i.Next < i.Counts.Chunks {
		chunk, err := d.Imports.Chunk(ctx, c.Tenant, *i, i.Next)
		if err != nil {
			return chunk, false, err
		}
		for _, j := range chunk.Staged {
			if j.Fate == Posted {
				return chunk, true, nil
			}
		}
		i.Next++
	}
	return Chunk{}, false, nil
}

// undo reverses a chunk's journals within the act, and frees their rows.
func (d Ports) undo(ctx context.Context, c *op.Call, after *Import, before Import, chunk Chunk) error {
	totals, err := d.Imports.Totals(ctx, c.Tenant, before)
	if err != nil {
		return err
	}
	ledger, err := d.posted(ctx, c, before, chunk)
	if err != nil {
		return err
	}
	base := before.Sums.File.Currency()
	for n := range chunk.Staged {
		j := &chunk.Staged[n]
		if j.Fate != Posted {
			continue
		}
		in := finance.ReverseJournalIn{JournalRef: finance.JournalRef{JournalID: j.Journal}, Mode: before.Undo.Mode, Date: before.Undo.Date, Reason: before.Undo.Reason}
		reversal, err := finance.ReverseJournal.Handle(ctx, c, ledger, in)
		if fault.Is(err, finance.RuleReversed.Code) {
			err = nil
		}
		if err != nil {
			return err
		}
		j.Fate, j.Reversal = Reversed, reversal.ID
		for _, r := range j.Rows {
			d.Imports.LetGo(c.Act, r.identity())
			after.Sums.Reversed = after.Sums.Reversed.Add(r.amount(base))
		}
		after.Counts.Reversed++
		addJournal(totals.Reversed, *j, before.BalancingAccount, base)
		totals.Periods[period(j.Date)]--
	}
	d.Imports.SaveChunk(c.Act, before, chunk)
	d.Imports.SaveTotals(c.Act, before, totals)
	return nil
}
