package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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

const exportsPath = "/finance/v1/exports"

// exportFormats are the formats of files, by which a file's name may end.
var exportFormats = []string{"csv", "jsonl", "xlsx", "pdf"}

// exportOrder is what an export is asked for.
type exportOrder struct {
	query
	account, format, to string
	types               []string
	archived            bool
	write               write
}

// export makes the commands that have reports and records written into files.
func (a *app) export() *cobra.Command {
	var o exportOrder
	c := &cobra.Command{Use: "export REPORT", Short: "Write a report or records into a file: CSV, JSON Lines, XLSX or PDF", Args: cobra.ExactArgs(1),
		ValidArgs: []string{"trial-balance", "account-ledger", "journal-listing", "profit-and-loss", "balance-sheet", "journals", "accounts", "parties"},
		Example: "  boctl export trial-balance --as-of 2026-03-31 -o trial-balance.xlsx\n  boctl export account-ledger --account 1200 --format pdf\n" +
			"  boctl export journals --from 2025-04-01 --as-of 2026-03-31 -o journals.jsonl",
		Long: "Has the system write a report, or all records of a kind, into a file, waits for it, fetches it, and holds it against the size and hash that the system\n" +
			"names. Reports: trial-balance, account-ledger, journal-listing, profit-and-loss, balance-sheet; records: journals, accounts, parties.\n" +
			"With --dry-run it tells how many rows to expect.",
		RunE: func(cmd *cobra.Command, args []string) error { return a.exportTo(cmd.Context(), args[0], o) }}
	entityFlag(c, &o.entity)
	f := c.Flags()
	f.StringVar(&o.format, "format", "", "csv, jsonl, xlsx or pdf; what the name of the file ends with unless given")
	f.StringVarP(&o.to, "output", "o", "", "file to write; named after the report unless given, - for standard output")
	f.StringVar(&o.asOf, "as-of", "", "last day that counts; today unless given")
	f.StringVar(&o.from, "from", "", "first day that counts; that of the fiscal year unless given")
	f.StringVar(&o.account, "account", "", "code of the account, for account-ledger")
	f.StringArrayVar(&o.dimensions, "dimension", nil, "only lines with this value, written dimension:value; may be given again")
	f.BoolVar(&o.cumulative, "cumulative", false, "trial-balance: count income and expense from the beginning of the books")
	f.StringSliceVar(&o.types, "type", nil, "accounts: only these types")
	f.BoolVar(&o.archived, "archived", false, "accounts and parties: archived ones too")
	c.AddCommand(a.lists(listing{use: "list", short: "List exports, the newest first", path: exportsPath, columns: []column{{"id", "id"}, {"report", "report"},
		{"format", "format"}, {"state", "state"}, {"rows", "rows"}, {"bytes", "bytes"}, {"expires", "expires"}}}), a.fetchExport())
	return o.write.flags(c)
}

// fetchExport makes the command that fetches a file again, as long as it is kept.
func (a *app) fetchExport() *cobra.Command {
	var to string
	c := &cobra.Command{Use: "fetch ID", Short: "Fetch the file of an export that is ready", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		c, _, err := a.connect()
		if err != nil {
			return err
		}
		return a.fetch(cmd.Context(), c, args[0], to)
	}}
	c.Flags().StringVarP(&to, "output", "o", "", "file to write; the export's own name unless given, - for standard output")
	return c
}

