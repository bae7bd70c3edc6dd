package finance

import (
	"context"
	"slices"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// ProjectJournals marks an act whose journals the balances have to take up: its result, or all it lists.
const ProjectJournals = "journals"

// Posting is the ledger's contribution to any act: journals that enter the books in the act's own transaction.
var Posting = op.Contribution{Name: "ledger.post", Home: Table, Access: []op.Access{{Table: Table, Do: op.Get | op.Put | op.Update}},
	Emits: []*op.Event{&journalPosted}}

// JournalsAtOnceMax bounds the journals of one act: with their numbers, external ids and the act they fit one transaction.
const JournalsAtOnceMax = 49

// Post enters journals into the books of one entity, as a part of the act of the call: all of them or none. Every fault is
// told at once, with its journal's place when there are several.
func (d Ports) Post(ctx context.Context, c *op.Call, kind JournalKind, all ...JournalFields) ([]Journal, error) {
	if len(all) > JournalsAtOnceMax {
		return nil, op.RuleTransaction.Err()
	}
	books, err := d.booksFor(ctx, c, kind, all)
	if err != nil {
		return nil, err
	}
	faults := fault.Collect()
	out := make([]Journal, 0, len(all))
	seen := map[[2]string]bool{}
	for i, f := range all {
		if external := [2]string{f.Source, f.ExternalID}; f.ExternalID != "" {
			faults.Check(!seen[external], op.ItemPointer(i)+"/externalId", RuleExternalTaken)
			seen[external] = true
		}
		j, err := books.enter(c, kind, f)
		if err != nil {
			if len(all) > 1 { // a lone journal's pointers are those of the body itself
				err = fault.Within(op.ItemPointer(i), err)
			}
			if err := faults.Gather(err); err != nil {
				return nil, err
			}
			continue
		}
		out = append(out, j)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	// Numbers are taken only now that nothing is refused: a refused journal leaves no gap.
	for i := range out {
		if len(out) > 1 {
			c.Act.Place(op.ItemPointer(i))
		}
		if out[i], err = d.give(ctx, c, books, out[i]); err != nil {
			return nil, err
		}
		d.Journals.Add(c.Act, out[i])
	}
	c.Act.Place("")
	return out, nil
}

// booksFor reads what posting all the journals must know, in one round trip. They are of one entity, since its chart and its
// calendar are what they are decided by. The transaction holds no condition on either: an account that is archived at the same
// moment gets a posting that might have come just before, and a period that closes waits for whoever saw it open (Calendar.Step).
func (d Ports) booksFor(ctx context.Context, c *op.Call, kind JournalKind, all []JournalFields) (Books, error) {
	seen := map[DimensionKey]bool{}
	var keys []DimensionKey
	var parties []string
	for i, f := range all {
		if f.Entity != all[0].Entity {
			return Books{}, RuleBatchMixed.At(op.ItemPointer(i) + "/entity")
		}
		for _, k := range f.DimensionKeys() {
			if !seen[k] {
				seen[k] = true
				keys = append(keys, k)
			}
		}
		if kind != Import {
			parties = append(parties, f.PartyIDs()...)
		}
	}
	slices.Sort(parties)
	return d.posting(ctx, c, all[0].Entity, keys, slices.Compact(parties)...)
}

// enter decides one journal: drafts it and posts it at once, both by the same principal.
func (b Books) enter(c *op.Call, kind JournalKind, f JournalFields) (Journal, error) {
	draft, wrong := b.Draft(c.NewID("jrn"), f, kind, handOf(c))
	return b.postDrafted(draft, wrong, c)
}

// postDrafted posts what Draft made, and tells what is wrong with its lines together with what keeps it from being posted.
func (b Books) postDrafted(draft Journal, wrong error, c *op.Call) (Journal, error) {
	posted, err := b.Post(draft, c.Principal, c.At)
	faults := fault.Collect()
	for _, err := range []error{wrong, err} {
		if err == nil {
			continue
		}
		if err := faults.Gather(err); err != nil {
			return posted, err
		}
	}
	return posted, faults.Err()
}

// give numbers a posted journal, lists it in the act and emits its event. A dry run takes no number.
func (d Ports) give(ctx context.Context, c *op.Call, b Books, j Journal) (Journal, error) {
	series, ok := b.Chart.SeriesOf(j.Series)
	if !ok {
		return j, RuleSeriesUnknown.At("/series")
	}
	if !c.DryRun {
		var err error
		if j.Number, err = d.Numbers.Next(ctx, c.Act, j.Entity, series, b.Calendar.YearStart(civil.PeriodOf(j.Date))); err != nil {
			return j, err
		}
	}
	c.Act.Project = ProjectJournals
	c.Act.AlsoRecord(j.ID, j.Version)
	emitPosted(c.Act, j)
	return j, nil
}

// journalAgain answers a repeated call about one journal.
func journalAgain[In any](ctx context.Context, c *op.Call, d Ports, _ In, was op.Recorded) (JournalView, error) {
	j, err := d.Journals.Journal(ctx, c.Tenant, was.Result.ID)
	return j.View(), err
}
