package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"backoffice/internal/boclient"
)

// operation is an operation as the system describes it.
type operation struct {
	ID         string `json:"operationId"`
	Summary    string `json:"summary"`
	Parameters []struct {
		Name     string `json:"name"`
		In       string `json:"in"`
		Required bool   `json:"required"`
	} `json:"parameters"`

	method, path string
}

func (o operation) takes(in, name string) bool {
	return slices.ContainsFunc(o.Parameters, func(p struct {
		Name     string `json:"name"`
		In       string `json:"in"`
		Required bool   `json:"required"`
	}) bool {
		return p.In == in && p.Name == name
	})
}

// operations asks the system what it offers, in the order of the ids.
func operations(ctx context.Context, c *boclient.Client) ([]operation, error) {
	var doc struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := c.Get(ctx, "/openapi.json", nil, &doc); err != nil {
		return nil, err
	}
	var out []operation
	for path, methods := range doc.Paths {
		for method, raw := range methods {
			o := operation{method: strings.ToUpper(method), path: path}
			if err := json.Unmarshal(raw, &o); err == nil && o.ID != "" {
				out = append(out, o)
			}
		}
	}
	slices.SortFunc(out, func(a, b operation) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// request is what the command line says of a call.
type request struct {
	path, query   []string
	file, ifMatch string
	write         write
}

// call calls any operation of the system by its id.
func (a *app) call() *cobra.Command {
	var r request
	c := &cobra.Command{Use: "call OPERATION", Short: "Call any operation by its id, as the system's OpenAPI document names it", Args: cobra.ExactArgs(1),
		Example: "  boctl call finance.get-journal --path journalId=jrn_01J...\n  boctl call finance.create-account -f account.json --dry-run\n  boctl call list",
		Long:    "Calls any operation of the system. `boctl call list` lists them.",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, _, err := a.connect()
			if err != nil {
				return err
			}
			all, err := operations(cmd.Context(), c)
			if err != nil {
				return err
			}
			if args[0] == "list" {
				return a.listOperations(all)
			}
			o, err := find(all, args[0])
			if err != nil {
				return err
			}
			return a.send(cmd.Context(), c, o, r)
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			c, _, err := a.connect()
			if err != nil || len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			all, err := operations(cmd.Context(), c)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var ids []string
			for _, o := range all {
				ids = append(ids, o.ID+"\t"+o.Summary)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		}}
	f := c.Flags()
	f.StringArrayVar(&r.path, "path", nil, "path parameter, written name=value; may be given again")
	f.StringArrayVar(&r.query, "query", nil, "query parameter, written name=value; may be given again")
	f.StringVarP(&r.file, "file", "f", "", "file with the JSON body; - for standard input")
	f.StringVar(&r.ifMatch, "if-match", "", `version that the call expects, such as v7`)
	return r.write.flags(c)
}

func (a *app) listOperations(all []operation) error {
	rows := make([][]string, 0, len(all))
	for _, o := range all {
		rows = append(rows, []string{o.ID, o.method, o.path, o.Summary})
	}
	return a.grid([]string{"operation", "method", "path", "what it does"}, rows)
}

func find(all []operation, id string) (operation, error) {
	for _, o := range all {
		if o.ID == id {
			return o, nil
		}
	}
	var near []string
	_, verb, _ := strings.Cut(id, ".")
	for _, o := range all {
		if verb != "" && strings.Contains(o.ID, verb) || strings.Contains(o.ID, id) {
			near = append(near, o.ID)
		}
	}
	hint := "see boctl call list"
	if len(near) > 0 {
		hint = "is it one of " + strings.Join(near, ", ")
	}
	return operation{}, fmt.Errorf("there is no operation %q; %s", id, hint)
}

// send makes the call; the answer is written as the system gives it.
func (a *app) send(ctx context.Context, c *boclient.Client, o operation, r request) error {
	call := boclient.Call{Method: o.method, Path: o.path, Query: url.Values{}, Key: r.write.key, DryRun: r.write.dryRun}
	if err := r.fill(o, &call); err != nil {
		return err
	}
	if r.file != "" {
		raw, err := a.file(r.file)
		if err != nil {
			return err
		}
		call.Body = raw
	}
	if r.ifMatch != "" {
		call.IfMatch = `"` + strings.Trim(r.ifMatch, `"`) + `"`
	}
	if a.format == "csv" {
		if !o.takes("query", "format") {
			return errors.New("this operation answers as JSON only")
		}
		call.Query.Set("format", "csv")
	}
	answer, err := c.Do(ctx, call)
	if err != nil {
		return err
	}
	if tag := answer.ETag(); tag != "" {
		_, _ = fmt.Fprintln(a.errs, "ETag:", tag)
	}
	if !strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json") {
		_, err = a.out.Write(answer.Body)
		return err
	}
	var body any
	if err := answer.Into(&body); err != nil {
		return err
	}
	return a.done(body, r.write, table{})
}

// fill puts the parameters where they belong, and refuses those that the operation does not take.
func (r request) fill(o operation, call *boclient.Call) error {
	for _, text := range r.path {
		name, value, ok := strings.Cut(text, "=")
		if !ok || !strings.Contains(call.Path, "{"+name+"}") {
			return fmt.Errorf("--path %s: the path is %s", text, o.path)
		}
		call.Path = strings.ReplaceAll(call.Path, "{"+name+"}", url.PathEscape(value))
	}
	if strings.Contains(call.Path, "{") {
		return fmt.Errorf("the path %s needs --path for what is left in braces", call.Path)
	}
	for _, text := range r.query {
		name, value, ok := strings.Cut(text, "=")
		if !ok || !o.takes("query", name) {
			return fmt.Errorf("--query %s: %s takes no such parameter", text, o.ID)
		}
		call.Query.Add(name, value)
	}
	if r.write.dryRun && o.method == http.MethodGet {
		return errors.New("--dry-run: this operation changes nothing anyway")
	}
	return nil
}
