package platform_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"backoffice/internal/fault"
	"backoffice/internal/flow/flowtest"
	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

const giveUp = "platform.fail-job"

var closed = fault.Rule{Code: "FIN-JRN-004", Kind: fault.Invalid, Text: "Closed."}

// executions are the two that do a job's steps: each takes one up as it was announced, and tells whether it says that it has
// given the job up. Before is called before each call.
var executions = map[string]func(t *testing.T, b *jobBench, j jobs.Job, before func(operation string)) bool{
	"the runner": func(t *testing.T, b *jobBench, j jobs.Job, before func(string)) bool {
		var log bytes.Buffer
		runner := jobs.NewRunner(b.Ports.Jobs, func(_ context.Context, operation, tenant, key string, input []byte) ([]byte, error) {
			before(operation)
			return b.call(operation, tenant, key, input)
		}, slog.New(slog.NewJSONHandler(&log, nil)))
		err := runner.Do(t.Context(), j)
		if said := strings.Contains(log.String(), "not given up"); said == (err != nil) {
			t.Errorf("%v, and the log says %q", err, log.String())
		}
		return err != nil
	},
	"the machine": func(t *testing.T, b *jobBench, j jobs.Job, before func(string)) bool {
		last, failed := b.machine(before, nil).Play(b.announced(j))
		if failed != "" || last != "GivenUp" && last != "Taken" {
			t.Errorf("the execution ends in %s, %s", last, failed)
		}
		return last == "GivenUp"
	},
}

// machine is the state machine of the bench's task over the bench's operations. It hands over after two steps.
func (b *jobBench) machine(before func(operation string), start func(string, []byte) error) flowtest.Player {
	m := jobs.Flows([]op.Operation{b.task})[0]
	short := strings.Replace(m.Definition, `"left": 2000`, `"left": 2`, 1)
	if short == m.Definition {
		b.T.Fatal("the machine hands over otherwise")
	}
	m.Definition = short
	return flowtest.Player{T: b.T, Machine: m, Start: start, Call: func(operation, tenant, key string, input []byte) ([]byte, error) {
		before(operation)
		return b.call(operation, tenant, key, input)
	}}
}

// announced is the event that announces a job.
func (b *jobBench) announced(j jobs.Job) []byte {
	b.T.Helper()
	raw, err := json.Marshal(map[string]any{"tenant": j.Tenant, "subject": j.ID, "data": j.Announcement()})
	if err != nil {
		b.T.Fatal(err)
	}
	return raw
}

// A give-up counts for the step that it speaks of. What has happened to the job between that step's refusal and the give-up
// makes it one of the past, which changes nothing and is told so.
func TestAGiveUpOfAStepThatIsOverIsIgnored(t *testing.T) {
	meanwhile := map[string]struct {
		do    func(t *testing.T, b *jobBench, j jobs.Job)
		fails bool
	}{
		"nothing": {func(*testing.T, *jobBench, jobs.Job) {}, true},
		"another execution did the step": {func(t *testing.T, b *jobBench, j jobs.Job) {
			if err := b.do(j, j.Step); err != nil {
				t.Fatal(err)
			}
		}, false},
		"the job was fenced": {func(_ *testing.T, b *jobBench, _ jobs.Job) { b.fence() }, false},
		"another execution gave it up for another cause": {func(t *testing.T, b *jobBench, j jobs.Job) {
			b.refused = op.RuleForbidden.Err()
			executions["the machine"](t, b, j, func(string) {})
		}, false},
	}
	for who, execute := range executions {
		for what, m := range meanwhile {
			t.Run(who+", "+what, func(t *testing.T) {
				b := newJobBench(t)
				j := b.start(b.tenant, jobs.Running, 7)
				b.refused = closed.Err()
				var then jobs.Job
				said := execute(t, b, j, func(operation string) {
					if operation == giveUp && then.ID == "" {
						b.refused = nil
						m.do(t, b, j)
						then = b.now(j)
					}
				})
				now := b.now(j)
				if said != m.fails || m.fails != (now.Problem != nil && now.Problem.Code == closed.Code) {
					t.Errorf("it says %v that it gave the job up, which is %s: %+v", said, now.State, now.Problem)
				}
				if !m.fails && now.Version != then.Version {
					t.Errorf("the job was changed: %+v, then %+v", then, now)
				}
			})
		}
	}
}

// An execution that cannot hand over gives up the step that would have been next: the one that it speaks of, and the one that
// the job waits for.
func TestAMachineThatCannotHandOverGivesUpTheNextStep(t *testing.T) {
	for what, fails := range map[string]bool{"nobody else has it": true, "another execution went on": false} {
		t.Run(what, func(t *testing.T) {
			b := newJobBench(t)
			j := b.start(b.tenant, jobs.Queued, 0)
			last, failed := b.machine(func(operation string) {
				if operation == giveUp && !fails {
					if err := b.do(j, 2); err != nil {
						t.Fatal(err)
					}
				}
			}, func(string, []byte) error { return flowtest.Exception("StepFunctions.ExecutionLimitExceededException") }).Play(b.announced(j))
			if now := b.now(j); failed != "" || last != map[bool]string{true: "GivenUp", false: "Taken"}[fails] || fails != (now.State == jobs.Failed) {
				t.Errorf("the execution ends in %s %s, the job is %s at %d", last, failed, now.State, now.Step)
			}
		})
	}
}

// An execution that began in an older release names no step. There is nothing to hold it to, so it fails no job: the job is
// announced anew when it has stood still, and whoever takes it up then says of which step it speaks.
func TestAGiveUpOfAnOlderReleaseFailsNoJob(t *testing.T) {
	b := newJobBench(t)
	j := b.start(b.tenant, jobs.Running, 7)
	older := []byte(`{"job":"` + j.ID + `","code":"PLT-JOB-003","detail":"The job was given up at step 7 because of SYS-001."}`)
	if _, err := b.call(giveUp, b.tenant, j.ID+"#7!", older); !fault.Is(err, jobs.RuleStep.Code) {
		t.Errorf("it is told %v", err)
	}
	if now := b.now(j); now.State != jobs.Running || now.Version != 1 {
		t.Errorf("the job is %+v", now)
	}
	b.refused = closed.Err()
	if last, _ := b.machine(func(string) {}, nil).Play(b.announced(b.now(j))); last != "GivenUp" || b.now(j).State != jobs.Failed {
		t.Errorf("announced anew it ends in %s", last)
	}
}
