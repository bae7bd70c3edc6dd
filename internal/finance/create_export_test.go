package finance_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
	"backoffice/internal/sheet"
)

// The parameters are those of the report's own query, and what is wrong with them is told where they stand in the body.
func TestExportParametersAreTheReports(t *testing.T) {
	d := financetest.Exporting(t)
	for name, c := range map[string]struct {
		report     string
		parameters map[string]any
		status     int
		faults     []string
	}{
		"another's parameter":    {"trial-balance", map[string]any{"from": "2026-04-01", "account": "7105"}, 422, []string{"FIN-EXP-001:/parameters/from", "FIN-EXP-001:/parameters/account"}},
		"no entity":              {"balance-sheet", map[string]any{"entity": ""}, 422, []string{"API-004:/parameters/entity"}},
		"no account":             {"account-ledger", nil, 422, []string{"API-004:/parameters/account"}},
		"an unknown entity":      {"journals", map[string]any{"entity": "ent_01JD2M8G3S6QX4T5V7W9Y0Z1A2"}, 422, []string{"FIN-ENT-001:/parameters/entity"}},
		"an unknown account":     {"account-ledger", map[string]any{"account": "9X"}, 422, []string{"FIN-JRN-007:/parameters/account"}},
		"days the wrong way":     {"profit-and-loss", map[string]any{"from": "2026-05-01", "asOf": "2026-04-30"}, 422, []string{"FIN-GEN-003:/parameters/from"}},
		"a filter of no form":    {"trial-balance", map[string]any{"dimension": []string{"north"}}, 422, []string{"FIN-RPT-002:/parameters/dimension"}},
		"a dimension not kept":   {"trial-balance", map[string]any{"dimension": []string{"colour:red"}}, 422, []string{"FIN-RPT-001:/parameters/dimension"}},
		"an entity with parties": {"parties", map[string]any{"entity": d.Entity.ID}, 422, []string{"FIN-EXP-001:/parameters/entity"}},
	} {
		t.Run(name, func(t *testing.T) {
			d.Do(d.Asking(c.report, sheet.CSV, c.parameters)).Refused(c.status, c.faults...)
		})
	}
}

// A dry run counts and keeps nothing; it refuses what the format would not take before anybody waits for it.
func TestADryRunCountsRows(t *testing.T) {
	d := financetest.Exporting(t)
	d.Trade(12)
	ask := func(report string, format sheet.Format, parameters map[string]any) finance.StartedExport {
		t.Helper()
		c := d.Asking(report, format, parameters)
		c.Query = "dryRun=true"
		var out finance.StartedExport
		d.Do(c).Must(&out)
		return out
	}
	year := map[string]any{"from": "2026-04-01", "asOf": "2027-03-31"}
	for report, rows := range map[string]int{"journal-listing": 16, "journals": 32, "trial-balance": 5} {
		parameters := year
		if report == "trial-balance" {
			parameters = map[string]any{"asOf": "2027-03-31"}
		}
		if got := ask(report, sheet.CSV, parameters).Estimate; got == nil || got.Rows != rows || got.AtLeast {
			t.Errorf("%s: %+v, wanted %d", report, got, rows)
		}
	}
	var all op.Records[finance.Export]
	d.Do(optest.Call{Op: &finance.ListExports}).Must(&all)
	if len(all.Data) != 0 {
		t.Errorf("a dry run kept %+v", all.Data)
	}
}

// Days that nobody named are settled when the export is asked for, and the file is named after them.
func TestDaysAreSettledAtOnce(t *testing.T) {
	d := financetest.Exporting(t)
	e := d.Start("account-ledger", sheet.XLSX, map[string]any{"account": "7105"}).Export
	if e.Parameters.From.String() != "2026-04-01" || e.Parameters.AsOf.String() != "2026-11-23" || e.FileName != "account-ledger-7105-2026-04-01-2026-11-23.xlsx" {
		t.Errorf("%+v", e)
	}
	if !e.Expires.Equal(e.CreatedAt.AddDate(0, 0, 7)) {
		t.Errorf("made at %v, expires at %v", e.CreatedAt, e.Expires)
	}
}

