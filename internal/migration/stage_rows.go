package migration

import (
	"context"
	"errors"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
	"backoffice/internal/files"
	"backoffice/internal/finance"
	"backoffice/internal/jobs"
	"backoffice/internal/money"
	"backoffice/internal/op"
)

// StageRows does one step of a validation: it checks the rows of some chunks and stages their journals.
var StageRows = op.Op[Ports, jobs.StepIn, jobs.Outcome]{
	Spec: op.Spec{
		ID: "migration.stage-rows", Kind: op.Task, Permission: "imports.validate",
		Summary:     "Stage rows of an import",
		Description: "Called step by step for the job of a validation, until it ends.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}, {Table: finance.Table, Do: op.Get}},
		Files:       []op.FileAccess{{Folder: files.Uploads, Do: op.FileRead | op.FileWrite}},
		Uses:        []*op.Contribution{&jobs.Stepping},
		Example:     op.Example{Body: `{"job":"${migration.validate-import.id}","step":0}`},
		MemoryMB:    stageMemoryMB,
		Timeout:     takeMax,
	},
	Handle: stageRows,
	Again:  stepAgain,
}

func stageRows(ctx context.Context, c *op.Call, d Ports, in jobs.StepIn) (jobs.Outcome, error) {
	st, i, out, ended, err := d.openStep(ctx, c, in)
	if err != nil || ended {
		return out, err
	}
	if i.File.waits() {
		taken, err := d.takeIn(ctx, c, i)
		if err != nil {
			return d.unreadable(c, st, taken, i, err)
		}
		d.save(c, taken, i)
		return st.Advance(jobs.Progress{Unit: st.Job.Progress.Unit}), nil
	}
	s, err := d.staging(ctx, c, i)
	if err != nil {
		return d.unreadable(c, st, i, i, err)
	}
	if err := s.step(ctx, c, d); err != nil {
		return out, err
	}
	after := d.save(c, s.after, i)
	p := jobs.Progress{Done: after.Counts.Accepted + after.Counts.Rejected, Total: len(s.plan.entries), Unit: st.Job.Progress.Unit}
	if after.State == Validated {
		return st.Finish(p, after.result()), nil
	}
	return st.Advance(p), nil
}

// unreadable ends the validation of a file that cannot be read: it will not get better by asking again. The import says so, too,
// so that whoever reads it waits no longer.
func (d Ports) unreadable(c *op.Call, st *jobs.Step, after, was Import, err error) (jobs.Outcome, error) {
	var refusal *fault.Error
	if !errors.As(err, &refusal) || refusal.Retryable() {
		return jobs.Outcome{}, err
	}
	problem := jobs.ProblemOf(err)
	after.Problem = &problem
	d.save(c, after, was)
	return st.Fail(err), nil
}

// staging is one step at work.
type staging struct {
	plan   *plan
	books  finance.Books
	base   money.Currency
	before Import
	after  Import
	totals Totals
}

func (d Ports) staging(ctx context.Context, c *op.Call, i Import) (*staging, error) {
	raw, sum, err := d.read(ctx, c.Tenant, i)
	if err != nil {
		return nil, err
	}
	if i.File.SHA256 != "" && i.File.SHA256 != sum {
		return nil, RuleFileChanged.Err()
	}
	m, err := d.Imports.Mapping(ctx, c.Tenant, i.ID)
	if err != nil {
		return nil, err
	}
	s := &staging{before: i, after: i}
	if s.books, err = d.Finance.Books.Posting(ctx, c.Tenant, i.Entity, nil); err != nil {
		return nil, err
	}
	s.base = s.books.Chart.Currency
	if s.plan, err = newPlan(raw, i.File.Sheet, m, i.Defaults, i.Source, s.base); err != nil {
		return nil, err
	}
	s.after.File.SHA256 = sum
	s.totals, err = d.Imports.Totals(ctx, c.Tenant, i)
	return s, err
}

// step stages the chunks of the next step, and with the last one what looks doubtful in the whole file.
func (s *staging) step(ctx context.Context, c *op.Call, d Ports) error {
	i := &s.after
	if i.Next == 0 {
		s.begin()
	}
	chunks := s.plan.steps[i.Next]
	held, err := d.held(ctx, c, s.plan, chunks)
	if err != nil {
		return err
	}
	for n := chunks.from; n < chunks.to; n++ {
		chunk, refused := s.chunk(n, held)
		d.Imports.SaveChunk(c.Act, s.before, chunk)
		if len(refused.Rows) > 0 {
			d.Imports.SaveRefusals(c.Act, s.before, refused)
		}
	}
	d.Imports.SaveTotals(c.Act, s.before, s.totals)
	if i.Next++; i.Next < len(s.plan.steps) {
		return nil
	}
	found := Findings{Similar: s.plan.similar(), Repeated: s.plan.repeated()}
	i.Counts.Similar, i.Counts.Repeated = len(found.Similar), len(found.Repeated)
	found.Similar, found.Repeated = found.Similar[:min(findingsMax, len(found.Similar))], found.Repeated[:min(findingsMax, len(found.Repeated))]
	d.Imports.AddFindings(c.Act, s.before, found)
	i.State, i.Next = Validated, 0
	return nil
}

