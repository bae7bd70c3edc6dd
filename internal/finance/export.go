package finance

import (
	"context"
	"strings"
	"time"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
	"backoffice/internal/files"
	"backoffice/internal/jobs"
	"backoffice/internal/money"
	"backoffice/internal/op"
	"backoffice/internal/sheet"
)

// ExportState is how far an export is.
type ExportState string

// The states of an export.
const (
	ExportQueued    ExportState = "queued"
	ExportRunning   ExportState = "running"
	ExportReady     ExportState = "ready"
	ExportFailed    ExportState = "failed"
	ExportCancelled ExportState = "cancelled"
	ExportExpired   ExportState = "expired" // the file has been removed
)

// The reports and records that can be exported, named as their addresses are.
const (
	reportTrialBalance  = "trial-balance"
	reportLedger        = "account-ledger"
	reportListing       = "journal-listing"
	reportProfitAndLoss = "profit-and-loss"
	reportBalanceSheet  = "balance-sheet"
	recordsJournals     = "journals"
	recordsAccounts     = "accounts"
	recordsParties      = "parties"
)

// Export is a report or a kind of record on its way into a file, and then that file.
type Export struct {
	ID         string           `json:"id" doc:"exp_…"`
	Report     string           `json:"report" enum:"trial-balance,account-ledger,journal-listing,profit-and-loss,balance-sheet,journals,accounts,parties"`
	Format     sheet.Format     `json:"format" enum:"csv,jsonl,xlsx,pdf"`
	Parameters ExportParameters `json:"parameters" doc:"With the days that were meant where none were given"`
	State      ExportState      `json:"state" enum:"queued,running,ready,failed,cancelled,expired"`
	Job        string           `json:"job"`
	FileName   string           `json:"fileName"`
	Rows       int              `json:"rows" doc:"Records in the file, without totals; so far, while it is written"`
	Bytes      int64            `json:"bytes" doc:"Size of the file; 0 until it is ready"`
	SHA256     string           `json:"sha256,omitempty" doc:"Hash of the file, in hex"`
	Problem    *jobs.Problem    `json:"problem,omitempty" doc:"Why it failed"`
	CreatedBy  string           `json:"createdBy"`
	CreatedAt  time.Time        `json:"createdAt"`
	Expires    time.Time        `json:"expires" doc:"When the file is removed"`

	// The version is not shown: nothing that callers do asks for it, and an ETag would have them keep an address that runs out.
	Version int        `json:"-"`
	Work    ExportWork `json:"-"`
}

// Location gives the record's address.
func (e Export) Location() string { return "/finance/v1/exports/" + e.ID }

// ExportWork is what the steps of an export hand on to one another.
type ExportWork struct {
	Head sheet.Head `json:"head"`
	// Opening and Sums are what has been added up: the balance before the first line, and each column of amounts so far.
	Opening money.Money            `json:"opening,omitzero"` // left out at nought, too: the base currency stands apart
	Sums    map[string]money.Money `json:"sums,omitempty"`
	// After is where the next step goes on reading; Begun and Read say whether any, and every row has been read.
	After map[string]string `json:"after,omitempty"`
	Begun bool              `json:"begun,omitempty"`
	Read  bool              `json:"read,omitempty"`
	Lines int               `json:"lines,omitempty"` // rows with totals
	Parts []string          `json:"parts,omitempty"` // names in the store of files
	File  string            `json:"file,omitempty"`  // likewise
	Tries int               `json:"tries,omitempty"` // how often the books moved while they were read

	Currency money.Currency `json:"currency,omitempty"` // base currency of what is exported
}

// ExportParameters are what the report or list itself takes as its query, under the same names.
type ExportParameters struct {
	Entity     string        `json:"entity,omitempty" maxLength:"64" doc:"The entity whose books are read; every report and list but parties needs it" example:"ent_01JD2M8G3S6QX4T5V7W9Y0Z1A2"`
	Account    string        `json:"account,omitempty" maxLength:"12" doc:"account-ledger: code of the account" example:"7105"`
	From       civil.Date    `json:"from,omitzero" required:"false" doc:"The first day that counts; that of the fiscal year unless given"`
	AsOf       civil.Date    `json:"asOf,omitzero" required:"false" doc:"The last day that counts; today unless given"`
	Dimension  []string      `json:"dimension,omitempty" maxItems:"16" maxLength:"80" doc:"Only lines with these values, each written dimension:value"`
	Cumulative bool          `json:"cumulative,omitempty" doc:"trial-balance: whether income and expense count from the beginning of the books"`
	Type       []AccountType `json:"type,omitempty" maxItems:"5" enum:"asset,liability,equity,income,expense" doc:"accounts: only those of these types"`
	Archived   bool          `json:"archived,omitempty" doc:"accounts, parties: whether archived ones are exported, too"`
}

