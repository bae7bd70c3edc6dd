package main

import (
	"context"
	"encoding/json"
	"errors"
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
	var w write
	c := &cobra.Command{Use: "record -f FILE", Short: "Record a journal, or a batch of them, from a JSON file", Args: cobra.NoArgs,
		Long: "Records the journal in a JSON file in the form of POST /finance/v1/journals/record, or the journals of one in the form of record-batch\n" +
			`({"journals": [...]}): all of them or none. A journal that names no entity gets that of the profile, or the only one.`,
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
			answer, err := w.call(cmd.Context(), c, boclient.Call{Method: http.MethodPost, Path: path, Body: body})
			if err != nil {
				return err
			}
			if list(answer, "journals") == nil {
				answer = map[string]any{"journals": []any{answer}}
			}
			return a.done(answer, w, table{rows: "journals", columns: journalColumns})
		}}
	c.Flags().StringVarP(&name, "file", "f", "", "file with the journal; - for standard input")
	_ = c.MarkFlagRequired("file")
	return w.flags(c)
}

// withEntity tells where a document with journals goes, and adds the entity to those that name none.
func withEntity(ctx context.Context, c *boclient.Client, p profile, raw []byte) (path string, body any, err error) {
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return "", nil, errors.New("a journal is a JSON object")
	}
	all := list(doc, "journals")
	path = "/finance/v1/journals/record-batch"
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
	var named string
	c := &cobra.Command{Use: "drafts", Short: "List draft journals", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		c, p, err := a.connect()
		if err != nil {
			return err
		}
		id, err := entity(cmd.Context(), c, p, named)
		if err != nil {
			return err
		}
		all, err := every(cmd.Context(), c, "/finance/v1/journals", url.Values{"entity": {id}, "state": {"draft"}})
		if err != nil {
			return err
		}
		return a.show(all, table{rows: "data", columns: journalColumns})
	}}
	entityFlag(c, &named)
	return c
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
		return a.done(map[string]any{"data": []any{j}}, w, table{rows: "data", columns: journalColumns})
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
		return a.done(map[string]any{"data": []any{j}}, w, table{rows: "data", columns: journalColumns})
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
