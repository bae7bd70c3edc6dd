package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"backoffice/internal/boclient"
)

// entity finds the entity that a command is about: named by id or name, that of the profile, or the only one there is.
func entity(ctx context.Context, c *boclient.Client, p profile, named string) (string, error) {
	if named == "" {
		named = p.Entity
	}
	if strings.HasPrefix(named, "ent_") {
		return named, nil
	}
	all, err := every(ctx, c, "/finance/v1/entities", nil)
	if err != nil {
		return "", err
	}
	rows := list(all, "data")
	if named == "" && len(rows) == 1 {
		return cell(rows[0], "id"), nil
	}
	if named == "" {
		return "", fmt.Errorf("there are %d entities: name one with --entity, or choose one with boctl entities use", len(rows))
	}
	for _, r := range rows {
		if strings.EqualFold(cell(r, "name"), named) {
			return cell(r, "id"), nil
		}
	}
	return "", fmt.Errorf("there is no entity %q", named)
}

// entityFlag adds the flag that names the entity.
func entityFlag(c *cobra.Command, into *string) {
	c.Flags().StringVar(into, "entity", "", "id or name of the entity; that of the profile, or the only one, unless given")
}

func (a *app) entities() *cobra.Command {
	show := a.lists(listing{use: "list", short: "List the entities", path: "/finance/v1/entities", columns: []column{{"id", "id"}, {"name", "name"},
		{"number", "companyNumber"}, {"currency", "baseCurrency"}, {"year begins", "fiscalYearStart"}, {"chart", "chart"}}})
	use := &cobra.Command{Use: "use ENTITY", Short: "Use an entity wherever a command names none", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		c, p, err := a.connect()
		if err != nil {
			return err
		}
		id, err := entity(cmd.Context(), c, p, args[0])
		if err != nil {
			return err
		}
		if err := c.Get(cmd.Context(), "/finance/v1/entities/"+url.PathEscape(id), nil, new(any)); err != nil {
			return err
		}
		return a.change(cmd.Context(), func(ps *profiles) error {
			p := ps.All[a.name(*ps)]
			p.Entity = id
			ps.All[a.name(*ps)] = p
			return nil
		})
	}}
	return group("entities", "List entities and choose one", show, use)
}

func (a *app) accounts() *cobra.Command {
	var archived bool
	var types []string
	show := a.lists(listing{use: "list", short: "List an entity's chart of accounts", path: "/finance/v1/accounts", ofEntity: true,
		columns: []column{{"code", "code"}, {"name", "name"}, {"type", "type"}, {"class", "class"}, {"parent", "parent"}, {"header", "header"},
			{"control", "control"}, {"archived", "archived"}},
		query: func(q url.Values) {
			if archived {
				q.Set("archived", "true")
			}
			if len(types) > 0 {
				q.Set("type", strings.Join(types, ","))
			}
		}})
	show.Flags().BoolVar(&archived, "archived", false, "archived accounts too")
	show.Flags().StringSliceVar(&types, "type", nil, "only these types: asset, liability, equity, income, expense")
	return group("accounts", "List accounts", show)
}

func (a *app) periods() *cobra.Command {
	var named string
	show := &cobra.Command{Use: "list", Short: "List an entity's periods", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		c, p, err := a.connect()
		if err != nil {
			return err
		}
		id, err := entity(cmd.Context(), c, p, named)
		if err != nil {
			return err
		}
		years, err := every(cmd.Context(), c, "/finance/v1/fiscal-years", url.Values{"entity": {id}})
		if err != nil {
			return err
		}
		var rows []any
		for _, y := range list(years, "data") {
			rows = append(rows, list(y, "periods")...)
		}
		return a.show(map[string]any{"data": rows}, table{rows: "data", columns: periodColumns})
	}}
	entityFlag(show, &named)
	return group("periods", "List periods, close, lock and reopen them", show,
		a.step("start-closing", "Refuse further postings to a period"), a.step("close", "Close a period that is closing"),
		a.step("lock", "Lock a closed period for ever"), a.step("reopen", "Reopen a closed period"))
}

var periodColumns = []column{{"period", "period"}, {"state", "state"}, {"since", "since"}, {"version", "version"}}

// step makes the command that moves a period on.
func (a *app) step(action, short string) *cobra.Command {
	var named string
	var wait bool
	var w write
	c := &cobra.Command{Use: action + " PERIOD", Short: short, Args: cobra.ExactArgs(1), Example: "  boctl periods " + action + " 2026-04",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, p, err := a.connect()
			if err != nil {
				return err
			}
			id, err := entity(cmd.Context(), c, p, named)
			if err != nil {
				return err
			}
			record := "/finance/v1/periods/" + url.PathEscape(id+"."+args[0])
			if wait && !w.dryRun {
				if err := a.beginClosing(cmd.Context(), c, record); err != nil {
					return err
				}
			}
			answer, err := w.act(cmd.Context(), c, record, action, "", nil)
			for p, ok := isProblem(err); ok && wait && p.RetryAfter > 0; p, ok = isProblem(err) {
				_, _ = fmt.Fprintf(a.errs, "%s Waiting %s.\n", p.Detail, p.RetryAfter)
				if err := c.Wait(cmd.Context(), p.RetryAfter); err != nil {
					return err
				}
				answer, err = w.act(cmd.Context(), c, record, action, "", nil)
			}
			if err != nil {
				return err
			}
			return a.doneOne(answer, w, periodColumns)
		}}
	entityFlag(c, &named)
	if action == "close" {
		c.Flags().BoolVar(&wait, "wait", false, "begin the closing where it has not begun, and wait until the period can be closed")
	}
	return w.flags(c)
}

// beginClosing begins the closing of a period that is still open.
func (a *app) beginClosing(ctx context.Context, c *boclient.Client, record string) error {
	var period struct{ State string }
	if err := c.Get(ctx, record, nil, &period); err != nil || period.State != "open" {
		return err
	}
	_, err := (&write{}).act(ctx, c, record, "start-closing", "", nil)
	return err
}

func isProblem(err error) (*boclient.Problem, bool) { return errors.AsType[*boclient.Problem](err) }

// day checks a date of the command line.
func day(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	if _, err := time.Parse("2006-01-02", text); err != nil {
		return "", fmt.Errorf("%q is no date such as 2026-03-31", text)
	}
	return text, nil
}
