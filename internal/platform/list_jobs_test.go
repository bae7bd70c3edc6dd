package platform_test

import (
	"encoding/json"
	"slices"
	"testing"

	"backoffice/internal/jobs"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
	"backoffice/internal/store"
)

// startedBy puts a job into the store that a person started, as a command of any domain does.
func startedBy(s *platformtest.System, tenant, person, user string) string {
	s.T.Helper()
	starter := op.Op[platform.Ports, op.None, jobs.View]{Spec: op.Spec{ID: "platform.start-test", Kind: op.Command, Uses: []*op.Contribution{&jobs.Starting}}}
	act := &op.Act{ID: s.Env.IDs.New("act"), Tenant: tenant, Operation: starter.Spec.ID, Principal: user, Person: person, At: s.Env.Clock(), Status: 202}
	c := &op.Call{Identity: op.Identity{Tenant: tenant, Principal: user, Person: person}}
	j := jobs.Job{ID: s.Env.IDs.New(jobs.Prefix), Tenant: tenant, Kind: starter.Spec.ID, Task: starter.Spec.ID, State: jobs.Queued, CreatedBy: c.Maker(),
		CreatedAt: act.At, UpdatedAt: act.At, Version: 1}
	s.Ports.Jobs.Add(act, j)
	if err := store.NewActs(s.Env.DB, nil).Commit(s.T.Context(), &starter.Spec, act); err != nil {
		s.T.Fatal(err)
	}
	return j.ID
}

// Whoever started a job can follow and cancel it without any role, a manager with a right over subordinates theirs, and nobody
// else's is shown.
func TestJobsWithinReach(t *testing.T) {
	s := platformtest.New(t)
	tenant, _, token := s.Admin()
	boss, chief := s.User(token, "boss", "")
	mina, clerk := s.User(token, "mina", boss)
	role := s.Do(platformtest.Call{Op: "create-role", Token: token, Body: `{"name":"Jobs","rights":["platform.jobs.*"]}`}).Want(201).Text("id")
	s.Grant(token, chief, role, "subordinates")
	bosses, minas := startedBy(s, tenant, boss, chief), startedBy(s, tenant, mina, clerk)
	for name, sees := range map[string][]string{"mina": {minas}, "boss": {minas, bosses}} {
		own := s.SignIn(name+"@example.com", platformtest.Password, "").Text("accessToken")
		var listed struct{ Data []jobs.View }
		if err := json.Unmarshal(s.Do(platformtest.Call{Op: "list-jobs", Token: own}).Want(200).Body, &listed); err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, j := range listed.Data {
			ids = append(ids, j.ID)
		}
		if !slices.Equal(ids, sees) {
			t.Errorf("%s is listed %v, want %v", name, ids, sees)
		}
		for _, id := range []string{minas, bosses} {
			status := 404
			if slices.Contains(sees, id) {
				status = 200
			}
			s.Do(platformtest.Call{Op: "get-job", Token: own, Path: "jobId=" + id}).Want(status)
			s.Do(platformtest.Call{Op: "cancel-job", Token: own, Path: "jobId=" + id, Query: "dryRun=true"}).Want(status)
		}
	}
}
