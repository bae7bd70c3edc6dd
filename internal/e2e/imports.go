package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"backoffice/internal/boclient"
)

// purchases is a file with a credit note, two spellings of one supplier, and two rows at fault.
const purchases = `Ref,Supplier,Invoice,Net,Date,Category
1,Fernside Catering Ltd,A1,1250.00,30/04/2026,Agency Staff
2,FERNSIDE CATERING LIMITED,A2,80.00,30/04/2026,Agency staff
3,Hobday Telecom Ltd,A3,twelve,30/04/2026,Agency Staff
4,Hobday Telecom Ltd,A4,12.00,30/04/2026,Something else
5,Beacon Energy Supply Ltd,A5,-7.50,30/04/2026,agency staff
`

// imported is an import and the version that was last seen.
type imported struct {
	ID      string
	State   string
	Version int
	Counts  struct{ Accepted, Rejected, Staged, Posted, Reversed int }
	Upload  *struct {
		Method, URL string
		Headers     map[string]string
	}
}

func (i imported) path() string { return "/migration/v1/imports/" + i.ID }

// setUp is what every import of the suite says of its file.
func (r *Run) setUp(name, source string) map[string]any {
	return map[string]any{"name": name, "entity": r.entity.ID, "source": source, "balancingAccount": "2100", "map": map[string]any{
		"name": "Purchases", "dateFormat": "DD/MM/YYYY", "accountValues": []any{map[string]any{"match": "agency staff", "account": "7105"}},
		"columns": map[string]any{"externalId": "Ref", "party": "Supplier", "document": "Invoice", "amount": "Net", "date": "Date", "account": "Category"}}}
}

// importFile takes a file through to the books.
func importFile(ctx context.Context, r *Run) error {
	body := r.setUp("April purchases", "legacy")
	body["file"] = map[string]any{"name": "purchases.csv", "bytes": len(purchases)}
	if err := r.create(ctx, r.accountant, "/migration/v1/imports", body, &r.imported); err != nil {
		return err
	}
	if err := r.upload(ctx, r.imported, []byte(purchases)); err != nil {
		return err
	}
	if err := r.work(ctx, "validate", nil, "done"); err != nil {
		return err
	}
	if c := r.imported.Counts; r.imported.State != "validated" || c.Accepted != 3 || c.Rejected != 2 || c.Staged != 3 || c.Posted != 0 {
		return fmt.Errorf("after the validation the import is %+v", r.imported)
	}
	if err := r.balances(ctx, "1299.95"); err != nil {
		return fmt.Errorf("the validation is in the books: %w", err)
	}
	if err := r.faults(ctx); err != nil {
		return err
	}
	if err := r.work(ctx, "commit", nil, "done"); err != nil {
		return err
	}
	if err := r.balances(ctx, "2622.45"); err != nil {
		return err
	}
	var totals struct {
		Agrees bool
		Sums   struct{ Posted struct{ Amount string } }
	}
	if err := r.get(ctx, r.accountant, r.imported.path()+"/reconciliation", nil, &totals); err != nil {
		return err
	}
	if !totals.Agrees || totals.Sums.Posted.Amount != "1322.50" || r.imported.State != "committed" || r.imported.Counts.Posted != 3 {
		return fmt.Errorf("after the commit %+v, the import %+v", totals, r.imported)
	}
	return nil
}

// upload puts the file where the import says, by the address alone.
func (r *Run) upload(ctx context.Context, i imported, content []byte) error {
	place := i.Upload
	if place == nil {
		return errors.New("the import does not say where the file goes")
	}
	req, err := http.NewRequestWithContext(ctx, place.Method, place.URL, bytes.NewReader(content))
	if err != nil {
		return err
	}
	for name, value := range place.Headers {
		req.Header.Set(name, value)
	}
	resp, err := r.at.Client().Do(req)
	if err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	said, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("the upload was answered with %d: %s", resp.StatusCode, said)
	}
	return nil
}

// faults reads what was wrong with the file, as codes and as the file to mend.
func (r *Run) faults(ctx context.Context) error {
	a, err := r.do(ctx, r.accountant, http.StatusOK, boclient.Call{Method: http.MethodGet, Path: r.imported.path() + "/error-file?format=csv"})
	if err != nil {
		return err
	}
	if text := string(a.Body); strings.Count(text, "\n") != 3 || !strings.Contains(text, "twelve") || !strings.Contains(text, "MIG-ROW-") {
		return fmt.Errorf("the error file is %s", text)
	}
	return nil
}

