// Package jobs is work that lasts longer than a request: an import, an export, a recomputation. A job is a record with
// progress. What it does is done by a task operation, called once for each step; the one act of a step does the step's work
// and moves the job on, so that a crash at any point resumes exactly where it stopped, and a step called twice counts once.
//
// On-premise a [Runner] calls the steps; in the cloud the state machine of flows/run-job.asl.json calls the same operation.
package jobs

import (
	"encoding/json"
	"slices"
	"time"

	"backoffice/internal/fault"
)

// Table is the table in which jobs are kept, whichever domain starts them.
const Table = "platform"

// Prefix is the type of a job's id.
const Prefix = "job"

// State is how far a job is.
type State string

// The states of a job. The last three are final.
const (
	Queued     State = "queued"
	Running    State = "running"
	Cancelling State = "cancelling" // stops before its next step
	Cancelled  State = "cancelled"
	Done       State = "done"
	Failed     State = "failed"
)

// Final tells whether a job in this state will never do anything more.
func (s State) Final() bool { return slices.Contains([]State{Cancelled, Done, Failed}, s) }

// Progress is how much of the work is done. A total of nought is not known yet.
type Progress struct {
	Done  int    `json:"done"`
	Total int    `json:"total" doc:"0 while it is not known"`
	Unit  string `json:"unit" doc:"What is counted, e.g. rows"`
}

// Problem says why a job failed.
type Problem struct {
	Code   string        `json:"code" doc:"Permanent code of the rule"`
	Detail string        `json:"detail"`
	Errors []fault.Field `json:"errors,omitempty"`
}

// ProblemOf makes the problem of a refusal; what is no refusal becomes one that hides its text.
func ProblemOf(err error) Problem {
	e := fault.Of(err)
	return Problem{Code: e.Code, Detail: e.Detail, Errors: e.Fields}
}

// Result is what came of a job.
type Result struct {
	Record   string `json:"record" doc:"Id of the record that the job was about"`
	Location string `json:"location" doc:"Its address"`
}

// Job is a piece of long work.
type Job struct {
	ID        string
	Tenant    string
	Kind      string // id of the operation that started it
	Task      string // id of the task operation that does its steps
	Subject   string // id of the record that it is about
	Input     json.RawMessage
	State     State
	Step      int // number of the next step
	Progress  Progress
	Problem   *Problem
	Result    *Result
	CreatedBy string
	CreatedAt time.Time
	UpdatedAt time.Time
	Version   int
}

// View is a job as it is shown.
type View struct {
	ID        string    `json:"id" doc:"job_…"`
	Kind      string    `json:"kind" doc:"The operation that started it"`
	Subject   string    `json:"subject,omitempty" doc:"Id of the record that it is about"`
	State     State     `json:"state" enum:"queued,running,cancelling,cancelled,done,failed"`
	Progress  Progress  `json:"progress"`
	Problem   *Problem  `json:"problem,omitempty" doc:"Why it failed"`
	Result    *Result   `json:"result,omitempty"`
	CreatedBy string    `json:"createdBy"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
	Version   int       `json:"version"`
}

// View shows the job.
func (j Job) View() View {
	return View{ID: j.ID, Kind: j.Kind, Subject: j.Subject, State: j.State, Progress: j.Progress, Problem: j.Problem, Result: j.Result,
		CreatedBy: j.CreatedBy, CreatedAt: j.CreatedAt, UpdatedAt: j.UpdatedAt, Version: j.Version}
}

// RecordVersion gives the version for the ETag.
func (v View) RecordVersion() int { return v.Version }

// Location gives the job's address.
func (v View) Location() string { return "/platform/v1/jobs/" + v.ID }

// Cancel asks a job to stop before its next step.
func (j Job) Cancel(at time.Time) (Job, error) {
	if j.State != Queued && j.State != Running {
		return j, RuleState.Err()
	}
	j.State, j.UpdatedAt = Cancelling, at
	j.Version++
	return j, nil
}

// GiveUp ends a job with the problem that it could not get over at a step. It changes nothing of a job that has ended, nor of one
// that waits for another step: whoever gives up speaks of one that is over since, done by somebody else or shut out by a fence. A
// give-up without a step comes from an execution that an older release began, and cannot be told from such a one.
func (j Job) GiveUp(step *int, p Problem, at time.Time) (Job, error) {
	switch {
	case j.State.Final():
		return j, RuleState.Err()
	case step == nil || *step != j.Step:
		return j, RuleStep.Err()
	}
	j.State, j.Problem, j.UpdatedAt = Failed, &p, at
	j.Version++
	return j, nil
}
