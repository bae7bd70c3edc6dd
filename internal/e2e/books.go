package e2e

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"backoffice/internal/boclient"
)

func (r *Run) entityPath() string { return "/finance/v1/entities/" + r.entity.ID }

// replay sets the entity and its year up, each twice with one key.
func replay(ctx context.Context, r *Run) error {
	entity := boclient.Call{Method: http.MethodPost, Path: "/finance/v1/entities", Key: "e2e-entity",
		Body: map[string]any{"name": organisation, "companyNumber": "SC123456", "baseCurrency": "GBP", "fiscalYearStart": 4, "chart": "uk-frs102-small"}}
	if err := r.twice(ctx, entity, &r.entity); err != nil {
		return err
	}
	var year record
	if err := r.twice(ctx, boclient.Call{Method: http.MethodPost, Path: "/finance/v1/fiscal-years", Body: map[string]any{"entity": r.entity.ID, "start": "2026-04"},
		Key: "e2e-year"}, &year); err != nil {
		return err
	}
	entity.Body = map[string]any{"name": "Another", "baseCurrency": "GBP", "fiscalYearStart": 4, "chart": "uk-frs102-small"}
	if err := r.refused(ctx, r.accountant, http.StatusUnprocessableEntity, "API-011", entity); err != nil {
		return fmt.Errorf("the key for another request: %w", err)
	}
	var all struct{ Data []record }
	if err := r.get(ctx, r.accountant, "/finance/v1/entities", nil, &all); err != nil {
		return err
	}
	if len(all.Data) != 1 || all.Data[0].ID != r.entity.ID {
		return fmt.Errorf("the entities are %v", all.Data)
	}
	return nil
}

// twice makes a record, and asks for it again with the same key.
func (r *Run) twice(ctx context.Context, call boclient.Call, made *record) error {
	first, err := r.do(ctx, r.accountant, http.StatusCreated, call)
	if err != nil {
		return err
	}
	second, err := r.do(ctx, r.accountant, http.StatusCreated, call)
	if err != nil {
		return err
	}
	if err := first.Into(made); err != nil {
		return err
	}
	if first.ETag() != `"v1"` || first.Header.Get("Location") != call.Path+"/"+made.ID || first.Header.Get("Idempotency-Replayed") != "" {
		return fmt.Errorf("the answer's headers are %v", first.Header)
	}
	if second.Header.Get("Idempotency-Replayed") != "true" || !bytes.Equal(first.Body, second.Body) {
		return fmt.Errorf("the same key gave %s after %s, headers %v", second.Body, first.Body, second.Header)
	}
	return nil
}

// account is an account of the entity's chart.
func (r *Run) account(code, name string) map[string]any {
	return map[string]any{"entity": r.entity.ID, "code": code, "name": name, "type": "expense", "class": "administrative-expenses"}
}

func (r *Run) accountPath(code string) string {
	return "/finance/v1/accounts/" + r.entity.ID + "." + code
}

// dryRun tries an account out, finds that it is not there, and makes it.
func dryRun(ctx context.Context, r *Run) error {
	call := boclient.Call{Method: http.MethodPost, Path: "/finance/v1/accounts", Body: r.account("7190", "Volunteers' expenses"), DryRun: true}
	tried, err := r.do(ctx, r.accountant, http.StatusCreated, call)
	if err != nil {
		return err
	}
	if tried.Header.Get("Dry-Run") != "true" {
		return fmt.Errorf("the dry run's headers are %v", tried.Header)
	}
	read := boclient.Call{Method: http.MethodGet, Path: r.accountPath("7190")}
	if err := r.refused(ctx, r.accountant, http.StatusNotFound, "API-019", read); err != nil {
		return fmt.Errorf("after the dry run: %w", err)
	}
	call.DryRun = false
	if _, err := r.do(ctx, r.accountant, http.StatusCreated, call); err != nil {
		return err
	}
	_, err = r.do(ctx, r.accountant, http.StatusOK, read)
	return err
}

