package jobs

import (
	"context"
	"encoding/json"
	"fmt"

	"backoffice/internal/op"
)

// Store keeps jobs.
type Store interface {
	Active
	// Job gives a job, or op.RuleNotFound.
	Job(ctx context.Context, tenant, id string) (Job, error)
	// Jobs lists a tenant's jobs, the newest first; next is nil at the end.
	Jobs(ctx context.Context, tenant string, limit int, after map[string]string) (all []Job, next map[string]string, err error)
	Add(act *op.Act, j Job)
	// Save puts a job over the version that was read.
	Save(act *op.Act, j Job, was int)
}

// Waiting announces that a job waits to be done, or to be gone on with. In the cloud it starts the state machine of the job's
// task, on-premise it wakes the runner. Announcing a job once more does no harm: each of its steps counts once.
var Waiting = op.Event{Type: Table + ".job.queued.v1", Summary: "A job waits to be done.", Data: QueuedData{},
	Example: `{"kind":"migration.validate-import","task":"migration.stage-rows","subject":"imp_01JD2M8G3S6QX4T5V7W9Y0Z1A2","step":0}`}

// Starting is the contribution of an act that starts a job, in any domain.
var Starting = op.Contribution{Name: "jobs.start", Access: []op.Access{{Table: Table, Do: op.Get | op.Put}}, Emits: []*op.Event{&Waiting}}

// Stepping is the contribution of a task that does a job's steps.
var Stepping = op.Contribution{Name: "jobs.step", Access: []op.Access{{Table: Table, Do: op.Get | op.Put}}}

// QueuedData is the data of the event that announces a job, whose id is the event's subject.
type QueuedData struct {
	Kind    string `json:"kind" doc:"The operation that started the job"`
	Task    string `json:"task" doc:"The operation that does its steps"`
	Subject string `json:"subject,omitempty" doc:"Id of the record that the job is about"`
	Step    int    `json:"step" doc:"Number of the step that is next"`
}

// Announcement gives the data of the event that announces a job as it stands.
func (j Job) Announcement() QueuedData {
	return QueuedData{Kind: j.Kind, Task: j.Task, Subject: j.Subject, Step: j.Step}
}

// Work says what a job is to do.
type Work struct {
	Task    string // id of the task operation
	Subject string // id of the record that it is about
	Unit    string // of its progress
	Total   int    // of its progress; 0 while it is not known
	Input   any    // what the task needs to know beyond the subject; nil for nothing
}

// Start adds a job to the act of a call, which answers 202 with the job's view. The operation declares Starting.
func Start(c *op.Call, s Store, w Work) (Job, error) {
	j := Job{ID: c.NewID(Prefix), Tenant: c.Tenant, Kind: c.Spec.ID, Task: w.Task, Subject: w.Subject, State: Queued,
		Progress: Progress{Total: w.Total, Unit: w.Unit}, CreatedBy: c.Maker(), CreatedAt: c.At, UpdatedAt: c.At, Version: 1}
	if w.Input != nil {
		raw, err := json.Marshal(w.Input)
		if err != nil {
			return j, fmt.Errorf("input of a job of %s: %w", w.Task, err)
		}
		j.Input = raw
	}
	s.Add(c.Act, j)
	c.Act.Emit(Waiting.Type, j.ID, j.Version, j.Announcement())
	c.Act.Record(j.ID, j.Version)
	return j, nil
}

// Again answers a repeated call that started a job.
func Again(ctx context.Context, c *op.Call, s Store, was op.Recorded) (View, error) {
	j, err := s.Job(ctx, c.Tenant, was.Result.ID)
	return j.View(), err
}
