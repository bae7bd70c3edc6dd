package e2e

import (
	"context"
	"fmt"
	"net/http"
	"path"

	"backoffice/internal/boclient"
)

// Books plays the suite up to books that hold everything, for whoever restores them and looks whether they are the same.
func Books(ctx context.Context, at Installation, done func(step string)) (*Run, error) {
	return begin(ctx, at, books(), done)
}

// Tenant is the tenant whose books the suite keeps.
func (r *Run) Tenant() string { return r.administrator.Tenant }

// Begin has a job begin on an import of many rows, once before has returned, and gives the job's id.
func (r *Run) Begin(ctx context.Context, before func(context.Context) error) (string, error) {
	if _, err := r.many(ctx); err != nil {
		return "", err
	}
	if err := before(ctx); err != nil {
		return "", err
	}
	job, err := r.start(ctx, "commit", nil)
	return path.Base(job), err
}

// End waits until the job that Begin began is done, and wants every row in the books, once.
func (r *Run) End(ctx context.Context, job string) error {
	if err := r.Done(ctx, job); err != nil {
		return err
	}
	if err := r.get(ctx, r.accountant, r.imported.path(), nil, &r.imported); err != nil {
		return err
	}
	if r.imported.State != "committed" || r.imported.Counts.Posted != manyRows {
		return fmt.Errorf("the import is %+v", r.imported)
	}
	return r.balances(ctx, manyTotal)
}

// Done waits until a job is done.
func (r *Run) Done(ctx context.Context, job string) error {
	return r.ends(ctx, "/platform/v1/jobs/"+job, "done")
}

// Answers reads again what Books has written, as long as nothing was posted since.
func (r *Run) Answers(ctx context.Context, done func(step string)) error {
	return r.play(ctx, []Step{
		{"lists are as they were", pages},
		{"balances are as they were", func(ctx context.Context, r *Run) error { return r.balances(ctx, "1299.95") }},
		{"a report as CSV is as it was", reportCSV},
		{"every act stands in the audit chain, and the chain verifies", auditChain},
	}, done)
}

// draft is a write that moves no balance.
func (r *Run) draft() boclient.Call {
	return boclient.Call{Method: http.MethodPost, Path: "/finance/v1/journals", Body: r.agency("1.00")}
}

// Shut waits until writes are refused for maintenance, while what is there can be read.
func (r *Run) Shut(ctx context.Context) error {
	if err := until(ctx, "writes are shut", func(ctx context.Context) (bool, error) {
		return r.refused(ctx, r.accountant, http.StatusServiceUnavailable, "API-037", r.draft()) == nil, nil
	}); err != nil {
		return err
	}
	return r.get(ctx, r.accountant, r.entityPath(), nil, nil)
}

// Opened waits until writes are taken again.
func (r *Run) Opened(ctx context.Context) error {
	return until(ctx, "writes are open", func(ctx context.Context) (bool, error) { return r.once(ctx, r.accountant, r.draft()) == nil, nil })
}