// staleVersion changes the account, and then again with the version that it no longer has.
func staleVersion(ctx context.Context, r *Run) error {
	path := r.accountPath("7190")
	seen, err := r.do(ctx, r.accountant, http.StatusOK, boclient.Call{Method: http.MethodGet, Path: path})
	if err != nil {
		return err
	}
	change := func(name, version string) boclient.Call {
		return boclient.Call{Method: http.MethodPatch, Path: path, Body: map[string]any{"name": name}, IfMatch: version}
	}
	changed, err := r.do(ctx, r.accountant, http.StatusOK, change("Volunteers' travel", seen.ETag()))
	if err != nil {
		return err
	}
	if changed.ETag() == seen.ETag() {
		return fmt.Errorf("the change left the version at %s", seen.ETag())
	}
	if err := r.refused(ctx, r.accountant, http.StatusPreconditionFailed, "API-015", change("Lost", seen.ETag())); err != nil {
		return err
	}
	if err := r.refused(ctx, r.accountant, http.StatusPreconditionRequired, "API-013", change("Lost", "")); err != nil {
		return fmt.Errorf("without a version: %w", err)
	}
	var now record
	if err := r.get(ctx, r.accountant, path, nil, &now); err != nil {
		return err
	}
	if now.Name != "Volunteers' travel" {
		return fmt.Errorf("the name is %q", now.Name)
	}
	return nil
}

// agency is a journal that is in order.
func (r *Run) agency(amount string) map[string]any {
	money := map[string]string{"amount": amount, "currency": "GBP"}
	return map[string]any{"entity": r.entity.ID, "date": "2026-04-30", "description": "Agency staff, April",
		"lines": []any{map[string]any{"account": "7105", "debit": money}, map[string]any{"account": "2100", "credit": money}}}
}

// problemShape sends a journal with two faults by hand, since the answer's media type counts, too, and follows the problem's type.
func problemShape(ctx context.Context, r *Run) error {
	const secret = "SEKRET-7099" //nolint:gosec // G101: opens nothing; it is looked for in answers
	journal := r.agency("10.00")
	journal["lines"] = []any{map[string]any{"account": secret, "debit": map[string]string{"amount": "1.00", "currency": "GBP"}},
		map[string]any{"account": "2100", "credit": map[string]string{"amount": "1.00", "currency": "GBP"}}}
	raw, err := json.Marshal(journal)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.at.Base("finance")+"/finance/v1/journals/record", bytes.NewReader(raw))
	if err != nil {
		return err
	}
	req.Header = http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {"e2e-faulty"}, "Authorization": {"Bearer " + r.tokens[r.accountant.Email]}}
	resp, err := r.at.Client().Do(req)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	var p boclient.Problem
	if err := json.Unmarshal(body, &p); err != nil {
		return fmt.Errorf("%s: %w", body, err)
	}
	if resp.StatusCode != http.StatusUnprocessableEntity || resp.Header.Get("Content-Type") != "application/problem+json" || p.Status != resp.StatusCode ||
		p.Type == "" || p.Title == "" || p.Detail == "" || p.Code == "" || p.Retryable {
		return fmt.Errorf("%d %v: %s", resp.StatusCode, resp.Header, body)
	}
	if p.Instance != "urn:request:"+resp.Header.Get("X-Request-Id") {
		return fmt.Errorf("the instance is %q, the request's id %q", p.Instance, resp.Header.Get("X-Request-Id"))
	}
	if len(p.Errors) != 1 || p.Errors[0].Pointer != "/lines/0/account" || p.Errors[0].Code == "" || strings.Contains(string(body), secret) {
		return fmt.Errorf("the faults are %s", body)
	}
	return r.rulePage(ctx, p.Type, p.Code)
}

// pages reads the chart in pages of several sizes; each way gives the same accounts.
func pages(ctx context.Context, r *Run) error {
	var want []string
	for _, limit := range []string{"100", "7", "23"} {
		codes, err := r.codes(ctx, limit)
		if err != nil {
			return err
		}
		if want == nil {
			want = codes
		}
		if !slices.Equal(codes, want) || !slices.Contains(codes, "7190") || len(slices.Compact(slices.Sorted(slices.Values(codes)))) != len(codes) {
			return fmt.Errorf("pages of %s give %v, not %v", limit, codes, want)
		}
	}
	call := boclient.Call{Method: http.MethodGet, Path: "/finance/v1/accounts", Query: url.Values{"entity": {r.entity.ID}, "cursor": {"made-up"}}}
	return r.refused(ctx, r.accountant, http.StatusBadRequest, "API-020", call)
}