// given lists the parameters that say something.
func (p ExportParameters) given() []string {
	var out []string
	for _, one := range []struct {
		name  string
		given bool
	}{{"entity", p.Entity != ""}, {"account", p.Account != ""}, {"from", !p.From.IsZero()}, {"asOf", !p.AsOf.IsZero()}, {"dimension", len(p.Dimension) > 0},
		{"cumulative", p.Cumulative}, {"type", len(p.Type) > 0}, {"archived", p.Archived}} {
		if one.given {
			out = append(out, one.name)
		}
	}
	return out
}

// report gives the parameters as the reports by date take them.
func (p ExportParameters) report() ReportIn {
	return ReportIn{Entity: p.Entity, AsOf: p.AsOf, Dimension: p.Dimension}
}

const exportPrefix = "exp"

// The most rows that each format takes, totals included.
const (
	// exportRowsMax bounds every export: a hundred times what the largest ledger of a small company has in a year.
	exportRowsMax = 5_000_000
	// exportSheetRowsMax is where the format of workbooks ends, less the heading.
	exportSheetRowsMax = 1_048_575
	// exportPaperRowsMax is some hundred pages, which have to stand in memory until the last one is numbered.
	exportPaperRowsMax = 5_000
)

// tooLong refuses a number of rows that a format does not take; nil when it takes them.
func tooLong(f sheet.Format, rows int) *fault.Error {
	switch {
	case f == sheet.PDF && rows > exportPaperRowsMax:
		return RuleExportPaper.At("/format")
	case f == sheet.XLSX && rows > exportSheetRowsMax:
		return RuleExportSheet.At("/format")
	case rows > exportRowsMax:
		return RuleExportRows.At("/format")
	}
	return nil
}

// fileName is what the file is called where it is saved: what it is, of when, and of which form.
func (e Export) fileName() string {
	parts := []string{e.Report}
	if e.Parameters.Account != "" {
		parts = append(parts, strings.ToLower(e.Parameters.Account))
	}
	for _, day := range []civil.Date{e.Parameters.From, e.Parameters.AsOf} {
		if !day.IsZero() {
			parts = append(parts, day.String())
		}
	}
	return strings.Join(parts, "-") + "." + string(e.Format)
}

// key names a file of the export in the store of files.
func (e Export) key(tenant, name string) string { return files.Key(files.Exports, tenant, e.ID, name) }

// ExportStore keeps exports.
type ExportStore interface {
	// Export gives an export, or op.RuleNotFound.
	Export(ctx context.Context, tenant, id string) (Export, error)
	// Exports lists exports, the newest first; next is nil at the end.
	Exports(ctx context.Context, tenant string, limit int, after map[string]string) (all []Export, next map[string]string, err error)
	Add(act *op.Act, e Export)
	Save(act *op.Act, e Export, was int)
}

// ExportRef names an export in the path.
type ExportRef struct {
	ExportID string `path:"exportId" json:"-" doc:"exp_…"`
}

// visible refuses an export that the caller may not have: another person's, unless the caller's right reaches it, or one of an
// entity that its right does not cover.
func (e Export) visible(c *op.Call) error {
	if e.Parameters.Entity == "" {
		c.Shared()
	} else if err := c.Within(e.Parameters.Entity); err != nil {
		return err
	}
	return c.Concerns(e.CreatedBy)
}

// today gives an export as it is at this moment: a file whose days are over is gone, and a job that was given up or cancelled
// between two steps could not note it here.
func (d Ports) today(ctx context.Context, c *op.Call, e Export) (Export, error) {
	if !c.At.Before(e.Expires) {
		e.State = ExportExpired
		return e, nil
	}
	if e.State != ExportQueued && e.State != ExportRunning {
		return e, nil
	}
	j, err := d.Jobs.Job(ctx, c.Tenant, e.Job)
	if err != nil {
		return e, err
	}
	switch j.State {
	case jobs.Failed:
		e.State, e.Problem = ExportFailed, j.Problem
	case jobs.Cancelled:
		e.State = ExportCancelled
	case jobs.Queued, jobs.Running, jobs.Cancelling, jobs.Done:
	}
	return e, nil
}
