package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"backoffice/internal/boclient"
)

const importsPath = "/migration/v1/imports"

func importPath(id string) string { return importsPath + "/" + url.PathEscape(id) }

func (a *app) imports() *cobra.Command {
	return group("import", "Import CSV files and workbooks, see what would come of them, and take imports back", a.runImport(), a.listImports(), a.mappings(),
		a.importReport("preview ID", "Show what committing an import would post", "preview"),
		a.importReport("reconcile ID", "Hold file, journals and ledger against one another", "reconciliation"),
		a.importErrors(), a.importJob("validate", "Read the file again, after something was mended"), a.importJob("commit", "Post the journals of a validated import"),
		a.rollBack(), a.signOff())
}

// plan is what an import is made of.
type plan struct {
	entity, mapping, mapFile, source, name, balancing, errorFile, sheet string
	commit, merge, stop                                                 bool
	write                                                               write
}

// runImport takes a file all the way: upload, mapping, validation, dry run, and with --commit into the books.
func (a *app) runImport() *cobra.Command {
	var p plan
	c := &cobra.Command{Use: "run FILE", Short: "Import a file: upload, validate, preview, and with --commit post", Args: cobra.ExactArgs(1),
		Example: "  boctl import run spending.csv --mapping public-spending --source spending --errors rejected.csv\n  boctl import run spending.csv --mapping public-spending --source spending --commit\n" +
			"  boctl import run spending.xlsx --sheet 2012 --mapping public-spending --source spending",
		Long: "Uploads a CSV file or a workbook (.xlsx), has every row checked and shows what posting would do to each account. Nothing enters the books without --commit; with --dry-run\n" +
			"it never does. Rejected rows are written to --errors, as CSV: the rows as they came, and two columns with codes and messages.",
		RunE: func(cmd *cobra.Command, args []string) error { return a.take(cmd.Context(), args[0], p) }}
	entityFlag(c, &p.entity)
	f := c.Flags()
	f.StringVar(&p.mapping, "mapping", "", "id of a saved mapping, or name of a shipped one")
	f.StringVar(&p.mapFile, "map", "", "JSON file with a mapping for this import alone")
	f.StringVar(&p.source, "source", "", "the system that the rows come from")
	f.StringVar(&p.name, "name", "", "name of the import; that of the file unless given")
	f.StringVar(&p.balancing, "balancing-account", "", "account for the other side of every journal, instead of the mapping's")
	f.StringVar(&p.sheet, "sheet", "", "worksheet of a workbook; the mapping's, or the first that is not hidden, unless given")
	f.StringVar(&p.errorFile, "errors", "", "file to which rejected rows are written")
	f.BoolVar(&p.merge, "merge-similar", false, "make one party of names that differ in case, punctuation or LTD/LIMITED")
	f.BoolVar(&p.stop, "stop-on-error", false, "post nothing while a row is rejected")
	f.BoolVar(&p.commit, "commit", false, "post the journals")
	_ = c.MarkFlagRequired("source")
	return p.write.flags(c)
}

func (a *app) take(ctx context.Context, file string, p plan) error {
	c, prof, err := a.connect()
	if err != nil {
		return err
	}
	if p.entity, err = entity(ctx, c, prof, p.entity); err != nil {
		return err
	}
	id, err := a.upload(ctx, c, file, p)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(a.errs, "Import", id)
	if err := a.work(ctx, c, id, "validate"); err != nil {
		return a.withWorksheets(ctx, c, id, err)
	}
	if p.merge {
		if _, err := (&write{}).act(ctx, c, importPath(id), "merge-parties", "", map[string]any{"all": true}); err != nil {
			return err
		}
	}
	rejected, err := a.previewed(ctx, c, id, p.errorFile)
	if err != nil {
		return err
	}
	if p.write.dryRun || !p.commit {
		_, _ = fmt.Fprintf(a.errs, "Nothing was posted. To post: boctl import commit %s\n", id)
		return nil
	}
	if rejected > 0 && p.stop {
		return fmt.Errorf("%w: %d rows are rejected", errJobFailed, rejected)
	}
	if err := a.work(ctx, c, id, "commit"); err != nil {
		return err
	}
	return a.reportOn(ctx, c, id, "reconciliation")
}

