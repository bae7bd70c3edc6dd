package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/fault"
	"backoffice/internal/op"
)

const (
	stepAttemptsMax = 8
	backoffFirst    = 50 * time.Millisecond
	backoffMax      = 10 * time.Second
	// jobsAtOnceMax is how many jobs one runner has under way; the others wait in the store.
	jobsAtOnceMax = 4
	// sweepEvery is how often the runner looks for jobs that nobody told it of.
	sweepEvery = 30 * time.Second
	// failTask is the operation that records that a job was given up.
	failTask = "platform.fail-job"
)

// Invoke calls a task operation of a tenant under an idempotency key, and gives its answer.
type Invoke func(ctx context.Context, operation, tenant, key string, input []byte) ([]byte, error)

// Active lists the jobs of all tenants that have not ended.
type Active interface {
	Active(ctx context.Context) ([]Job, error)
}

// FailIn is the input of the task that records that a job was given up.
type FailIn struct {
	Job    string `json:"job" pattern:"^job_[0-9A-HJKMNP-TV-Z]{26}$" doc:"The job"`
	Step   *int   `json:"step,omitempty" minimum:"0" maximum:"1000000000" doc:"Number of the step that it could not get over; without it no job is failed"`
	Code   string `json:"code" minLength:"1" maxLength:"80" example:"PLT-JOB-003" doc:"Code of the rule that it could not get over"`
	Detail string `json:"detail" minLength:"1" maxLength:"400" doc:"The rule, in a sentence"`
}

// Runner calls the steps of every job until it ends, as the state machine does in the cloud. Two runners over one store do no
// harm: a step is done once, whoever calls it.
type Runner struct {
	active Active
	invoke Invoke
	log    *slog.Logger
	pause  func(context.Context, time.Duration) error

	wake chan struct{}
	busy sync.WaitGroup
	mu   sync.Mutex
	held map[string]bool // jobs under way
}

// NewRunner makes a runner; nothing runs before Run.
func NewRunner(active Active, invoke Invoke, log *slog.Logger) *Runner {
	return &Runner{active: active, invoke: invoke, log: log, pause: clock.Wait, wake: make(chan struct{}, 1), held: map[string]bool{}}
}

// Kick tells the runner that a job may wait. It never blocks.
func (r *Runner) Kick() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run takes up the jobs that wait and those that an earlier process left, until the context ends; then it lets the steps
// under way come to their end.
func (r *Runner) Run(ctx context.Context) {
	defer r.busy.Wait()
	for {
		if err := r.take(ctx); err != nil && ctx.Err() == nil {
			r.log.LogAttrs(ctx, slog.LevelError, "jobs", slog.Any("cause", err))
		}
		t := time.NewTimer(sweepEvery)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-r.wake:
			t.Stop()
		case <-t.C:
		}
	}
}

// take starts as many of the waiting jobs as may be under way.
func (r *Runner) take(ctx context.Context) error {
	waiting, err := r.active.Active(ctx)
	if err != nil {
		return err
	}
	for _, j := range waiting {
		if !r.hold(j.ID) {
			continue
		}
		r.busy.Go(func() {
			defer r.release(j.ID)
			if err := r.Do(ctx, j); err != nil && ctx.Err() == nil {
				r.log.LogAttrs(ctx, slog.LevelError, "job given up", slog.String("job", j.ID), slog.String("task", j.Task), slog.Any("cause", err))
			}
		})
	}
	return nil
}

func (r *Runner) hold(job string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held[job] || len(r.held) >= jobsAtOnceMax {
		return false
	}
	r.held[job] = true
	return true
}

func (r *Runner) release(job string) {
	r.mu.Lock()
	delete(r.held, job)
	r.mu.Unlock()
	r.Kick()
}

// Do calls a job's steps until it ends or the context does. A step that is refused for good, or again and again, fails the
// job; what was done before stays done.
func (r *Runner) Do(ctx context.Context, j Job) error {
	for step := j.Step; ; {
		out, err := r.step(ctx, j, step)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case fault.Is(err, RuleStep.Code), fault.Is(err, op.RuleMaintenance.Code):
			return nil // someone else has it, or nothing goes on at present; the next sweep finds it if it is left
		case err != nil:
			return r.fail(ctx, j, step, err)
		case out.Ended:
			return nil
		}
		step = out.Step
	}
}

// step calls one step, again while it makes sense. The work of a step under way is not broken off when the runner stops: it
// has its own time limit.
func (r *Runner) step(ctx context.Context, j Job, step int) (Outcome, error) {
	input, err := json.Marshal(StepIn{Job: j.ID, Step: step})
	if err != nil {
		return Outcome{}, err
	}
	key := j.ID + "#" + strconv.Itoa(step)
	for attempt := 1; ; attempt++ {
		if ctx.Err() != nil {
			return Outcome{}, ctx.Err()
		}
		var raw []byte
		if raw, err = r.invoke(context.WithoutCancel(ctx), j.Task, j.Tenant, key, input); err == nil {
			var out Outcome
			if err = json.Unmarshal(raw, &out); err == nil && (out.Step > step || out.Ended) {
				return out, nil
			}
			return out, errors.Join(fmt.Errorf("jobs: %s answered step %d with step %d", j.Task, step, out.Step), err)
		}
		if attempt == stepAttemptsMax || !again(err) {
			return Outcome{}, err
		}
		if err := r.pause(ctx, min(backoffFirst<<attempt, backoffMax)); err != nil {
			return Outcome{}, err
		}
	}
}

// overtaken are the refusals of a give-up that speaks of the past: the job has ended, it waits for another step, or another process
// has given up the same one for another cause. It is no news of the job as it is now.
var overtaken = []string{RuleState.Code, RuleStep.Code, op.RuleKeyReused.Code}

// again tells whether a refusal may be gone at the next attempt. A defect of ours may be one of the moment, too: a time-out
// inside a step shows as one.
func again(err error) bool {
	e := fault.Of(err)
	return e.Retryable() || e.Kind == fault.Internal
}

func (r *Runner) fail(ctx context.Context, j Job, step int, cause error) error {
	p := ProblemOf(cause)
	if again(cause) {
		p = Problem{Code: RuleSpent.Code, Detail: RuleSpent.Text}
	}
	input, err := json.Marshal(FailIn{Job: j.ID, Step: &step, Code: p.Code, Detail: p.Detail})
	if err != nil {
		return errors.Join(cause, err)
	}
	_, err = r.invoke(ctx, failTask, j.Tenant, j.ID+"#"+strconv.Itoa(step)+"!", input)
	if e := fault.Of(err); err != nil && slices.Contains(overtaken, e.Code) {
		r.log.LogAttrs(ctx, slog.LevelWarn, "job not given up: it has moved on", slog.String("job", j.ID), slog.String("task", j.Task),
			slog.Int("step", step), slog.String("code", e.Code), slog.Any("cause", cause))
		return nil
	}
	return errors.Join(cause, err)
}
