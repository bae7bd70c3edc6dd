package finance

import (
	"context"
	"time"

	"backoffice/internal/fault"
	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// RebuildPhase is how far a rebuild of the projections is.
type RebuildPhase string

// The phases of a rebuild, in their order. From forgetting on the projections are held: acts wait, and every report says so.
const (
	RebuildChecking   RebuildPhase = "checking"   // the audit chain, from which everything is made, is held against its acts
	RebuildForgetting RebuildPhase = "forgetting" // acts that wait forget which of their parts were taken up
	RebuildDiscarding RebuildPhase = "discarding" // every row of the projections is deleted
	RebuildAdding     RebuildPhase = "adding"     // the acts of the chain are taken up again, in its order
	RebuildDone       RebuildPhase = "done"
)

// Rebuild is the making anew of a tenant's projections: balances, account ledgers, the journal listing, and the finding of
// journals by their number.
type Rebuild struct {
	ID    string
	Job   string
	Phase RebuildPhase
	// Link is the last link of the audit chain that is done with, in checking and adding; Skip tells how many acts after it
	// are, and Piece how many pieces of the act after those.
	Link, Skip, Piece int
	// Entity and Partition are where discarding stands.
	Entity, Partition string

	Found   int // acts that the chain holds
	Removed int // rows that were deleted
	Added   int // acts that were taken up again
	Reason  string
	At      time.Time
	Version int
}

// Projections makes the projections anew, piece by piece: each call adds to an act what one transaction holds and tells how
// far that goes.
type Projections interface {
	// Rebuild gives the tenant's latest rebuild, the zero one when there was none.
	Rebuild(ctx context.Context, tenant string) (Rebuild, error)
	Save(act *op.Act, r Rebuild, was int)
	// Hold keeps acts out of the projections until Release lets them in; no act that is being taken up slips through.
	Hold(ctx context.Context, act *op.Act, by string) error
	Release(ctx context.Context, act *op.Act) error
	// Forget has acts that wait forget the parts that were taken up, and tells how many it found.
	Forget(ctx context.Context, act *op.Act) (int, error)
	// Discard deletes rows, Add takes acts up again; both move the rebuild on, and tell whether they have come to their end.
	Discard(ctx context.Context, act *op.Act, r Rebuild) (next Rebuild, ended bool, err error)
	Add(ctx context.Context, act *op.Act, r Rebuild) (next Rebuild, ended bool, err error)
}

// startRebuild begins the job, unless one is at work.
func startRebuild(ctx context.Context, c *op.Call, d Ports, in RebuildIn) (jobs.View, error) {
	was, err := d.Projections.Rebuild(ctx, c.Tenant)
	if err != nil {
		return jobs.View{}, err
	}
	if was.Job != "" {
		last, err := d.Jobs.Job(ctx, c.Tenant, was.Job)
		if err != nil {
			return jobs.View{}, err
		}
		if !last.State.Final() {
			return jobs.View{}, jobs.RuleBusy.Err()
		}
	}
	r := Rebuild{ID: c.NewID("reb"), Phase: RebuildChecking, Reason: in.Reason, At: c.At, Version: was.Version + 1}
	j, err := jobs.Start(c, d.Jobs, jobs.Work{Task: RebuildStep.Spec.ID, Subject: r.ID, Unit: "acts"})
	if err != nil {
		return jobs.View{}, err
	}
	r.Job = j.ID
	d.Projections.Save(c.Act, r, was.Version)
	return j.View(), nil
}

func rebuildAgain[In any](ctx context.Context, c *op.Call, d Ports, _ In, was op.Recorded) (jobs.View, error) {
	return jobs.Again(ctx, c, d.Jobs, was)
}

// RuleRebuildChain refuses to make projections from an audit chain that does not hold: whatever came of it could not be
// trusted, and what is there is left as it is.
var RuleRebuildChain = fault.Rule{Code: "FIN-RBD-001", Kind: fault.Conflict, Text: "The audit chain does not hold, so nothing can be made anew from it.",
	Help: "Verify the audit chain: it names what is broken. See the runbook of restoring."}
