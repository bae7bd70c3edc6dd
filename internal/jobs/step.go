package jobs

import (
	"context"
	"encoding/json"
	"fmt"

	"backoffice/internal/op"
)

// StepIn is the input of every task that does a job's steps.
type StepIn struct {
	Job  string `json:"job" pattern:"^job_[0-9A-HJKMNP-TV-Z]{26}$" doc:"The job"`
	Step int    `json:"step" minimum:"0" maximum:"1000000000" doc:"Number of the step; each is done once, in order"`
}

// Outcome is the answer of every task that does a job's steps.
type Outcome struct {
	Job   string `json:"job"`
	State State  `json:"state" enum:"queued,running,cancelling,cancelled,done,failed"`
	Step  int    `json:"step" doc:"Number of the next step"`
	Ended bool   `json:"ended" doc:"Whether no step is left"`
}

func outcome(j Job) Outcome {
	return Outcome{Job: j.ID, State: j.State, Step: j.Step, Ended: j.State.Final()}
}

// Step is one call of a job's task. Exactly one of its ends (Advance, Finish, Fail, Cancel) is called, and belongs to the
// same act as the step's work.
type Step struct {
	Job   Job
	call  *op.Call
	store Store
}

// Open begins a step: it reads the job and refuses unless it waits for this step of this task.
func Open(ctx context.Context, c *op.Call, s Store, in StepIn) (*Step, error) {
	j, err := s.Job(ctx, c.Tenant, in.Job)
	if err != nil {
		return nil, err
	}
	if j.State.Final() || j.Task != c.Spec.ID || j.Step != in.Step {
		return nil, RuleStep.Err()
	}
	return &Step{Job: j, call: c, store: s}, nil
}

// Input reads what the job was started with.
func (s *Step) Input(into any) error {
	if err := json.Unmarshal(s.Job.Input, into); err != nil {
		return fmt.Errorf("input of job %s: %w", s.Job.ID, err)
	}
	return nil
}

// Cancelled tells whether the job is to stop before this step.
func (s *Step) Cancelled() bool { return s.Job.State == Cancelling }

// Advance ends the step; another follows.
func (s *Step) Advance(p Progress) Outcome {
	return s.end(func(j *Job) { j.State, j.Progress = Running, p })
}

// Finish ends the step, and with it the job.
func (s *Step) Finish(p Progress, r Result) Outcome {
	return s.end(func(j *Job) { j.State, j.Progress, j.Result = Done, p, &r })
}

// Fail ends the job because of a refusal that asking again would not change.
func (s *Step) Fail(err error) Outcome {
	p := ProblemOf(err)
	return s.end(func(j *Job) { j.State, j.Problem = Failed, &p })
}

// Cancel ends a job that was asked to stop.
func (s *Step) Cancel() Outcome { return s.end(func(j *Job) { j.State = Cancelled }) }

// end saves the job. The act's result stays free for what the step's work makes.
func (s *Step) end(change func(*Job)) Outcome {
	before := s.Job
	after := before
	change(&after)
	after.Step++
	after.Version++
	after.UpdatedAt = s.call.At
	s.store.Save(s.call.Act, after, before.Version)
	s.call.Act.Changes = append(s.call.Act.Changes, op.Diff(after.ID, before.View(), after.View())...)
	s.Job = after
	return outcome(after)
}

// StepAgain answers a repeated call of a step: the job as it stands, whose next step lies beyond the one called again.
func StepAgain(ctx context.Context, c *op.Call, s Store, in StepIn) (Outcome, error) {
	j, err := s.Job(ctx, c.Tenant, in.Job)
	return outcome(j), err
}
