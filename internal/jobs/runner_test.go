package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// bench is a runner over tasks that a test scripts, which never waits.
type bench struct {
	t       *testing.T
	mu      sync.Mutex
	calls   []string
	waits   []time.Duration
	answer  func(key string, step int) (Outcome, error)
	waiting []Job
}

func (b *bench) Active(context.Context) ([]Job, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Job(nil), b.waiting...), nil
}

func (b *bench) invoke(_ context.Context, operation, tenant, key string, input []byte) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls = append(b.calls, operation+" "+tenant+" "+key)
	if operation == failTask {
		var in FailIn
		if err := json.Unmarshal(input, &in); err != nil {
			b.t.Error(err)
		}
		b.calls[len(b.calls)-1] += " " + in.Code
		b.waiting = nil
		return []byte("{}"), nil
	}
	var in StepIn
	if err := json.Unmarshal(input, &in); err != nil {
		b.t.Error(err)
	}
	out, err := b.answer(key, in.Step)
	if err != nil {
		return nil, err
	}
	if out.Ended {
		b.waiting = nil
	}
	return json.Marshal(out)
}

func (b *bench) runner() *Runner {
	r := NewRunner(b, b.invoke, slog.New(slog.DiscardHandler))
	r.pause = func(_ context.Context, d time.Duration) error {
		b.waits = append(b.waits, d)
		return nil
	}
	return r
}

func (b *bench) called() string { return strings.Join(b.calls, ", ") }

var sample = Job{ID: "job_1", Tenant: "ten_1", Task: "paint.do-walls", Step: 2}

// upTo ends the job at a step.
func upTo(last int) func(string, int) (Outcome, error) {
	return func(_ string, step int) (Outcome, error) { return Outcome{Step: step + 1, Ended: step == last}, nil }
}

func TestRunnerCallsEachStepUnderItsKey(t *testing.T) {
	b := &bench{t: t, answer: upTo(4)}
	if err := b.runner().Do(t.Context(), sample); err != nil {
		t.Fatal(err)
	}
	if want := "paint.do-walls ten_1 job_1#2, paint.do-walls ten_1 job_1#3, paint.do-walls ten_1 job_1#4"; b.called() != want {
		t.Errorf("called %s, want %s", b.called(), want)
	}
}

func TestRunnerTriesAgainUnderTheSameKey(t *testing.T) {
	failed := 0
	b := &bench{t: t}
	b.answer = func(key string, step int) (Outcome, error) {
		if failed++; failed < 4 {
			return Outcome{}, []error{op.RuleUnavailable.Err(), errors.New("a defect of the moment"), op.RuleKeyInFlight.Err().After(time.Second)}[failed-1]
		}
		return upTo(2)(key, step)
	}
	if err := b.runner().Do(t.Context(), sample); err != nil {
		t.Fatal(err)
	}
	if strings.Count(b.called(), "job_1#2") != 4 || len(b.calls) != 4 || len(b.waits) != 3 || b.waits[0] >= b.waits[2] {
		t.Errorf("called %s, waited %v", b.called(), b.waits)
	}
}

func TestRunnerGivesUpAndSaysWhy(t *testing.T) {
	for name, c := range map[string]struct {
		err      error
		attempts int
		code     string
	}{
		"no answer for long": {op.RuleUnavailable.Err(), stepAttemptsMax, RuleSpent.Code},
		"a defect":           {errors.New("boom"), stepAttemptsMax, RuleSpent.Code},
		"refused for good":   {fault.Rule{Code: "FIN-JRN-004", Kind: fault.Invalid, Text: "Closed."}.Err(), 1, "FIN-JRN-004"},
	} {
		t.Run(name, func(t *testing.T) {
			b := &bench{t: t, answer: func(string, int) (Outcome, error) { return Outcome{}, c.err }}
			if err := b.runner().Do(t.Context(), sample); !errors.Is(err, c.err) {
				t.Errorf("gave %v", err)
			}
			if last := b.calls[len(b.calls)-1]; len(b.calls) != c.attempts+1 || last != "platform.fail-job ten_1 job_1#2! "+c.code {
				t.Errorf("called %s", b.called())
			}
		})
	}
}

