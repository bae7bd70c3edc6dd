package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"

	"github.com/spf13/cobra"

	"backoffice/internal/boclient"
)

func (a *app) listImports() *cobra.Command {
	return a.lists(listing{use: "list", short: "List imports, the newest first", path: importsPath, columns: []column{{"id", "id"}, {"name", "name"}, {"state", "state"},
		{"rows", "counts.rows"}, {"accepted", "counts.accepted"}, {"rejected", "counts.rejected"}, {"posted", "counts.posted"}, {"sum", "sums.accepted"}, {"job", "job"}}})
}

// mappings lists the saved mappings, and those that come with the system.
func (a *app) mappings() *cobra.Command {
	return &cobra.Command{Use: "mappings", Short: "List mappings, saved and shipped", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		c, _, err := a.connect()
		if err != nil {
			return err
		}
		var shipped any
		if err := c.Get(cmd.Context(), "/migration/v1/shipped-mappings", nil, &shipped); err != nil {
			return err
		}
		saved, err := every(cmd.Context(), c, "/migration/v1/mappings", url.Values{})
		if err != nil {
			return err
		}
		return a.show(map[string]any{"data": append(list(shipped, "data"), list(saved, "data")...)}, table{rows: "data", columns: []column{{"id", "id"}, {"name", "name"},
			{"date format", "dateFormat"}, {"parties", "partyKind"}, {"balancing account", "balancingAccount"}}})
	}}
}

// importReport makes a command that reads a report on an import.
func (a *app) importReport(use, short, report string) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		c, _, err := a.connect()
		if err != nil {
			return err
		}
		return a.reportOn(cmd.Context(), c, args[0], report)
	}}
}

func (a *app) reportOn(ctx context.Context, c *boclient.Client, id, report string) error {
	path := importPath(id) + "/" + report
	if a.format == "json" {
		var answer any
		if err := c.Get(ctx, path, nil, &answer); err != nil {
			return err
		}
		return a.show(answer, table{})
	}
	heads, rows, err := readCSV(ctx, c, path, nil)
	if err != nil {
		return err
	}
	return a.grid(heads, rows)
}

func (a *app) importErrors() *cobra.Command {
	var to string
	c := &cobra.Command{Use: "errors ID", Short: "Write the rejected rows, with codes and messages", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		c, _, err := a.connect()
		if err != nil {
			return err
		}
		return a.writeErrors(cmd.Context(), c, args[0], to)
	}}
	c.Flags().StringVarP(&to, "output", "o", "", "file to write; standard output unless given")
	return c
}

const outputMode = 0o600

// writeErrors writes an import's error file.
func (a *app) writeErrors(ctx context.Context, c *boclient.Client, id, to string) error {
	answer, err := c.Do(ctx, boclient.Call{Method: http.MethodGet, Path: importPath(id) + "/error-file", Query: url.Values{"format": {"csv"}}})
	if err != nil {
		return err
	}
	if to == "" {
		_, err = a.out.Write(answer.Body)
		return err
	}
	if err := os.WriteFile(to, answer.Body, outputMode); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(a.errs, "Rejected rows in", to)
	return nil
}

// importJob makes a command that starts a job of an import and follows it.
func (a *app) importJob(action, short string) *cobra.Command {
	var w write
	return w.flags(&cobra.Command{Use: action + " ID", Short: short, Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		return a.start(cmd.Context(), w, args[0], action, nil)
	}})
}

// start starts a job of an import; a dry run says whether it could be started.
func (a *app) start(ctx context.Context, w write, id, action string, body any) error {
	c, _, err := a.connect()
	if err != nil {
		return err
	}
	started, err := w.act(ctx, c, importPath(id), action, "", body)
	if err != nil {
		return err
	}
	if w.dryRun {
		return a.done(started, w, table{})
	}
	return a.follow(ctx, c, started)
}

func (a *app) rollBack() *cobra.Command {
	var mode, date, reason string
	var w write
	c := &cobra.Command{Use: "roll-back ID", Short: "Reverse every journal of an import", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		body := map[string]any{"mode": mode, "reason": reason}
		d, err := day(date)
		if err != nil {
			return err
		}
		if d != "" {
			body["date"] = d
		}
		return a.start(cmd.Context(), w, args[0], "roll-back", body)
	}}
	f := c.Flags()
	f.StringVar(&mode, "mode", "correct", "correct: on the journals' own dates; accrual: all on --date")
	f.StringVar(&date, "date", "", "date of the reversals, for mode accrual")
	f.StringVar(&reason, "reason", "", "why")
	_ = c.MarkFlagRequired("reason")
	return w.flags(c)
}

func (a *app) signOff() *cobra.Command {
	var note string
	var rejected bool
	var w write
	c := &cobra.Command{Use: "sign-off ID", Short: "Accept a committed import for good", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		c, _, err := a.connect()
		if err != nil {
			return err
		}
		body := map[string]any{"acceptRejected": rejected}
		if note != "" {
			body["note"] = note
		}
		answer, err := w.act(cmd.Context(), c, importPath(args[0]), "sign-off", "", body)
		if err != nil {
			return err
		}
		return a.done(answer, w, table{})
	}}
	c.Flags().StringVar(&note, "note", "", "what is to be remembered")
	c.Flags().BoolVar(&rejected, "accept-rejected", false, "the rejected rows are meant to stay out")
	return w.flags(c)
}