// pagesMax ends what would be read for ever.
const pagesMax = 200

var errEndless = fmt.Errorf("there is still more after %d pages", pagesMax)

func (r *Run) codes(ctx context.Context, limit string) ([]string, error) {
	var all []string
	query := url.Values{"entity": {r.entity.ID}, "limit": {limit}}
	for range pagesMax {
		var p struct {
			Data []struct{ Code string }
			Page struct {
				HasMore bool
				Next    string
			}
		}
		if err := r.get(ctx, r.accountant, "/finance/v1/accounts", query, &p); err != nil {
			return nil, err
		}
		for _, a := range p.Data {
			all = append(all, a.Code)
		}
		if !p.Page.HasMore {
			return all, nil
		}
		query.Set("cursor", p.Page.Next)
	}
	return nil, errEndless
}

// fourEyes drafts a journal, fails to post it, and has a colleague do so.
func fourEyes(ctx context.Context, r *Run) error {
	var draft record
	if err := r.create(ctx, r.accountant, "/finance/v1/journals", r.agency("1250.00"), &draft); err != nil {
		return err
	}
	post := boclient.Call{Method: http.MethodPost, Path: "/finance/v1/journals/" + draft.ID + "/post", IfMatch: `"v1"`}
	if err := r.refused(ctx, r.accountant, http.StatusForbidden, "FIN-JRN-021", post); err != nil {
		return err
	}
	a, err := r.do(ctx, r.approver, http.StatusOK, post)
	if err != nil {
		return err
	}
	var posted struct{ State, Number string }
	if err := a.Into(&posted); err != nil {
		return err
	}
	if posted.State != "posted" || posted.Number == "" {
		return fmt.Errorf("the journal is %s", a.Body)
	}
	r.journal = draft.ID
	return nil
}

// trial is a trial balance.
type trial struct {
	Debit, Credit struct{ Amount string }
	Pending       struct{ Acts int }
}

func (r *Run) trialQuery() url.Values {
	return url.Values{"entity": {r.entity.ID}, "asOf": {"2026-04-30"}}
}

// settled waits until the trial balance lacks nothing.
func (r *Run) settled(ctx context.Context) (trial, error) {
	var t trial
	err := until(ctx, "nothing is pending", func(ctx context.Context) (bool, error) {
		t = trial{}
		err := r.get(ctx, r.accountant, "/finance/v1/reports/trial-balance", r.trialQuery(), &t)
		return t.Pending.Acts == 0, err
	})
	return t, err
}

func trialBalance(ctx context.Context, r *Run) error { return r.balances(ctx, "1299.95") }

// balances wants both sides of the trial balance to be an amount.
func (r *Run) balances(ctx context.Context, amount string) error {
	t, err := r.settled(ctx)
	if err == nil && (t.Debit.Amount != amount || t.Credit.Amount != amount) {
		err = fmt.Errorf("the trial balance is %+v, not %s", t, amount)
	}
	return err
}

// reportCSV reads the trial balance as rows, and sums them.
func reportCSV(ctx context.Context, r *Run) error {
	query := r.trialQuery()
	query.Set("format", "csv")
	a, err := r.do(ctx, r.approver, http.StatusOK, boclient.Call{Method: http.MethodGet, Path: "/finance/v1/reports/trial-balance", Query: query})
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(bytes.NewReader(a.Body)).ReadAll()
	if err != nil {
		return err
	}
	if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/csv") || len(rows) < 3 || rows[0][0] != "account" {
		return fmt.Errorf("%v: %s", a.Header, a.Body)
	}
	found := 0
	for _, row := range rows[1:] {
		if slices.Contains([]string{"7105", "2100"}, row[0]) && slices.Contains(row, "1299.95") {
			found++
		}
	}
	if found != 2 {
		return fmt.Errorf("the rows are %s", a.Body)
	}
	return nil
}
