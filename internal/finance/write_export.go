package finance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"backoffice/internal/fault"
	"backoffice/internal/files"
	"backoffice/internal/jobs"
	"backoffice/internal/money"
	"backoffice/internal/op"
	"backoffice/internal/sheet"
)

// WriteExport does one step of an export: it reads some rows into a part, or joins the parts, or clears them away.
var WriteExport = op.Op[Ports, jobs.StepIn, jobs.Outcome]{
	Spec: op.Spec{
		ID: "finance.write-export", Kind: op.Task, Permission: "exports.create",
		Summary:     "Write a part of an export",
		Description: "Called step by step for the job of an export, until it ends.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List | op.Put, Indexes: "pending"}},
		Files:       []op.FileAccess{{Folder: files.Exports, Do: op.FileRead | op.FileWrite | op.FileDelete}},
		Uses:        []*op.Contribution{&jobs.Stepping},
		Example:     op.Example{Body: `{"job":"${finance.create-export.id}","step":0}`},
		MemoryMB:    2048,
		DiskMB:      joinDiskMB,
		Timeout:     joinMax,
		Heavy:       "It writes workbooks and paper, which takes two large libraries.",
	},
	Handle: writeExport,
	Again: func(ctx context.Context, c *op.Call, d Ports, in jobs.StepIn, _ op.Recorded) (jobs.Outcome, error) {
		return jobs.StepAgain(ctx, c, d.Jobs, in)
	},
}

const (
	// joinMax is how long the longest step may take: joining the largest workbook.
	joinMax = 10 * time.Minute
	// joinDiskMB is the room that the largest workbook takes while it is joined: two gigabytes of XML, and what comes of them.
	joinDiskMB = 4096
	// exportTriesMax is how often an export begins anew because something was posted to what it was reading.
	exportTriesMax = 3
	// partHashChars tells two writings of one part apart.
	partHashChars = 16
)

func writeExport(ctx context.Context, c *op.Call, d Ports, in jobs.StepIn) (jobs.Outcome, error) {
	st, err := jobs.Open(ctx, c, d.Jobs, in)
	if err != nil {
		return jobs.Outcome{}, err
	}
	was, err := d.Exports.Export(ctx, c.Tenant, st.Job.Subject)
	if err != nil {
		return jobs.Outcome{}, err
	}
	s := exporting{Ports: d, call: c, step: st, was: was, now: was}
	if st.Cancelled() {
		s.now.State = ExportCancelled
		s.save()
		return st.Cancel(), nil
	}
	out, err := s.next(ctx)
	var refusal *fault.Error
	if errors.As(err, &refusal) && !refusal.Retryable() && refusal.Kind != fault.Internal {
		problem := jobs.ProblemOf(err)
		s.now = was
		s.now.State, s.now.Problem = ExportFailed, &problem
		s.save()
		return st.Fail(err), nil // asking again would end the same
	}
	return out, err
}

// exporting is one step at work. Files are written before the step's act is committed, under names that tell by a hash what is
// in them: a step that is done twice, by two runners or after a crash, never changes what another has committed.
type exporting struct {
	Ports
	call     *op.Call
	step     *jobs.Step
	was, now Export
}

func (s *exporting) save() {
	s.now.Version = s.was.Version + 1
	s.Exports.Save(s.call.Act, s.now, s.was.Version)
	s.call.Act.Changes = append(s.call.Act.Changes, op.Diff(s.now.ID, s.was, s.now)...)
}

func (s *exporting) progress() jobs.Progress {
	p := jobs.Progress{Done: s.now.Rows, Unit: "rows"}
	if s.now.Work.Read {
		p.Total = s.now.Rows
	}
	return p
}

// next does what comes next.
func (s *exporting) next(ctx context.Context) (jobs.Outcome, error) {
	if s.Files == nil {
		return jobs.Outcome{}, RuleExportStore.Err()
	}
	switch w := &s.now.Work; {
	case s.now.State == ExportReady:
		if err := s.clear(ctx); err != nil {
			return jobs.Outcome{}, err
		}
		return s.step.Finish(s.progress(), jobs.Result{Record: s.now.ID, Location: s.now.Location()}), nil
	case w.Read:
		if err := s.join(ctx); err != nil {
			return jobs.Outcome{}, err
		}
	default:
		s.now.State = ExportRunning
		if err := s.gather(ctx); err != nil {
			return jobs.Outcome{}, err
		}
	}
	s.save()
	return s.step.Advance(s.progress()), nil
}

