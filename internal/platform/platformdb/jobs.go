package platformdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"sort"
	"strconv"

	"backoffice/internal/clock"
	"backoffice/internal/jobs"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

const (
	jobSchema = 1
	// activeShards spreads the jobs that have not ended, of all tenants, over this many keys of the index.
	activeShards = 8
	// activeSpace stands where keys have a tenant: a runner looks for the jobs of all of them.
	activeSpace = "job"
)

func jobKey(tenant, id string) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "JOB"), SK: store.At(id)}
}

func activeJobs(shard int) store.Partition {
	return store.In(activeSpace, "ACTIVE", strconv.Itoa(shard))
}

type jobRow struct {
	store.Row
	G1PK     string `dynamo:"g1pk,omitempty"`
	G1SK     string `dynamo:"g1sk,omitempty"`
	ID       string `dynamo:"id"`
	Tenant   string `dynamo:"ten"`
	Kind     string `dynamo:"kd"`
	Task     string `dynamo:"tk"`
	Subject  string `dynamo:"su,omitempty"`
	Input    string `dynamo:"in,omitempty"`
	State    string `dynamo:"st"`
	Step     int    `dynamo:"np"`
	Done     int    `dynamo:"dn,omitempty"`
	Total    int    `dynamo:"to,omitempty"`
	Unit     string `dynamo:"un,omitempty"`
	Problem  string `dynamo:"pr,omitempty"`
	Record   string `dynamo:"rr,omitempty"`
	Location string `dynamo:"rl,omitempty"`
	By       string `dynamo:"cb"`
	At       string `dynamo:"ca"`
	Changed  string `dynamo:"ua"`
}

func fromJob(j jobs.Job) jobRow {
	k := jobKey(j.Tenant, j.ID)
	r := jobRow{Row: store.NewRow(k.PK, k.SK, jobSchema, j.Version), ID: j.ID, Tenant: j.Tenant, Kind: j.Kind, Task: j.Task, Subject: j.Subject,
		Input: string(j.Input), State: string(j.State), Step: j.Step, Done: j.Progress.Done, Total: j.Progress.Total, Unit: j.Progress.Unit,
		By: j.CreatedBy, At: clock.Format(j.CreatedAt), Changed: clock.Format(j.UpdatedAt)}
	if j.Problem != nil {
		raw, err := json.Marshal(j.Problem)
		if err != nil {
			panic("platformdb: a problem cannot be encoded: " + err.Error())
		}
		r.Problem = string(raw)
	}
	if j.Result != nil {
		r.Record, r.Location = j.Result.Record, j.Result.Location
	}
	if !j.State.Final() {
		h := fnv.New32a()
		_, _ = h.Write([]byte(j.ID))
		r.G1PK, r.G1SK = activeJobs(int(h.Sum32()%activeShards)).String(), j.ID
	}
	return r
}

func toJob(r jobRow) (jobs.Job, error) {
	j := jobs.Job{ID: r.ID, Tenant: r.Tenant, Kind: r.Kind, Task: r.Task, Subject: r.Subject, Input: json.RawMessage(r.Input), State: jobs.State(r.State),
		Step: r.Step, Progress: jobs.Progress{Done: r.Done, Total: r.Total, Unit: r.Unit}, CreatedBy: r.By, Version: r.Version}
	if r.Problem != "" {
		if err := json.Unmarshal([]byte(r.Problem), &j.Problem); err != nil {
			return j, fmt.Errorf("problem of job %s: %w", r.ID, err)
		}
	}
	if r.Record != "" {
		j.Result = &jobs.Result{Record: r.Record, Location: r.Location}
	}
	var err, second error
	j.CreatedAt, err = clock.Parse(r.At)
	j.UpdatedAt, second = clock.Parse(r.Changed)
	return j, errors.Join(err, second)
}

// Jobs keeps jobs, whichever domain starts them.
type Jobs struct{ db *store.DB }

// NewJobs makes the store of jobs.
func NewJobs(db *store.DB) *Jobs { return &Jobs{db: db} }

// Job reads a job.
func (s *Jobs) Job(ctx context.Context, tenant, id string) (jobs.Job, error) {
	r, found, err := store.Load[jobRow](ctx, s.db, jobKey(tenant, id))
	if err != nil {
		return jobs.Job{}, err
	}
	if !found {
		return jobs.Job{}, op.RuleNotFound.Err()
	}
	return toJob(r)
}

// Jobs lists a tenant's jobs, the newest first.
func (s *Jobs) Jobs(ctx context.Context, tenant string, limit int, after map[string]string) ([]jobs.Job, map[string]string, error) {
	rows, next, err := store.Scan[jobRow](ctx, s.db, store.Range{Table: table, PK: store.In(tenant, "JOB"), Newest: true, Limit: limit, After: after})
	if err != nil {
		return nil, nil, err
	}
	all, err := toJobs(rows)
	return all, next, err
}

// Active lists the jobs of all tenants that have not ended, the oldest first. It is for runners, which belong to no tenant.
func (s *Jobs) Active(ctx context.Context) ([]jobs.Job, error) {
	var rows []jobRow
	for shard := range activeShards {
		some, _, err := store.Scan[jobRow](ctx, s.db, store.Range{Table: table, Index: store.IndexG1, PK: activeJobs(shard)})
		if err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].ID < rows[j].ID })
	return toJobs(rows)
}

func toJobs(rows []jobRow) ([]jobs.Job, error) {
	out := make([]jobs.Job, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = toJob(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Add puts a new job.
func (s *Jobs) Add(act *op.Act, j jobs.Job) {
	act.Write(store.Create(table, fromJob(j), op.ErrConflict))
}

// Save puts a job over the version that was read.
func (s *Jobs) Save(act *op.Act, j jobs.Job, was int) {
	act.Write(store.Replace(table, fromJob(j), was))
}
