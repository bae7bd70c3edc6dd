package migration

import (
	"context"
	"strings"
	"time"

	"backoffice/internal/fault"
	"backoffice/internal/finance"
	"backoffice/internal/jobs"
	"backoffice/internal/money"
	"backoffice/internal/op"
)

// State is how far an import is.
type State string

// The states of an import. While a job is at work, or was ended before its time, the state is the one that names the work;
// the same action takes it up again where it stopped.
const (
	Created     State = "created"
	Validating  State = "validating"
	Validated   State = "validated"
	Committing  State = "committing"
	Committed   State = "committed"
	RollingBack State = "rolling-back"
	RolledBack  State = "rolled-back"
	SignedOff   State = "signed-off"
	Expired     State = "expired" // never committed, and cleared
)

// Counts are how many rows and journals an import has at each stage.
type Counts struct {
	Rows        int `json:"rows" doc:"Rows of the file"`
	NoDocument  int `json:"noDocument" doc:"Rows without a document number: a journal each"`
	Documents   int `json:"documents" doc:"Different document numbers"`
	ManyParties int `json:"manyParties" doc:"Document numbers that stand with more than one party: a journal for each"`
	ManyDates   int `json:"manyDates" doc:"Document numbers that stand with more than one date: a journal for each"`
	Accepted    int `json:"accepted" doc:"Rows that were accepted"`
	Rejected    int `json:"rejected" doc:"Rows that were rejected"`
	Staged      int `json:"staged" doc:"Journals that the accepted rows make"`
	Posted      int `json:"posted" doc:"Journals posted"`
	PostedRows  int `json:"postedRows" doc:"Rows in the journals posted"`
	NewParties  int `json:"newParties" doc:"Suppliers or customers that were made"`
	Reversed    int `json:"reversed" doc:"Journals reversed by the roll-back"`
	Chunks      int `json:"-"` // of staged journals, in all
	Steps       int `json:"-"` // of the staging, in all
	Similar     int `json:"similarParties" doc:"Groups of parties whose names are nearly the same"`
	Repeated    int `json:"repeatedRows" doc:"Groups of rows that differ in their ids at most"`
}

// Sums are the signed amounts of rows at each stage.
type Sums struct {
	File     money.Money `json:"file" doc:"Of all rows whose amount can be read"`
	Accepted money.Money `json:"accepted"`
	Posted   money.Money `json:"posted"`
	Reversed money.Money `json:"reversed"`
}

// Signature says who signed an import off.
type Signature struct {
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Note string    `json:"note,omitempty"`
}

// Import is a file on its way into the books.
type Import struct {
	ID               string        `json:"id" doc:"imp_…"`
	Name             string        `json:"name"`
	Entity           string        `json:"entity"`
	Mapping          string        `json:"mapping" doc:"Id or name of the mapping, or inline"`
	Source           string        `json:"source"`
	BalancingAccount string        `json:"balancingAccount"`
	Defaults         Defaults      `json:"defaults"`
	StopOnError      bool          `json:"stopOnError"`
	PartyKind        string        `json:"partyKind" enum:"supplier,customer"`
	FileName         string        `json:"fileName,omitempty"`
	Worksheet        string        `json:"worksheet,omitempty" doc:"The worksheet that was asked for, where the file is a workbook"`
	Worksheets       []string      `json:"worksheets,omitempty" doc:"The workbook's worksheets in their order, the first 50, once it was validated"`
	State            State         `json:"state" enum:"created,validating,validated,committing,committed,rolling-back,rolled-back,signed-off,expired"`
	Job              string        `json:"job,omitempty" doc:"The latest job"`
	Counts           Counts        `json:"counts"`
	Sums             Sums          `json:"sums"`
	SignedOff        *Signature    `json:"signedOff,omitempty"`
	Problem          *jobs.Problem `json:"problem,omitempty" doc:"Why the validation came to no end"`
	ClearedAt        *time.Time    `json:"clearedAt,omitempty" doc:"When its file and its staged rows were deleted, because it was over for long"`
	CreatedBy        string        `json:"createdBy"`
	CreatedAt        time.Time     `json:"createdAt"`
	Version          int           `json:"version"`

	File   FileRef     `json:"-"`
	Round  int         `json:"-"` // of validation: staged chunks of an earlier round are never looked at again
	Next   int         `json:"-"` // chunk or step that the job at work does next
	Undo   *UndoFields `json:"-"` // how a roll-back reverses
	Merged bool        `json:"-"` // whether parties are to be merged
	Tidy   bool        `json:"-"` // nothing is left of what was cleared
}

