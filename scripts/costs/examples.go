package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"backoffice/internal/authn"
	"backoffice/internal/catalog"
	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/finance"
	"backoffice/internal/metrics"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

// cost is what one operation's example cost.
type cost struct {
	spec   *op.Spec
	count  store.Count
	events int // that its act announces
	took   time.Duration
	none   string // the reason why it was not called
}

// operationCosts calls every operation's example, each in a system and a tenant of its own, from a warm process: the caller's
// rights are known, and numbers are leased.
func operationCosts(ctx context.Context) ([]cost, error) {
	var out []cost
	for _, o := range catalog.Operations() {
		c := cost{spec: o.Describe(), none: o.Describe().ExemptFrom("example")}
		if c.none == "" {
			var err error
			if c, err = alone(ctx, o); err != nil {
				return nil, fmt.Errorf("%s: %w", c.spec.ID, err)
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// signingKey is made once: making it costs more than a whole system.
var signingKey = sync.OnceValues(authn.NewKey)

// open starts a system in memory with a fresh tenant; its Close ends it.
func open(ctx context.Context) (*rehearsal.System, *rehearsal.Tenant, error) {
	key, err := signingKey()
	if err != nil {
		return nil, nil, err
	}
	s, err := rehearsal.Open(ctx, rehearsal.Options{Key: key})
	if err != nil {
		return nil, nil, err
	}
	tn, err := s.Tenant(ctx)
	return s, tn, err
}

// alone measures one operation in a system of its own.
func alone(ctx context.Context, o op.Operation) (cost, error) {
	s, tn, err := open(ctx)
	if err != nil {
		return cost{}, err
	}
	defer s.Close() //nolint:errcheck // in memory
	return measure(ctx, tn, o)
}

func measure(ctx context.Context, tn *rehearsal.Tenant, o op.Operation) (cost, error) {
	spec := o.Describe()
	if spec.Name() != finance.RecordJournal.Spec.Name() && slices.Contains(spec.Uses, &finance.Posting) {
		if _, err := tn.Run(ctx, finance.RecordJournal.Spec.ID); err != nil { // leases the block of numbers
			return cost{}, err
		}
	}
	r, err := tn.Prepare(ctx, o)
	if err != nil {
		return cost{}, err
	}
	if spec.ID == finance.RecordJournal.Spec.ID {
		if _, err := ask(ctx, r); err != nil {
			return cost{}, err
		}
		r.Header.Set("Idempotency-Key", tn.Key())
	}
	if err := warm(ctx, tn, r.Who); err != nil {
		return cost{}, err
	}
	var m store.Meter
	ctx, sample := metrics.With(store.WithMeter(ctx, &m))
	start := time.Now()
	_, err = ask(ctx, r)
	return cost{spec: spec, count: m.Count(), events: int(sample.Value(metrics.Events)), took: time.Since(start)}, err
}

// ask sends a request within the process, so that the context's meter counts; a refusal is an error.
func ask(ctx context.Context, r *rehearsal.Request) (rehearsal.Answer, error) {
	a, err := r.Send(ctx)
	if err == nil && !a.OK() {
		err = fmt.Errorf("%s is answered with %s", r.Spec.ID, a)
	}
	return a, err
}

// warm has the process know the caller's rights, as it does for a minute after any call.
func warm(ctx context.Context, tn *rehearsal.Tenant, who rehearsal.Caller) error {
	o, err := catalog.Find("platform.list-permissions")
	if err != nil {
		return err
	}
	_, err = ask(ctx, &rehearsal.Request{Tenant: tn, Spec: o.Describe(), Who: who, Header: http.Header{}})
	return err
}
