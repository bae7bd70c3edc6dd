package finance

import (
	"context"
	"slices"
	"strings"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
	"backoffice/internal/files"
	"backoffice/internal/jobs"
	"backoffice/internal/op"
	"backoffice/internal/sheet"
)

// CreateExport has a report or a kind of record written into a file.
var CreateExport = op.Op[Ports, CreateExportIn, StartedExport]{
	Spec: op.Spec{
		ID: "finance.create-export", Kind: op.Command, Narrows: true, Route: "POST /finance/v1/exports", Status: 202, Permission: "exports.create",
		Summary: "Export a report or records",
		Description: "Starts a job that writes a report, or all records of a kind, into a file: csv, jsonl (one JSON object a line), xlsx or pdf. The parameters are those of the report's " +
			"own query. Whoever exports needs the right to the report itself, too. A dry run tells how many rows to expect. The file is kept for 7 days; read the export to learn " +
			"when it is ready and where to fetch it.",
		Access:  []op.Access{{Table: Table, Do: op.Get | op.List | op.Put, Indexes: "pending"}},
		Uses:    []*op.Contribution{&jobs.Starting},
		Example: op.Example{Given: []string{"finance.record-journal"}, Body: `{"report":"trial-balance","format":"csv","parameters":{"entity":"${finance.create-entity.id}","asOf":"2026-04-30"}}`},
	},
	Handle: createExport,
	Again:  createExportAgain,
}

// CreateExportIn is the input of CreateExport.
type CreateExportIn struct {
	Report     string           `json:"report" enum:"trial-balance,account-ledger,journal-listing,profit-and-loss,balance-sheet,journals,accounts,parties"`
	Format     sheet.Format     `json:"format" enum:"csv,jsonl,xlsx,pdf"`
	Parameters ExportParameters `json:"parameters"`
}

// StartedExport is the job that was started, and the export that it writes.
type StartedExport struct {
	jobs.View
	Export   Export          `json:"export"`
	Estimate *ExportEstimate `json:"estimate,omitempty" doc:"How many rows to expect; in a dry run"`
}

// ExportEstimate is how many rows an export would have.
type ExportEstimate struct {
	Rows    int  `json:"rows" doc:"Records, without totals"`
	AtLeast bool `json:"atLeast" doc:"Whether there are more: counting ends at some point"`
}

// exportTakes are the parameters that each report takes.
var exportTakes = map[string][]string{
	reportTrialBalance:  {"entity", "asOf", "dimension", "cumulative"},
	reportLedger:        {"entity", "account", "from", "asOf", "dimension"},
	reportListing:       {"entity", "from", "asOf", "dimension"},
	reportProfitAndLoss: {"entity", "from", "asOf", "dimension"},
	reportBalanceSheet:  {"entity", "asOf", "dimension"},
	recordsJournals:     {"entity", "from", "asOf"},
	recordsAccounts:     {"entity", "type", "archived"},
	recordsParties:      {"archived"},
}

// Validate checks that the parameters are the report's.
func (in *CreateExportIn) Validate(c *fault.Collector) {
	takes, given := exportTakes[in.Report], in.Parameters.given()
	for _, name := range given {
		c.Check(slices.Contains(takes, name), "/parameters/"+name, RuleExportParameter)
	}
	for _, needed := range []string{"entity", "account"} {
		c.Check(!slices.Contains(takes, needed) || slices.Contains(given, needed), "/parameters/"+needed, op.RuleRequired)
	}
}

func createExport(ctx context.Context, c *op.Call, d Ports, in CreateExportIn) (StartedExport, error) {
	e := Export{ID: c.NewID(exportPrefix), Report: in.Report, Format: in.Format, Parameters: in.Parameters, State: ExportQueued,
		CreatedBy: c.Maker(), CreatedAt: c.At, Expires: c.At.AddDate(0, 0, files.ExportDays), Version: 1}
	if err := e.visible(c); err != nil {
		return StartedExport{}, err
	}
	source := e.source()
	if err := c.MayAlso(ctx, source.shows(), e.Parameters.Entity); err != nil {
		return StartedExport{}, err
	}
	// The days are settled now: an export that waits over midnight is still of the day on which it was asked for.
	if e.Parameters.AsOf.IsZero() && slices.Contains(exportTakes[e.Report], "asOf") {
		e.Parameters.AsOf = civil.FromTime(c.At)
	}
	if err := source.begin(ctx, c, d, &e); err != nil {
		return StartedExport{}, inParameters(err)
	}
	e.FileName = e.fileName()
	out := StartedExport{}
	if c.DryRun {
		estimate, err := d.estimate(ctx, c, source, e)
		if err != nil {
			return StartedExport{}, err
		}
		out.Estimate = &estimate
	}
	e.Work = ExportWork{} // the job begins anew, with the books as they are then
	j, err := jobs.Start(c, d.Jobs, jobs.Work{Task: WriteExport.Spec.ID, Subject: e.ID, Unit: "rows"})
	if err != nil {
		return StartedExport{}, err
	}
	e.Job = j.ID
	d.Exports.Add(c.Act, e)
	c.Act.AlsoRecord(e.ID, e.Version)
	out.View, out.Export = j.View(), e
	return out, nil
}

// inParameters says of a fault in a report's query where it stands in the body.
func inParameters(err error) error {
	e := fault.Of(err)
	if len(e.Fields) == 0 || e.Kind == fault.Internal {
		return err
	}
	moved := *e
	moved.Fields = make([]fault.Field, len(e.Fields))
	for i, f := range e.Fields {
		f.Pointer = "/parameters/" + strings.TrimPrefix(f.Pointer, "/")
		moved.Fields[i] = f
	}
	return &moved
}

// estimateRowsMax is how many rows a dry run counts: what it reads is paid for, and nothing comes of it.
const estimateRowsMax = 5_000

// estimate counts what an export would hold, and refuses what its format would not.
func (d Ports) estimate(ctx context.Context, c *op.Call, source exportSource, e Export) (ExportEstimate, error) {
	out, lines := ExportEstimate{}, 0
	for {
		rows, next, err := source.page(ctx, c, d, &e)
		if err != nil {
			return out, err
		}
		for _, r := range rows {
			lines++
			if r.Role == sheet.Data {
				out.Rows++
			}
		}
		e.Work.Begun, e.Work.After = true, next
		if next == nil || lines > estimateRowsMax {
			out.AtLeast = next != nil
			break
		}
	}
	if refused := tooLong(e.Format, lines); refused != nil {
		return out, refused
	}
	return out, nil
}

func createExportAgain(ctx context.Context, c *op.Call, d Ports, _ CreateExportIn, was op.Recorded) (StartedExport, error) {
	j, err := d.Jobs.Job(ctx, c.Tenant, was.Result.ID)
	if err != nil {
		return StartedExport{}, err
	}
	e, err := d.Exports.Export(ctx, c.Tenant, j.Subject)
	return StartedExport{View: j.View(), Export: e}, err
}