// FileRef is where an import's file is, and what it was when it was validated.
type FileRef struct {
	Key    string `json:"key,omitempty"` // in the file store; empty for inline content
	Bytes  int64  `json:"bytes,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	Taken  string `json:"-"` // key of the copy that the validation works on; empty for inline content
	Sheet  bool   `json:"-"` // the copy holds the rows of a worksheet, each with its number before it
}

// RecordVersion gives the version for the ETag.
func (i Import) RecordVersion() int { return i.Version }

// Location gives the record's address.
func (i Import) Location() string { return "/migration/v1/imports/" + i.ID }

func (i Import) result() jobs.Result { return jobs.Result{Record: i.ID, Location: i.Location()} }

// ImportRef names an import in the path.
type ImportRef struct {
	ImportID string `path:"importId" json:"-" doc:"imp_…"`
}

// current reads the import that a call acts on, at the version that the caller saw.
func (d Ports) current(ctx context.Context, c *op.Call, ref ImportRef) (Import, error) {
	i, err := d.Imports.Import(ctx, c.Tenant, ref.ImportID)
	if err != nil {
		return i, err
	}
	if err := c.Within(i.Entity); err != nil {
		return i, err
	}
	return i, c.Match(i.Version)
}

// idle refuses an import on which a job is at work.
func (d Ports) idle(ctx context.Context, c *op.Call, i Import) error {
	if i.Job == "" {
		return nil
	}
	j, err := d.Jobs.Job(ctx, c.Tenant, i.Job)
	if err != nil {
		return err
	}
	if !j.State.Final() {
		return jobs.RuleBusy.Err()
	}
	return nil
}

// save puts a changed import into the act; was is the state that was read.
func (d Ports) save(c *op.Call, after, was Import) Import {
	after.Version = was.Version + 1
	d.Imports.Save(c.Act, after, was.Version)
	c.Act.Changes = append(c.Act.Changes, op.Diff(after.ID, was, after)...)
	return after
}

// start begins a job on the import, as the call's own act.
func (d Ports) start(ctx context.Context, c *op.Call, was Import, w jobs.Work, change func(*Import)) (jobs.View, error) {
	if err := d.idle(ctx, c, was); err != nil {
		return jobs.View{}, err
	}
	w.Subject = was.ID
	j, err := jobs.Start(c, d.Jobs, w)
	if err != nil {
		return jobs.View{}, err
	}
	after := was
	change(&after)
	after.Job, after.Problem = j.ID, nil
	d.save(c, after, was)
	return j.View(), nil
}

// jobAgain answers a repeated call that started a job.
func jobAgain[In any](ctx context.Context, c *op.Call, d Ports, _ In, was op.Recorded) (jobs.View, error) {
	return jobs.Again(ctx, c, d.Jobs, was)
}

// stepAgain answers a repeated step of a job.
func stepAgain(ctx context.Context, c *op.Call, d Ports, in jobs.StepIn, _ op.Recorded) (jobs.Outcome, error) {
	return jobs.StepAgain(ctx, c, d.Jobs, in)
}

// openStep begins a step of a job on an import. A job that was asked to stop ends here, and so does one whose import has gone
// on with another; in both cases ended is true and out the answer.
func (d Ports) openStep(ctx context.Context, c *op.Call, in jobs.StepIn) (st *jobs.Step, i Import, out jobs.Outcome, ended bool, err error) {
	if st, err = jobs.Open(ctx, c, d.Jobs, in); err != nil {
		return
	}
	if i, err = d.Imports.Import(ctx, c.Tenant, st.Job.Subject); err != nil {
		return
	}
	switch {
	case st.Cancelled():
		return st, i, st.Cancel(), true, nil
	case i.Job != st.Job.ID:
		return st, i, st.Fail(RuleImportState.Err()), true, nil
	case i.ClearedAt != nil:
		return st, i, st.Fail(RuleImportCleared.Err()), true, nil
	}
	return
}

// checkAccount refuses an account that takes no postings.
func checkAccount(c *fault.Collector, chart finance.Chart, pointer, code string) {
	a, there := chart.Accounts.Get(code)
	c.Check(there && !a.Header && !a.Archived, pointer, RuleAccount)
}

func checkBlank(c *fault.Collector, pointer, text string) {
	c.Check(strings.TrimSpace(text) != "", pointer, RuleBlank)
}
