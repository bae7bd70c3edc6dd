package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"

	"github.com/spf13/cobra"

	"backoffice/internal/boclient"
)

// write is what every write can be told.
type write struct {
	dryRun bool
	key    string
}

func (w *write) flags(c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&w.dryRun, "dry-run", false, "say what would happen, and keep nothing")
	c.Flags().StringVar(&w.key, "idempotency-key", "", "key of the write; a repeated run with the same key does nothing twice")
	return c
}

// call makes one call for the command and decodes its answer.
func (w *write) call(ctx context.Context, c *boclient.Client, call boclient.Call) (any, error) {
	call.Key, call.DryRun = w.key, w.dryRun
	a, err := c.Do(ctx, call)
	if err != nil || len(a.Body) == 0 {
		return map[string]any{}, err
	}
	var answer any
	return answer, a.Into(&answer)
}

// act changes a record by an action: at the version that it has now, unless the caller names another.
func (w *write) act(ctx context.Context, c *boclient.Client, record, action, etag string, body any) (any, error) {
	if etag == "" {
		now, err := c.Do(ctx, boclient.Call{Method: http.MethodGet, Path: record})
		if err != nil {
			return nil, err
		}
		etag = now.ETag()
	}
	return w.call(ctx, c, boclient.Call{Method: http.MethodPost, Path: record + "/" + action, IfMatch: etag, Body: body})
}

// done shows the outcome of a write, and that a dry run kept nothing.
func (a *app) done(answer any, w write, t table) error {
	if w.dryRun {
		_, _ = fmt.Fprintln(a.errs, "Dry run: nothing was kept.")
	}
	return a.show(answer, t)
}

// file reads a JSON document from a file, or from standard input for "-".
func (a *app) file(name string) ([]byte, error) {
	var raw []byte
	var err error
	if name == "-" {
		raw, err = io.ReadAll(a.in)
	} else {
		raw, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, err
	}
	if !json.Valid(raw) {
		return nil, fmt.Errorf("%s holds no JSON", name)
	}
	return raw, nil
}

// every reads all pages of a list.
func every(ctx context.Context, c *boclient.Client, path string, query url.Values) (any, error) {
	if query == nil {
		query = url.Values{}
	}
	query.Set("limit", "200")
	var rows []any
	for {
		var page any
		if err := c.Get(ctx, path, query, &page); err != nil {
			return nil, err
		}
		rows = append(rows, list(page, "data")...)
		next := cell(page, "page.next")
		if next == "" {
			return map[string]any{"data": rows}, nil
		}
		query.Set("cursor", next)
	}
}