// gather reads the next rows into a part; after the last ones it holds what was read against the balances.
func (s *exporting) gather(ctx context.Context) error {
	source, w := s.now.source(), &s.now.Work
	if !w.Begun {
		if err := source.begin(ctx, s.call, s.Ports, &s.now); err != nil {
			return err
		}
	}
	rows, next, err := source.page(ctx, s.call, s.Ports, &s.now)
	if err != nil {
		return err
	}
	s.count(rows)
	w.Begun, w.After, w.Read = true, next, next == nil
	if w.Read && source.end != nil {
		last, agrees, err := source.end(ctx, s.call, s.Ports, &s.now)
		if err != nil {
			return err
		}
		if !agrees {
			return s.anew()
		}
		s.count(last)
		rows = append(rows, last...)
	}
	if refused := tooLong(s.now.Format, w.Lines); refused != nil {
		return refused
	}
	return s.part(ctx, rows)
}

// anew begins again from the first row: something was posted to days that had been read, and the file would not add up. The
// balances tell, since they are read in one piece.
func (s *exporting) anew() error {
	tries := s.now.Work.Tries + 1
	if tries >= exportTriesMax {
		return RuleExportMoved.Err()
	}
	s.now.Rows, s.now.Work = 0, ExportWork{Tries: tries}
	return nil
}

// count counts rows, records apart from totals.
func (s *exporting) count(rows []sheet.Row) {
	s.now.Work.Lines += len(rows)
	for _, r := range rows {
		if r.Role == sheet.Data {
			s.now.Rows++
		}
	}
}

// add adds an amount to one of the sums that are carried from step to step.
func (w *ExportWork) add(name string, m money.Money) {
	if w.Sums == nil {
		w.Sums = map[string]money.Money{}
	}
	w.Sums[name] = w.sum(name).Add(m)
}

// sum gives a sum so far.
func (w *ExportWork) sum(name string) money.Money {
	if m, there := w.Sums[name]; there {
		return m
	}
	return money.FromMinor(0, w.Currency)
}

// part keeps rows in a file of their own.
func (s *exporting) part(ctx context.Context, rows []sheet.Row) error {
	var b bytes.Buffer
	if err := sheet.WritePart(&b, rows); err != nil {
		return err
	}
	sum := sha256.Sum256(b.Bytes())
	name := fmt.Sprintf("part-%06d-%s", len(s.now.Work.Parts), hex.EncodeToString(sum[:])[:partHashChars])
	if err := s.Files.Put(ctx, s.now.key(s.call.Tenant, name), &b, int64(b.Len())); err != nil {
		return fmt.Errorf("part of export %s: %w", s.now.ID, err)
	}
	s.now.Work.Parts = append(s.now.Work.Parts, name)
	return nil
}

// join writes the file out of its parts. It stands on the machine's own disk until its length is known, never in memory.
func (s *exporting) join(ctx context.Context) error {
	e := &s.now
	file, err := sheet.Spooled(func(w io.Writer) error { return s.Sheets.Write(e.Format, w, e.Work.Head, s.rows(ctx)) })
	if err != nil {
		return fmt.Errorf("file of export %s: %w", e.ID, err)
	}
	e.Work.File = "file-" + file.SHA256[:partHashChars] + "." + string(e.Format)
	err = s.Files.Put(ctx, e.key(s.call.Tenant, e.Work.File), file, file.Bytes)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("file of export %s: %w", e.ID, err)
	}
	e.State, e.Bytes, e.SHA256 = ExportReady, file.Bytes, file.SHA256
	return nil
}

// rows gives the rows of all parts in order.
func (s *exporting) rows(ctx context.Context) sheet.Rows {
	return func(yield func(sheet.Row, error) bool) {
		for _, name := range s.now.Work.Parts {
			more, err := s.readPart(ctx, name, yield)
			if err != nil {
				yield(sheet.Row{}, err)
				return
			}
			if !more {
				return
			}
		}
	}
}

func (s *exporting) readPart(ctx context.Context, name string, yield func(sheet.Row, error) bool) (more bool, err error) {
	part, _, err := s.Files.Open(ctx, s.now.key(s.call.Tenant, name))
	if errors.Is(err, files.ErrNone) {
		return false, RuleExportGone.Err()
	}
	if err != nil {
		return false, err
	}
	more = sheet.ReadPart(part, yield)
	if err := part.Close(); more { // whoever wants no more rows must not be given the error of closing as one
		return true, err
	}
	return false, nil
}

// clear removes the parts, which nobody needs once the file is there. What it misses goes when the folder is swept.
func (s *exporting) clear(ctx context.Context) error {
	for _, name := range s.now.Work.Parts {
		if err := s.Files.Delete(ctx, s.now.key(s.call.Tenant, name)); err != nil {
			return fmt.Errorf("part of export %s: %w", s.now.ID, err)
		}
	}
	return nil
}