// Whoever reads the log is told of a job that was given up, with what it takes to find it, as an error.
func TestTheLogTellsOfAJobThatIsGivenUp(t *testing.T) {
	var log bytes.Buffer
	b := &bench{t: t, answer: func(string, int) (Outcome, error) { return Outcome{}, errors.New("boom") }, waiting: []Job{sample}}
	r := b.runner()
	r.log = slog.New(slog.NewJSONHandler(&log, nil))
	if err := r.take(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.busy.Wait()
	for _, want := range []string{`"level":"ERROR"`, `"msg":"job given up"`, `"job":"job_1"`, `"task":"paint.do-walls"`, "boom"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %s: %s", want, log.String())
		}
	}
}

func TestRunnerLeavesAJobThatAnotherHas(t *testing.T) {
	b := &bench{t: t, answer: func(string, int) (Outcome, error) { return Outcome{}, RuleStep.Err() }}
	if err := b.runner().Do(t.Context(), sample); err != nil || len(b.calls) != 1 {
		t.Errorf("%v, called %s", err, b.called())
	}
}

// A task that answers without going on would be called for ever.
func TestRunnerDoesNotTurnInCircles(t *testing.T) {
	b := &bench{t: t, answer: func(_ string, step int) (Outcome, error) { return Outcome{Step: step}, nil }}
	if err := b.runner().Do(t.Context(), sample); err == nil || len(b.calls) != 2 {
		t.Errorf("%v after %d calls", err, len(b.calls))
	}
}

// Run takes up what an earlier process left, and what it is kicked for; when it is stopped, the step under way comes to its end.
func TestRunTakesUpAndStops(t *testing.T) {
	b := &bench{t: t, answer: upTo(2), waiting: []Job{sample}}
	ended := make(chan string)
	done := b.answer
	b.answer = func(key string, step int) (Outcome, error) {
		go func() { ended <- key }()
		return done(key, step)
	}
	ctx, stop := context.WithCancel(t.Context())
	r := b.runner()
	stopped := make(chan struct{})
	go func() { r.Run(ctx); close(stopped) }()
	if key := <-ended; key != "job_1#2" {
		t.Errorf("first %s", key)
	}
	b.mu.Lock()
	b.waiting = []Job{{ID: "job_2", Tenant: "ten_2", Task: "paint.do-doors", Step: 2}}
	b.mu.Unlock()
	r.Kick()
	if key := <-ended; key != "job_2#2" {
		t.Errorf("then %s", key)
	}
	stop()
	<-stopped
}

func TestRunnerHoldsFewAtOnce(t *testing.T) {
	release := make(chan struct{})
	started := make(chan string)
	active := &bench{t: t}
	for n := range jobsAtOnceMax + 3 {
		active.waiting = append(active.waiting, Job{ID: fmt.Sprintf("job_%d", n), Tenant: "ten_1", Task: "paint.do-walls"})
	}
	r := NewRunner(active, func(ctx context.Context, _, _, key string, _ []byte) ([]byte, error) {
		started <- key
		<-release
		return json.Marshal(Outcome{Ended: true})
	}, slog.New(slog.DiscardHandler))
	if err := r.take(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range jobsAtOnceMax {
		<-started
	}
	r.mu.Lock()
	held := len(r.held)
	r.mu.Unlock()
	if held != jobsAtOnceMax {
		t.Errorf("%d jobs at once", held)
	}
	close(release)
	r.busy.Wait()
}

func TestJobStates(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, s := range []State{Queued, Running, Cancelling, Cancelled, Done, Failed} {
		_, cancel := Job{State: s}.Cancel(at)
		_, fail := Job{State: s}.GiveUp(new(int), Problem{Code: "X"}, at)
		if (cancel == nil) != (s == Queued || s == Running) || (fail == nil) == s.Final() {
			t.Errorf("%s: cancel %v, fail %v", s, cancel, fail)
		}
	}
}
