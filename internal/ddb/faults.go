package ddb

import (
	"context"
	"errors"
	"sync"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/wire"
)

// Faults injects faults, to prove that what stands on the store bears them.
// Rates lie between 0 and 1. The same seed draws the same faults for the same
// sequence of calls; what was drawn can be looked at in Log. A nil *Faults
// injects none.
type Faults struct {
	// Seed starts the draws.
	Seed uint64
	// Throttle, Conflict and ServerError are the rates of calls that are
	// refused before anything is done: for capacity, for another transaction,
	// with status 500.
	Throttle, Conflict, ServerError float64
	// Delay is the rate of calls that wait up to DelayMax first.
	Delay    float64
	DelayMax time.Duration
	// Sleep waits; nil is time.Sleep, with an eye on the context.
	Sleep func(ctx context.Context, d time.Duration) error
	// AnswerLost is the rate of writes that are done, and whose caller sees an
	// error all the same.
	AnswerLost float64
	// CrashAt is the number of the commit, from 1, at which the store dies:
	// nothing of that commit is applied, and no call succeeds any more. 0 is
	// never. OnCrash is called then, from within the commit: it may end the
	// process, or copy a file system that forgets what was not synced.
	CrashAt uint64
	OnCrash func()
	// HoldAt is the number of the commit, from 1, that waits before it is
	// applied until OnHold returns: no other is applied meanwhile.
	HoldAt uint64
	OnHold func()

	mu      sync.Mutex
	draws   uint64
	off     bool
	commits uint64
	log     []string
}

// errAnswerLost is what the caller sees when an answer was lost.
var errAnswerLost = errors.New("ddb: injected fault: connection closed before the answer came")

// ErrCrashed is why a store stopped at Faults.CrashAt.
var ErrCrashed = errors.New("ddb: injected fault: crash")

// Pause switches the faults off, for the phase in which a system must
// converge; Resume switches them on again.
func (f *Faults) Pause() { f.Set(func(f *Faults) { f.off = true }) }

// Resume ends a Pause.
func (f *Faults) Resume() { f.Set(func(f *Faults) { f.off = false }) }

// Set changes the faults while the store runs.
func (f *Faults) Set(change func(f *Faults)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

// Log gives the faults that were injected, in order: "Throttle PutItem".
func (f *Faults) Log() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.log...)
}

// draw reports whether a fault of this rate strikes now.
func (f *Faults) draw(rate float64, what, operation string) bool {
	if rate <= 0 || f.off || f.uniform() >= rate {
		return false
	}
	f.log = append(f.log, what+" "+operation)
	return true
}

// uniform gives the next number of the sequence that the seed starts, in
// [0, 1): a hash of how many were drawn before.
func (f *Faults) uniform() float64 {
	f.draws++
	z := f.Seed + f.draws*0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return float64((z^z>>31)>>11) / (1 << 53)
}

// before strikes before a call does anything.
func (f *Faults) before(ctx context.Context, operation, body string) error {
	if f == nil {
		return nil
	}
	sleep, wait, err := f.drawBefore(operation, body)
	if wait > 0 {
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
	return err
}

// sleeper waits as Faults.Sleep does.
type sleeper func(ctx context.Context, d time.Duration) error

func (f *Faults) drawBefore(operation, body string) (sleep sleeper, wait time.Duration, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if sleep = f.Sleep; sleep == nil {
		sleep = clock.Wait
	}
	if f.draw(f.Delay, "Delay", operation) {
		wait = time.Duration(f.uniform() * float64(f.DelayMax))
	}
	switch {
	case f.draw(f.Throttle, "Throttle", operation):
		return sleep, wait, awserr.New(awserr.TypeThrottled, "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.")
	case conflicts(operation) && f.draw(f.Conflict, "Conflict", operation):
		if operation == "TransactWriteItems" || operation == "TransactGetItems" {
			return sleep, wait, conflictReasons(actions(body), []int{0})
		}
		return sleep, wait, awserr.New(awserr.TypeConflict, "Transaction is ongoing for the item")
	case f.draw(f.ServerError, "ServerError", operation):
		return sleep, wait, awserr.Internal("Internal server error")
	}
	return sleep, wait, nil
}

// actions counts the actions of a transaction, for there is a reason for each.
func actions(body string) int {
	n := 0
	r := wire.NewReader(body)
	for r.OpenObject(); r.Next('}'); {
		if r.Key() != "TransactItems" {
			r.Skip()
			continue
		}
		for r.OpenArray(); r.Next(']'); n++ {
			r.Skip()
		}
	}
	return max(1, n)
}

// conflicts reports whether AWS would answer the operation with a conflict.
func conflicts(operation string) bool {
	switch operation {
	case "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "TransactGetItems":
		return true
	}
	return false
}

// writes reports whether the operation changes items.
func writes(operation string) bool {
	switch operation {
	case "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem":
		return true
	}
	return false
}

// after strikes when a call is done.
func (f *Faults) after(operation string) error {
	if f == nil || !writes(operation) {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.draw(f.AnswerLost, "AnswerLost", operation) {
		return errAnswerLost
	}
	return nil
}

// beforeCommit strikes before a commit is applied; the engine's commit lock is
// held.
func (f *Faults) beforeCommit(e *Engine) error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	f.commits++
	crash := f.commits == f.CrashAt
	if crash {
		f.log = append(f.log, "Crash")
	}
	onCrash, onHold := f.OnCrash, f.OnHold
	hold := f.commits == f.HoldAt && onHold != nil
	f.mu.Unlock()
	if hold {
		onHold()
	}
	if !crash {
		return nil
	}
	e.health.fail(ErrCrashed)
	if onCrash != nil {
		onCrash()
	}
	return storageError(ErrCrashed)
}