// start has a job begin on the import, and gives its address.
func (r *Run) start(ctx context.Context, action string, body any) (string, error) {
	call := boclient.Call{Method: http.MethodPost, Path: r.imported.path() + "/" + action, Body: body, IfMatch: fmt.Sprintf(`"v%d"`, r.imported.Version)}
	a, err := r.do(ctx, r.accountant, http.StatusAccepted, call)
	if err != nil {
		return "", err
	}
	path := a.Header.Get("Location")
	if !strings.HasPrefix(path, "/platform/v1/jobs/job_") {
		return "", fmt.Errorf("%s begins no job: %v %s", action, a.Header, a.Body)
	}
	return path, nil
}

// work has a job do something with the import, waits until it ends in a state, and reads the import anew.
func (r *Run) work(ctx context.Context, action string, body any, end string) error {
	job, err := r.start(ctx, action, body)
	if err != nil {
		return err
	}
	if err := r.ends(ctx, job, end); err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return r.get(ctx, r.accountant, r.imported.path(), nil, &r.imported)
}

func (r *Run) ends(ctx context.Context, job, end string) error {
	return until(ctx, "the job has come to its end", func(ctx context.Context) (bool, error) {
		var j struct {
			State   string
			Problem *struct{ Code, Detail string }
		}
		if err := r.get(ctx, r.accountant, job, nil, &j); err != nil {
			return false, err
		}
		switch j.State {
		case end:
			return true, nil
		case "done", "failed", "cancelled":
			return false, fmt.Errorf("the job is %s, not %s: %+v", j.State, end, j.Problem)
		}
		return false, nil
	})
}

func rollBack(ctx context.Context, r *Run) error {
	if err := r.work(ctx, "roll-back", map[string]any{"mode": "correct", "reason": "A test"}, "done"); err != nil {
		return err
	}
	if r.imported.State != "rolled-back" || r.imported.Counts.Reversed != 3 {
		return fmt.Errorf("the import is %+v", r.imported)
	}
	return r.balances(ctx, "1299.95")
}

const (
	// manyRows are more than a job posts in several steps, each of which is an act of its own.
	manyRows  = 600
	manyTotal = "1899.95"
)

// cancelJob begins a long commit and cancels it at once. What was posted by then stays; the same call goes on from there. The job
// before it is past cancelling, and shows so first: a function that has yet to start would let the commit run meanwhile.
func cancelJob(ctx context.Context, r *Run) error {
	over, err := r.many(ctx)
	if err != nil {
		return err
	}
	if err := r.pastCancelling(ctx, over); err != nil {
		return err
	}
	job, err := r.start(ctx, "commit", nil)
	if err != nil {
		return err
	}
	if _, err := r.do(ctx, r.accountant, http.StatusOK, boclient.Call{Method: http.MethodPost, Path: job + "/cancel"}); err != nil {
		return err
	}
	if err := r.ends(ctx, job, "cancelled"); err != nil {
		return err
	}
	if err := r.get(ctx, r.accountant, r.imported.path(), nil, &r.imported); err != nil {
		return err
	}
	if r.imported.State != "committing" || r.imported.Counts.Posted == manyRows {
		return fmt.Errorf("the cancelled import is %+v", r.imported)
	}
	if err := r.pastCancelling(ctx, job); err != nil {
		return err
	}
	if err := r.work(ctx, "commit", nil, "done"); err != nil {
		return err
	}
	if r.imported.State != "committed" || r.imported.Counts.Posted != manyRows {
		return fmt.Errorf("the resumed import is %+v", r.imported)
	}
	return r.balances(ctx, manyTotal)
}

// pastCancelling wants a job that has ended to stay as it is.
func (r *Run) pastCancelling(ctx context.Context, job string) error {
	return r.refused(ctx, r.accountant, http.StatusConflict, "PLT-JOB-001", boclient.Call{Method: http.MethodPost, Path: job + "/cancel"})
}

// many has an import of many rows validated, and gives the job that did so.
func (r *Run) many(ctx context.Context) (job string, err error) {
	var b strings.Builder
	b.WriteString("Ref,Supplier,Invoice,Net,Date,Category\n")
	for n := range manyRows {
		fmt.Fprintf(&b, "M%d,Fernside Catering Ltd,B%d,1.00,30/04/2026,Agency Staff\n", n, n)
	}
	body := r.setUp("Many purchases", "bulk")
	body["content"] = b.String()
	r.imported = imported{}
	if err := r.create(ctx, r.accountant, "/migration/v1/imports", body, &r.imported); err != nil {
		return "", err
	}
	if job, err = r.start(ctx, "validate", nil); err != nil {
		return "", err
	}
	if err := r.ends(ctx, job, "done"); err != nil {
		return "", fmt.Errorf("validate: %w", err)
	}
	return job, r.get(ctx, r.accountant, r.imported.path(), nil, &r.imported)
}