// A repeated call starts nothing new.
func TestAnExportIsStartedOnce(t *testing.T) {
	d := financetest.Exporting(t)
	call := d.Asking("accounts", sheet.CSV, nil)
	call.Key = "once"
	var first, again finance.StartedExport
	d.Do(call).Must(&first)
	if a := d.Do(call).Must(&again); a.Header.Get("Idempotency-Replayed") != "true" || again.Export.ID != first.Export.ID || again.ID != first.ID {
		t.Errorf("%+v\n%+v", first, again)
	}
	if a := d.Do(call); a.Status != http.StatusAccepted || !strings.HasPrefix(a.Header.Get("Location"), "/platform/v1/jobs/job_") {
		t.Errorf("%d %q", a.Status, a.Header.Get("Location"))
	}
}

// rightsOf grants by principal: which rights, how far, for which entities.
type rightsOf map[string]map[string]op.Grant

// Authorize gives a principal's grant of the right that an operation asks for.
func (r rightsOf) Authorize(_ context.Context, who op.Identity, spec op.Spec, _ time.Time) (op.Grant, error) {
	g, ok := r[who.Principal][spec.Right()]
	if !ok {
		return g, op.RuleForbidden.Err()
	}
	return g, nil
}

// An export is no way round the right to the report: who may export but not read it gets nothing, and who could and can no
// longer does not get the copy either. An export belongs to its maker, and to those who may see everyone's.
func TestExportsNeedTheReportsRight(t *testing.T) {
	d := financetest.Exporting(t)
	all, own := op.Grant{Breadth: op.All}, op.Grant{Breadth: op.Own}
	elsewhere := op.Grant{Breadth: op.All, Entities: []string{"ent_01JD2M8G3S6QX4T5V7W9Y0Z1A2"}}
	rights := rightsOf{
		"usr_ada":   {"finance.exports.create": own, "finance.exports.read": own, "finance.reports.read": all},
		"usr_bob":   {"finance.exports.create": all, "finance.exports.read": own, "finance.reports.read": all},
		"usr_chief": {"finance.exports.read": all, "finance.reports.read": all},
		"usr_clerk": {"finance.exports.create": all, "finance.exports.read": all, "finance.accounts.read": all, "finance.reports.read": own},
		"usr_north": {"finance.exports.create": all, "finance.exports.read": all, "finance.reports.read": elsewhere},
		"usr_south": {"finance.exports.create": elsewhere, "finance.exports.read": elsewhere, "finance.reports.read": all},
	}
	d.Runtime.Authz = rights
	as := func(who string, c optest.Call) optest.Answer { c.As = who; return d.Do(c) }
	ask := d.Asking("trial-balance", sheet.CSV, nil)
	var mine finance.StartedExport
	as("usr_ada", ask).Must(&mine)
	for _, who := range []string{"usr_chief", "usr_clerk", "usr_north", "usr_south"} {
		as(who, ask).Refused(http.StatusForbidden, op.RuleForbidden.Code)
	}
	read := optest.Call{Op: &finance.GetExport, Path: map[string]string{"exportId": mine.Export.ID}}
	list := func(who string) int {
		var out op.Records[finance.Export]
		as(who, optest.Call{Op: &finance.ListExports}).Must(&out)
		return len(out.Data)
	}
	for who, sees := range map[string]bool{"usr_ada": true, "usr_chief": true, "usr_bob": false, "usr_south": false} {
		if sees {
			as(who, read).Must(nil)
		} else {
			as(who, read).Refused(http.StatusForbidden, op.RuleForbidden.Code)
		}
		if n := list(who); n > 0 != sees {
			t.Errorf("%s is listed %d exports", who, n)
		}
	}
	as("usr_clerk", read).Refused(http.StatusForbidden, op.RuleForbidden.Code) // may see everyone's exports, but no reports
	delete(rights["usr_ada"], "finance.reports.read")
	as("usr_ada", read).Refused(http.StatusForbidden, op.RuleForbidden.Code)
}
