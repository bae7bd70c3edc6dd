package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"backoffice/internal/boclient"
)

func (a *app) journals() *cobra.Command {
	return group("journals", "Record, read, post and reverse journals", a.recordJournal(), a.getJournal(), a.draftJournals(), a.postJournal(), a.reverseJournal())
}

var journalColumns = []column{{"id", "id"}, {"number", "number"}, {"state", "state"}, {"date", "date"}, {"description", "description"}, {"total", "total"}}

func (a *app) recordJournal() *cobra.Command {
	var name string
	var atomic bool
	var w write
	c := &cobra.Command{Use: "record -f FILE", Short: "Record a journal, or a batch of them, from a JSON file", Args: cobra.NoArgs,
		Long: "Records the journal in a JSON file in the form of POST /finance/v1/journals/record, or up to 100 of them in the form of\n" +
			"POST /finance/v1/journals/batch ({\"items\": [...]}): each for itself, or with --atomic all of them or none.\n" +
			"A journal that names no entity gets that of the profile, or the only one.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			raw, err := a.file(name)
			if err != nil {
				return err
			}
			c, p, err := a.connect()
			if err != nil {
				return err
			}
			path, body, err := withEntity(cmd.Context(), c, p, raw)
			if err != nil {
				return err
			}
			query := url.Values{}
			if atomic {
				query.Set("atomic", "true")
			}
			answer, err := w.call(cmd.Context(), c, boclient.Call{Method: http.MethodPost, Path: path, Query: query, Body: body})
			if err != nil {
				return err
			}
			if list(answer, "items") == nil {
				answer = map[string]any{"items": []any{map[string]any{"record": answer}}}
			}
			if err := a.done(answer, w, table{rows: "items", columns: itemColumns}); err != nil {
				return err
			}
			return refusedItem(answer)
		}}
	c.Flags().StringVarP(&name, "file", "f", "", "file with the journal; - for standard input")
	_ = c.MarkFlagRequired("file")
	c.Flags().BoolVar(&atomic, "atomic", false, "post all journals of the file, or none")
	return w.flags(c)
}

// itemColumns show what became of each journal of a batch.
var itemColumns = []column{{"id", "record.id"}, {"number", "record.number"}, {"state", "record.state"}, {"date", "record.date"},
	{"description", "record.description"}, {"total", "record.total"}, {"code", "problem.code"}, {"problem", "problem.detail"}}

// refusedItem makes the first refusal of a batch the outcome of the command, whose exit code tells of it.
func refusedItem(answer any) error {
	all := list(answer, "items")
	for i, item := range all {
		code, refused := at(item, "problem.code").(string)
		if !refused {
			continue
		}
		status, _ := at(item, "problem.status").(float64)
		n, _ := at(answer, "refused").(float64)
		return &boclient.Problem{Status: int(status), Code: code, Detail: fmt.Sprintf("%d of %d items were refused, the first at /items/%d", int(n), len(all), i)}
	}
	return nil
}

// withEntity tells where a document with journals goes, and adds the entity to those that name none.
func withEntity(ctx context.Context, c *boclient.Client, p profile, raw []byte) (path string, body any, err error) {
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return "", nil, errors.New("a journal is a JSON object")
	}
	all := list(doc, "items")
	path = "/finance/v1/journals/batch"
	if all == nil {
		path, all = "/finance/v1/journals/record", []any{doc}
	}
	for _, j := range all {
		m, ok := j.(map[string]any)
		if !ok || m["entity"] != nil {
			continue
		}
		if m["entity"], err = entity(ctx, c, p, ""); err != nil {
			return "", nil, err
		}
	}
	return path, doc, nil
}

func (a *app) getJournal() *cobra.Command {
	return &cobra.Command{Use: "get ID", Short: "Read a journal with its lines", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		c, _, err := a.connect()
		if err != nil {
			return err
		}
		var j any
		if err := c.Get(cmd.Context(), "/finance/v1/journals/"+url.PathEscape(args[0]), nil, &j); err != nil {
			return err
		}
		return a.show(j, table{rows: "lines", columns: []column{{"account", "account"}, {"debit", "debit"}, {"credit", "credit"}, {"base", "base"},
			{"description", "description"}, {"dimensions", "dimensions"}, {"party", "party"}}})
	}}
}

func (a *app) draftJournals() *cobra.Command {
	return a.lists(listing{use: "drafts", short: "List draft journals", path: "/finance/v1/journals", ofEntity: true, columns: journalColumns,
		query: func(q url.Values) { q.Set("state", "draft") }})
}

func (a *app) postJournal() *cobra.Command {
	var etag string
	var w write
	c := &cobra.Command{Use: "post ID", Short: "Post a draft that somebody else made", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		c, _, err := a.connect()
		if err != nil {
			return err
		}
		j, err := w.act(cmd.Context(), c, "/finance/v1/journals/"+url.PathEscape(args[0]), "post", etag, nil)
		if err != nil {
			return err
		}
		return a.doneOne(j, w, journalColumns)
	}}
	c.Flags().StringVar(&etag, "if-match", "", `version that is meant, such as "v1"; the present one unless given`)
	return w.flags(c)
}

func (a *app) reverseJournal() *cobra.Command {
	var mode, date, reason string
	var w write
	c := &cobra.Command{Use: "reverse ID", Short: "Reverse a posted journal", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		c, _, err := a.connect()
		if err != nil {
			return err
		}
		body := map[string]any{"mode": mode, "reason": reason}
		if date, err = day(date); err != nil {
			return err
		}
		if date != "" {
			body["date"] = date
		}
		j, err := w.act(cmd.Context(), c, "/finance/v1/journals/"+url.PathEscape(args[0]), "reverse", "", body)
		if err != nil {
			return err
		}
		return a.doneOne(j, w, journalColumns)
	}}
	f := c.Flags()
	f.StringVar(&mode, "mode", "correct", "correct: on the journal's own date; accrual: today, or on --date")
	f.StringVar(&date, "date", "", "date of the reversal, for mode accrual")
	f.StringVar(&reason, "reason", "", "why")
	_ = c.MarkFlagRequired("reason")
	return w.flags(c)
}

// post is a call without a version, for commands whose records have none.
func post(path string, body any) boclient.Call {
	return boclient.Call{Method: http.MethodPost, Path: path, Body: body}
}
