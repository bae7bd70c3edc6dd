package e2e

import (
	"context"
	"net/http"

	"backoffice/internal/boclient"
)

// Probe is one operation, or [About], that can be called again and again once the suite has passed. Who runs the suite where operations have
// rights of their own can take those away, and see that the operation needs them.
type Probe struct {
	Operation string
	Do        func(ctx context.Context) error
}

// Probes lists calls of several kinds: reading one record, a list and a report, writing, starting a job, and taking a file.
func (r *Run) Probes() []Probe {
	read := func(operation, path string) Probe {
		return Probe{operation, func(ctx context.Context) error {
			return r.once(ctx, r.accountant, boclient.Call{Method: http.MethodGet, Path: path})
		}}
	}
	write := func(operation, path string, body any) Probe {
		return Probe{operation, func(ctx context.Context) error {
			return r.once(ctx, r.accountant, boclient.Call{Method: http.MethodPost, Path: path, Body: body})
		}}
	}
	return []Probe{
		read("platform.get-session", "/platform/v1/session"),
		read("finance.get-entity", r.entityPath()),
		read("finance.list-accounts", "/finance/v1/accounts?entity="+r.entity.ID),
		read("finance.get-trial-balance", "/finance/v1/reports/trial-balance?"+r.trialQuery().Encode()),
		read("finance.get-journal", "/finance/v1/journals/"+r.journal),
		read("migration.get-import", r.imported.path()),
		write("finance.create-journal", "/finance/v1/journals", r.agency("1.00")),
		write("finance.record-journal", "/finance/v1/journals/record", r.agency("1.00")),
		{"migration.create-import", r.createAndUpload},
		{About, r.well},
	}
}

// once makes a call a single time.
func (r *Run) once(ctx context.Context, who Person, call boclient.Call) error {
	c := r.client(who, call.Path)
	c.Attempts = 1
	_, err := c.Do(ctx, call)
	return err
}

// createAndUpload makes an import and puts its file where the answer says: the address bears the rights of whoever signed it.
func (r *Run) createAndUpload(ctx context.Context) error {
	body := r.setUp("Once more", "probe")
	body["file"] = map[string]any{"name": "purchases.csv", "bytes": len(purchases)}
	c := r.client(r.accountant, "/migration/v1/imports")
	c.Attempts = 1
	a, err := c.Do(ctx, boclient.Call{Method: http.MethodPost, Path: "/migration/v1/imports", Body: body})
	if err != nil {
		return err
	}
	var made imported
	if err := a.Into(&made); err != nil {
		return err
	}
	return r.upload(ctx, made, []byte(purchases))
}
