package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"backoffice/internal/boclient"
)

// query is what a report can be asked.
type query struct {
	entity, from, asOf string
	dimensions         []string
	cumulative         bool
}

// report makes the commands that read reports.
func (a *app) report() *cobra.Command {
	return group("report", "Read reports",
		a.statement("trial-balance", "Every account's balance at the end of a day", "trial-balance"),
		a.statement("profit-and-loss", "Income and expense of a stretch of days", "profit-and-loss"),
		a.statement("balance-sheet", "Assets, liabilities and equity at the end of a day", "balance-sheet"),
		a.statement("listing", "Every posted journal of a stretch of days", "journal-listing"),
		a.ledger())
}

func (a *app) statement(use, short, report string) *cobra.Command {
	var q query
	c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return a.read(cmd.Context(), q, func(id string) (string, url.Values) {
			return "/finance/v1/reports/" + report, url.Values{"entity": {id}}
		})
	}}
	q.flags(c, use)
	return c
}

func (a *app) ledger() *cobra.Command {
	var q query
	c := &cobra.Command{Use: "ledger ACCOUNT", Short: "Every line of an account in a stretch of days", Args: cobra.ExactArgs(1), Example: "  boctl report ledger 1200 --as-of 2026-03-31",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.read(cmd.Context(), q, func(id string) (string, url.Values) {
				return "/finance/v1/accounts/" + url.PathEscape(id+"."+args[0]) + "/ledger", url.Values{}
			})
		}}
	q.flags(c, "ledger")
	return c
}

func (q *query) flags(c *cobra.Command, report string) {
	entityFlag(c, &q.entity)
	f := c.Flags()
	f.StringVar(&q.asOf, "as-of", "", "last day that counts; today unless given")
	if report != "trial-balance" && report != "balance-sheet" {
		f.StringVar(&q.from, "from", "", "first day that counts; that of the fiscal year unless given")
	}
	f.StringArrayVar(&q.dimensions, "dimension", nil, "only lines with this value, written dimension:value; may be given again")
	if report == "trial-balance" {
		f.BoolVar(&q.cumulative, "cumulative", false, "count income and expense from the beginning of the books")
	}
}

func (q query) values(into url.Values) error {
	for name, text := range map[string]string{"from": q.from, "asOf": q.asOf} {
		d, err := day(text)
		if err != nil {
			return err
		}
		if d != "" {
			into.Set(name, d)
		}
	}
	if len(q.dimensions) > 0 {
		into.Set("dimension", strings.Join(q.dimensions, ","))
	}
	if q.cumulative {
		into.Set("cumulative", "true")
	}
	return nil
}

// read gets a report, all of its pages, and writes it. What the balances do not hold yet is told beside it.
func (a *app) read(ctx context.Context, q query, where func(entity string) (string, url.Values)) error {
	c, p, err := a.connect()
	if err != nil {
		return err
	}
	id, err := entity(ctx, c, p, q.entity)
	if err != nil {
		return err
	}
	path, values := where(id)
	if err := q.values(values); err != nil {
		return err
	}
	if a.format == "json" {
		return a.readJSON(ctx, c, path, values)
	}
	heads, rows, err := readCSV(ctx, c, path, values)
	if err != nil {
		return err
	}
	if a.format == "csv" {
		w := csv.NewWriter(a.out) // the system has made its cells harmless already
		w.UseCRLF = true
		if err := w.WriteAll(append([][]string{heads}, rows...)); err != nil {
			return err
		}
		return a.pending(ctx, c, path, values)
	}
	if err := a.aligned(heads, rows); err != nil {
		return err
	}
	return a.pending(ctx, c, path, values)
}

func paged(path string) bool {
	return strings.HasSuffix(path, "/ledger") || strings.HasSuffix(path, "/journal-listing")
}

// readJSON gives the report as the system does, with the rows of all pages in the first.
func (a *app) readJSON(ctx context.Context, c *boclient.Client, path string, values url.Values) error {
	if paged(path) {
		values.Set("limit", "200")
	}
	var report map[string]any
	if err := c.Get(ctx, path, values, &report); err != nil {
		return err
	}
	rows := list(report, "data")
	for next := cell(report, "page.next"); next != ""; {
		values.Set("cursor", next)
		var page any
		if err := c.Get(ctx, path, values, &page); err != nil {
			return err
		}
		rows = append(rows, list(page, "data")...)
		next = cell(page, "page.next")
	}
	if rows != nil {
		report["data"] = rows
		delete(report, "page")
	}
	return a.show(report, table{})
}

// readCSV reads the rows of all pages.
func readCSV(ctx context.Context, c *boclient.Client, path string, values url.Values) (heads []string, rows [][]string, err error) {
	q := url.Values{"format": {"csv"}}
	for name, v := range values {
		q[name] = v
	}
	if paged(path) {
		q.Set("limit", "200")
	}
	for {
		answer, err := c.Do(ctx, boclient.Call{Method: http.MethodGet, Path: path, Query: q})
		if err != nil {
			return nil, nil, err
		}
		page, err := csv.NewReader(strings.NewReader(string(answer.Body))).ReadAll()
		if err != nil || len(page) == 0 {
			return nil, nil, fmt.Errorf("the report is no CSV: %w", err)
		}
		heads, rows = page[0], append(rows, page[1:]...)
		next := nextOf(answer.Header.Get("Link"))
		if next == "" {
			return heads, rows, nil
		}
		q.Set("cursor", next)
	}
}

// nextOf gives the cursor of the next page out of a Link header.
func nextOf(link string) string {
	address, _, ok := strings.Cut(strings.TrimPrefix(link, "<"), ">")
	if !ok || !strings.Contains(link, `rel="next"`) {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Query().Get("cursor")
}

// pending says what a report does not hold yet.
func (a *app) pending(ctx context.Context, c *boclient.Client, path string, values url.Values) error {
	if paged(path) {
		values.Set("limit", "1")
	}
	var report any
	if err := c.Get(ctx, path, values, &report); err != nil {
		return err
	}
	if n := cell(report, "pending.acts"); n != "" && n != "0" {
		_, _ = fmt.Fprintf(a.errs, "%s acts wait to be taken into the balances, the oldest since %s.\n", n, cell(report, "pending.oldest"))
	}
	return nil
}
