// Package rebuild makes the projections of a host's tenants anew, by the same operations that do so in the cloud.
package rebuild

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"backoffice/infra/onprem/system"
	"backoffice/infra/onprem/verify"
	"backoffice/internal/catalog"
	"backoffice/internal/clock"
	"backoffice/internal/jobs"
	"backoffice/internal/platform/platformdb"
)

// begin is what every domain with projections calls the operation that begins to make them anew.
const begin = "begin-rebuild"

// lookEvery is how often it is looked whether a job has ended.
const lookEvery = 20 * time.Millisecond

// Rebuilt is a domain whose projections have been made anew for a tenant.
type Rebuilt struct {
	Tenant string `json:"tenant"`
	Domain string `json:"domain"`
	Acts   int    `json:"acts"` // that were taken up again
}

// All makes the projections of every domain anew, for one tenant or, when none is named, for all. It ends with the first that
// fails; calling it again begins that one anew.
func All(ctx context.Context, sys *system.System, tenant, reason string) ([]Rebuilt, error) {
	tenants := []string{tenant}
	if tenant == "" {
		var err error
		if tenants, err = verify.Tenants(ctx, sys.DB); err != nil {
			return nil, err
		}
	}
	var out []Rebuilt
	for _, d := range catalog.Domains() {
		operation := d.Name + "." + begin
		if _, err := catalog.Find(operation); err != nil {
			continue // nothing is projected there
		}
		for _, t := range tenants {
			acts, err := one(ctx, sys, operation, t, reason)
			if err != nil {
				return out, fmt.Errorf("rebuild %s of %s: %w", d.Name, t, err)
			}
			out = append(out, Rebuilt{Tenant: t, Domain: d.Name, Acts: acts})
		}
	}
	return out, nil
}

// one begins a rebuild and does its job, or waits until whoever was faster has.
func one(ctx context.Context, sys *system.System, operation, tenant, reason string) (acts int, err error) {
	in, err := json.Marshal(map[string]string{"reason": reason})
	if err != nil {
		return 0, err
	}
	raw, err := sys.Host.Invoke(ctx, operation, tenant, sys.Env.IDs.ULID(), in)
	if err != nil {
		return 0, err
	}
	var started jobs.View
	if err := json.Unmarshal(raw, &started); err != nil {
		return 0, err
	}
	store := platformdb.NewJobs(sys.DB)
	j, err := store.Job(ctx, tenant, started.ID)
	if err == nil {
		err = sys.DoJob(ctx, j)
	}
	if err != nil {
		return 0, err
	}
	for {
		if j, err = store.Job(ctx, tenant, started.ID); err != nil {
			return 0, err
		}
		switch {
		case j.State == jobs.Done:
			return j.Progress.Done, nil
		case j.State.Final() && j.Problem != nil:
			return 0, fmt.Errorf("job %s is %s: %s %s", j.ID, j.State, j.Problem.Code, j.Problem.Detail)
		case j.State.Final():
			return 0, fmt.Errorf("job %s is %s", j.ID, j.State)
		}
		if err := clock.Wait(ctx, lookEvery); err != nil {
			return 0, err
		}
	}
}
