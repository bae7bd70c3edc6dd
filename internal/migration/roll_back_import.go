package migration

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
	"backoffice/internal/finance"
	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// listedMax bounds the journals that a refused roll-back lists.
const listedMax = 100

// RollBackImport has every journal of an import reversed.
var RollBackImport = op.Op[Ports, RollBackIn, jobs.View]{
	Spec: op.Spec{
		ID: "migration.roll-back-import", Kind: op.Command, Route: "POST /migration/v1/imports/{importId}/roll-back", Status: 202, Permission: "imports.roll-back", IfMatch: true,
		Summary: "Roll an import back",
		Description: "Starts a job that reverses each journal of the import. Mode correct dates the reversals as the originals: refused, with the journals listed, where one of their periods " +
			"is not open. Mode accrual dates all of them on one date. The rows may be imported again afterwards.",
		Access:  []op.Access{{Table: Table, Do: op.Get | op.List | op.Put}, {Table: finance.Table, Do: op.Get}},
		Uses:    []*op.Contribution{&jobs.Starting},
		Example: op.Example{Given: []string{"migration.post-journals"}, Path: "importId=${migration.create-import.id}", Body: `{"mode":"correct","reason":"Wrong mapping"}`},
	},
	Handle: rollBackImport,
	Again:  jobAgain[RollBackIn],
}

// UndoFields say how journals are reversed.
type UndoFields struct {
	Mode   string     `json:"mode" enum:"correct,accrual" doc:"correct: on the originals' dates; accrual: on the date given"`
	Date   civil.Date `json:"date,omitzero" required:"false" doc:"For mode accrual"`
	Reason string     `json:"reason" minLength:"1" maxLength:"240" example:"Wrong mapping"`
}

// RollBackIn is the input of RollBackImport.
type RollBackIn struct {
	ImportRef
	UndoFields
}

// Validate checks what needs no store.
func (in *RollBackIn) Validate(c *fault.Collector) {
	checkBlank(c, "/reason", in.Reason)
	c.Check((in.Mode == "accrual") == !in.Date.IsZero(), "/date", RuleDate)
}

func rollBackImport(ctx context.Context, c *op.Call, d Ports, in RollBackIn) (jobs.View, error) {
	was, err := d.current(ctx, c, in.ImportRef)
	if err != nil {
		return jobs.View{}, err
	}
	if !slices.Contains([]State{Committing, Committed, RollingBack}, was.State) {
		return jobs.View{}, RuleImportState.Err()
	}
	if err := d.mayReverse(ctx, c, was, in.UndoFields); err != nil {
		return jobs.View{}, err
	}
	work := jobs.Work{Task: ReverseJournals.Spec.ID, Unit: "journals", Total: was.Counts.Posted}
	return d.start(ctx, c, was, work, func(i *Import) {
		if i.State != RollingBack {
			i.State, i.Next = RollingBack, 0
		}
		i.Undo = &in.UndoFields
	})
}

// mayReverse refuses where a period that the reversals need is not open.
func (d Ports) mayReverse(ctx context.Context, c *op.Call, i Import, undo UndoFields) error {
	books, err := d.Finance.Books.Posting(ctx, c.Tenant, i.Entity, nil)
	if err != nil {
		return err
	}
	if undo.Mode == "accrual" {
		return books.Calendar.Postable(undo.Date, "/date")
	}
	totals, err := d.Imports.Totals(ctx, c.Tenant, i)
	if err != nil {
		return err
	}
	closed := map[string]bool{}
	for text, journals := range totals.Periods {
		p, err := civil.ParsePeriod(text)
		if err != nil {
			return fmt.Errorf("totals of import %s: %w", i.ID, err)
		}
		if journals > 0 && books.Calendar.Postable(p.First(), "") != nil {
			closed[text] = true
		}
	}
	if len(closed) == 0 {
		return nil
	}
	return d.closedFault(ctx, c, i, totals, closed)
}

// closedFault names the periods that are not open, and lists the journals that lie in them, the first hundred.
func (d Ports) closedFault(ctx context.Context, c *op.Call, i Import, totals Totals, closed map[string]bool) error {
	var names []string
	count := 0
	for p := range closed {
		names = append(names, p)
		count += totals.Periods[p]
	}
	sort.Strings(names)
	e := RuleRollBack.With(fmt.Sprintf("%d journals lie in periods that are not open: %s.", count, strings.Join(names, ", ")))
	for from := 0; from < i.Counts.Chunks && len(e.Fields) < listedMax; {
		chunks, err := d.Imports.Chunks(ctx, c.Tenant, i, from, chunksAtOnce)
		if err != nil {
			return err
		}
		if len(chunks) == 0 {
			break // a chunk is missing: what is known is told
		}
		for _, chunk := range chunks {
			from = chunk.N + 1
			for _, j := range chunk.Staged {
				if j.Fate == Posted && closed[period(j.Date)] && len(e.Fields) < listedMax {
					e.Fields = append(e.Fields, fault.Field{Pointer: "/journals/" + j.Journal, Code: RuleRollBack.Code,
						Message: fmt.Sprintf("Journal %s of %s lies in a period that is not open.", j.Number, j.Date)})
				}
			}
		}
	}
	return e
}
