package platform_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"backoffice/internal/jobs"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
	"backoffice/internal/store"
)

// After a fence no step that anyone knew of moves a job of any tenant, the one after the fence does, and jobs that have ended
// stay as they are.
func TestFenceShutsOutOlderExecutions(t *testing.T) {
	s := platformtest.New(t)
	tenant, user, _ := s.Admin()
	task := op.Spec{ID: "platform.test", Kind: op.Task, Access: []op.Access{{Table: platform.Table, Do: op.Get | op.Put}}}
	start := func(of string, state jobs.State) string {
		act := &op.Act{ID: s.Env.IDs.New("act"), Tenant: of, Operation: task.ID, Principal: user, At: platformtest.Start, Status: 200}
		j := jobs.Job{ID: s.Env.IDs.New(jobs.Prefix), Tenant: of, Kind: task.ID, Task: task.ID, State: state, Step: 7, CreatedAt: act.At, UpdatedAt: act.At, Version: 1}
		s.Ports.Jobs.Add(act, j)
		if err := store.NewActs(s.Env.DB, nil).Commit(t.Context(), &task, act); err != nil {
			t.Fatal(err)
		}
		return j.ID
	}
	step := op.Op[platform.Ports, jobs.StepIn, jobs.Outcome]{Spec: task, Handle: func(ctx context.Context, c *op.Call, d platform.Ports, in jobs.StepIn) (jobs.Outcome, error) {
		st, err := jobs.Open(ctx, c, d.Jobs, in)
		if err != nil {
			return jobs.Outcome{}, err
		}
		return st.Advance(jobs.Progress{}), nil
	}, Again: func(ctx context.Context, c *op.Call, d platform.Ports, in jobs.StepIn, _ op.Recorded) (jobs.Outcome, error) {
		return jobs.StepAgain(ctx, c, d.Jobs, in)
	}}
	call := func(of, job string, n int) string {
		body, err := json.Marshal(jobs.StepIn{Job: job, Step: n})
		if err != nil {
			t.Fatal(err)
		}
		resp := step.Serve(t.Context(), s.Runtime, s.Ports, &op.Request{Identity: &op.Identity{Tenant: of, Principal: op.SystemPrincipal}, Body: body,
			Header: map[string][]string{"Idempotency-Key": {s.Env.IDs.ULID()}}})
		if resp.Problem != nil {
			return resp.Problem.Code
		}
		return ""
	}
	mine, done, other := start(tenant, jobs.Running), start(tenant, jobs.Done), start("ten_other", jobs.Queued)
	s.Advance(time.Minute)
	resp := platform.FenceJobs.Serve(t.Context(), s.Runtime, s.Ports, &op.Request{Identity: &op.Identity{Principal: op.SystemPrincipal}})
	if resp.Problem != nil || strings.TrimSpace(string(resp.Body)) != `{"jobs":2}` {
		t.Fatalf("%v: %s", resp.Problem, resp.Body)
	}
	for of, job := range map[string]string{tenant: mine, "ten_other": other} {
		for n := range 100 {
			if code := call(of, job, n); code != jobs.RuleStep.Code {
				t.Errorf("step %d of an execution from before the fence: %q", n, code)
			}
		}
		j, err := s.Ports.Jobs.Job(t.Context(), of, job)
		if err != nil || j.Version != 2 {
			t.Fatalf("the job was moved: %+v, %v", j, err)
		}
		if code := call(of, job, j.Step); code != "" {
			t.Errorf("the step after the fence is refused by %s", code)
		}
	}
	if j, err := s.Ports.Jobs.Job(t.Context(), tenant, done); err != nil || j.Version != 1 {
		t.Errorf("a job that has ended was fenced: %+v, %v", j, err)
	}
}