// body is the call that starts the export.
func (o exportOrder) body(ctx context.Context, c *boclient.Client, p profile, report string) (map[string]any, error) {
	format := o.format
	if format == "" {
		format = strings.TrimPrefix(filepath.Ext(o.to), ".")
	}
	if format == "" {
		return nil, fmt.Errorf("say --format %s, or name a file that ends with one of them", strings.Join(exportFormats, ", "))
	}
	parameters := map[string]any{}
	values := url.Values{}
	if err := o.values(values); err != nil {
		return nil, err
	}
	for _, name := range []string{"from", "asOf"} {
		if values.Has(name) {
			parameters[name] = values.Get(name)
		}
	}
	if report != "parties" {
		id, err := entity(ctx, c, p, o.entity)
		if err != nil {
			return nil, err
		}
		parameters["entity"] = id
	}
	for name, given := range map[string]any{"account": o.account, "dimension": o.dimensions, "type": o.types, "cumulative": o.cumulative, "archived": o.archived} {
		switch v := given.(type) {
		case string:
			if v != "" {
				parameters[name] = v
			}
		case []string:
			if len(v) > 0 {
				parameters[name] = v
			}
		case bool:
			if v {
				parameters[name] = v
			}
		}
	}
	return map[string]any{"report": report, "format": format, "parameters": parameters}, nil
}

// exportTo starts an export, waits for it, and fetches its file.
func (a *app) exportTo(ctx context.Context, report string, o exportOrder) error {
	c, p, err := a.connect()
	if err != nil {
		return err
	}
	body, err := o.body(ctx, c, p, report)
	if err != nil {
		return err
	}
	started, err := o.write.call(ctx, c, post(exportsPath, body))
	if err != nil {
		return err
	}
	if o.write.dryRun {
		return a.done(at(started, "estimate"), o.write, table{})
	}
	if err := a.follow(ctx, c, started); err != nil {
		return err
	}
	return a.fetch(ctx, c, cell(started, "export.id"), o.to)
}

// exported is an export as far as fetching its file needs.
type exported struct {
	ID, State, FileName, SHA256 string
	Rows, Bytes                 int64
	Download                    *place
}

// errDamaged is a file that is not the one that the system wrote.
var errDamaged = errors.New("the file that came is not the one that was written; fetch it again")

// fetch writes the file of an export, once it is whole and has the hash that the system names: nobody works with half a ledger.
func (a *app) fetch(ctx context.Context, c *boclient.Client, id, to string) error {
	var e exported
	if err := c.Get(ctx, exportsPath+"/"+url.PathEscape(id), nil, &e); err != nil {
		return err
	}
	if e.Download == nil {
		return fmt.Errorf("%w: the export is %s", errJobFailed, e.State)
	}
	if to == "" {
		to = filepath.Base(e.FileName)
	}
	dir := filepath.Dir(to)
	if to == "-" {
		dir = ""
	}
	part, err := os.CreateTemp(dir, ".boctl-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(part.Name()) }()
	err = e.Download.get(ctx, c, a, part, e)
	if err == nil && to == "-" {
		err = copyOut(part, a.out)
	}
	if err := errors.Join(err, part.Close()); err != nil {
		return err
	}
	if to == "-" {
		return nil
	}
	if err := os.Rename(part.Name(), to); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(a.errs, "%d rows in %s, SHA-256 %s.\n", e.Rows, to, e.SHA256)
	return nil
}

func copyOut(f io.ReadSeeker, out io.Writer) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(out, f)
	return err
}

// get fetches what stands at an address into a file, and holds it against what it has to be. The address is signed: no token
// goes with it.
func (p place) get(ctx context.Context, c *boclient.Client, a *app, into io.Writer, e exported) error {
	req, err := http.NewRequestWithContext(ctx, p.Method, p.URL, http.NoBody)
	if err != nil {
		return err
	}
	for name, value := range p.Headers {
		req.Header.Set(name, value)
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return &boclient.Unreachable{Cause: err}
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return &boclient.Problem{Status: resp.StatusCode, Code: "DOWNLOAD", Detail: "the address does not give the file"}
	}
	sum, bar := sha256.New(), a.bar(e.Bytes, "download", progressbar.OptionShowBytes(true))
	n, err := io.Copy(io.MultiWriter(into, sum, bar), io.LimitReader(resp.Body, e.Bytes+1))
	if err != nil {
		return &boclient.Unreachable{Cause: err}
	}
	if n != e.Bytes || hex.EncodeToString(sum.Sum(nil)) != e.SHA256 {
		return errDamaged
	}
	return nil
}