// begin counts what the whole file says.
func (s *staging) begin() {
	i := &s.after
	s.plan.tally(&i.Counts)
	i.Counts.Chunks, i.Counts.Steps = len(s.plan.chunks), len(s.plan.steps)
	for _, e := range s.plan.entries {
		if e.readable {
			i.Sums.File = i.Sums.File.Add(e.amount)
		}
	}
}

// held asks for the rows of a step which of them were imported before.
func (d Ports) held(ctx context.Context, c *op.Call, p *plan, chunks span) (map[Identity]bool, error) {
	var ids []Identity
	seen := map[Identity]bool{}
	for n := chunks.from; n < chunks.to; n++ {
		for _, rows := range p.groups[p.chunks[n].from:p.chunks[n].to] {
			for _, r := range rows {
				if id := p.entries[r].identity(); id.ExternalID != "" && !seen[id] {
					seen[id] = true
					ids = append(ids, id)
				}
			}
		}
	}
	return d.Imports.Held(ctx, c.Tenant, ids)
}

// chunk checks the rows of one chunk and stages what is accepted.
func (s *staging) chunk(n int, held map[Identity]bool) (Chunk, Refusals) {
	chunk, refused := Chunk{N: n, Staged: []Staged{}}, Refusals{Chunk: n}
	for _, rows := range s.plan.groups[s.plan.chunks[n].from:s.plan.chunks[n].to] {
		var j Staged
		for _, r := range rows {
			e := s.plan.entries[r]
			faults := s.check(e, held)
			if len(faults) > 0 {
				refused.Rows = append(refused.Rows, Refused{Row: e.n, Faults: faults})
				s.after.Counts.Rejected++
				continue
			}
			if len(j.Rows) == 0 {
				j = Staged{Document: e.document, Party: e.party, PartyID: s.plan.partyID(e), Date: e.date, Fate: Waiting}
			}
			j.Rows = append(j.Rows, StagedRow{N: e.n, Account: e.account, Minor: e.amount.MinorString(), Description: e.description, Source: e.source, ExternalID: e.externalID})
			s.after.Counts.Accepted++
			s.after.Sums.Accepted = s.after.Sums.Accepted.Add(e.amount)
		}
		if len(j.Rows) > 0 {
			chunk.Staged = append(chunk.Staged, j)
			addJournal(s.totals.Accepted, j, s.after.BalancingAccount, s.base)
			s.after.Counts.Staged++
		}
	}
	refused.sort()
	return chunk, refused
}

// check gives all that is wrong with a row: in itself, against the books, and against earlier imports.
func (s *staging) check(e entry, held map[Identity]bool) []fault.Field {
	var out []fault.Field
	say := func(rule fault.Rule, message string) {
		out = append(out, fault.Field{Code: rule.Code, Message: message})
	}
	for _, rule := range e.faults {
		say(rule, rule.Text)
	}
	if e.account != "" {
		if a, there := s.books.Chart.Accounts.Get(e.account); !there || a.Header || a.Archived {
			say(RowAccount, RowAccount.Text)
		}
	}
	if e.date != (civil.Date{}) && s.books.Calendar.Postable(e.date, "") != nil {
		say(RowPeriod, RowPeriod.Text)
	}
	if held[e.identity()] {
		say(RowImported, RowImported.Text)
	}
	if len(out) == 0 {
		out = s.ledger(e)
	}
	return out
}

// ledger has the ledger itself check a row as a line, for what only it knows, such as dimensions that an account requires.
func (s *staging) ledger(e entry) []fault.Field {
	f := finance.JournalFields{Date: e.date, Description: e.party, Lines: []finance.LineFields{line(e.account, e.amount, e.description, "")}}
	_, err := s.books.Draft("", f, finance.Import, finance.Hand{})
	var refusal *fault.Error
	if !errors.As(err, &refusal) {
		return nil
	}
	var out []fault.Field
	for _, x := range refusal.Fields {
		out = append(out, fault.Field{Code: RowLedger.Code, Message: x.Code + ": " + x.Message})
	}
	return out
}