// upload makes the import and puts its file in place.
func (a *app) upload(ctx context.Context, c *boclient.Client, file string, p plan) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	body, err := p.body(filepath.Base(file), info.Size())
	if err != nil {
		return "", err
	}
	answer, err := c.Do(ctx, boclient.Call{Method: http.MethodPost, Path: importsPath, Body: body, Key: p.write.key})
	if err != nil {
		return "", err
	}
	var made struct {
		ID     string `json:"id"`
		Upload place  `json:"upload"`
	}
	if err := answer.Into(&made); err != nil {
		return "", err
	}
	bar := a.bar(info.Size(), "upload", progressbar.OptionShowBytes(true))
	err = made.Upload.put(ctx, c, io.TeeReader(f, bar), info.Size())
	return made.ID, err
}

func (p plan) body(name string, bytes int64) (map[string]any, error) {
	body := map[string]any{"name": p.name, "entity": p.entity, "source": p.source, "file": map[string]any{"name": name, "bytes": bytes}}
	if p.name == "" {
		body["name"] = name
	}
	if (p.mapping == "") == (p.mapFile == "") {
		return nil, errors.New("name a mapping with --mapping, or give one with --map")
	}
	if p.mapping != "" {
		body["mapping"] = p.mapping
	} else {
		raw, err := os.ReadFile(p.mapFile)
		if err != nil {
			return nil, err
		}
		if !json.Valid(raw) {
			return nil, fmt.Errorf("%s holds no JSON", p.mapFile)
		}
		body["map"] = json.RawMessage(raw)
	}
	if p.balancing != "" {
		body["balancingAccount"] = p.balancing
	}
	if p.stop {
		body["stopOnError"] = true
	}
	if p.sheet != "" {
		body["worksheet"] = p.sheet
	}
	return body, nil
}

// place is where a file is put: a signed address that needs no token.
type place struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
}

func (p place) put(ctx context.Context, c *boclient.Client, content io.Reader, bytes int64) error {
	req, err := http.NewRequestWithContext(ctx, p.Method, p.URL, content)
	if err != nil {
		return err
	}
	req.ContentLength = bytes
	for name, value := range p.Headers {
		req.Header.Set(name, value)
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return &boclient.Unreachable{Cause: err}
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= http.StatusBadRequest {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
		return &boclient.Problem{Status: resp.StatusCode, Code: "UPLOAD", Detail: strings.TrimSpace(string(text))}
	}
	return nil
}

// withWorksheets adds to a failed validation which worksheets a workbook has, since one of them may have been meant.
func (a *app) withWorksheets(ctx context.Context, c *boclient.Client, id string, err error) error {
	var i struct{ Worksheets []string }
	if c.Get(ctx, importPath(id), nil, &i) == nil && len(i.Worksheets) > 0 {
		_, _ = fmt.Fprintf(a.errs, "The workbook's worksheets: %q\n", i.Worksheets)
	}
	return err
}

// work starts a job of an import and follows it to its end.
func (a *app) work(ctx context.Context, c *boclient.Client, id, action string) error {
	started, err := (&write{}).act(ctx, c, importPath(id), action, "", nil)
	if err != nil {
		return err
	}
	return a.follow(ctx, c, started)
}

func (a *app) follow(ctx context.Context, c *boclient.Client, started any) error {
	j, err := a.watch(ctx, c, cell(started, "id"))
	if err != nil {
		return err
	}
	return a.ended(j)
}

// previewed shows what committing would post, and writes the rejected rows.
func (a *app) previewed(ctx context.Context, c *boclient.Client, id, errorFile string) (rejected int, err error) {
	if err := a.reportOn(ctx, c, id, "preview"); err != nil {
		return 0, err
	}
	var p struct{ Journals, Rows, Rejected int }
	if err := c.Get(ctx, importPath(id)+"/preview", nil, &p); err != nil {
		return 0, err
	}
	_, _ = fmt.Fprintf(a.errs, "%d rows make %d journals; %d rows are rejected.\n", p.Rows, p.Journals, p.Rejected)
	if p.Rejected == 0 || errorFile == "" {
		return p.Rejected, nil
	}
	return p.Rejected, a.writeErrors(ctx, c, id, errorFile)
}
