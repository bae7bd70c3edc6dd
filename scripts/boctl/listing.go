package main

import (
	"net/url"

	"github.com/spf13/cobra"
)

// listing is a command that shows every record at an address, however many pages there are.
type listing struct {
	use, short, path string
	columns          []column
	ofEntity         bool                   // the records belong to one entity, which a flag names
	query            func(query url.Values) // what the flags add to the query; nil for nothing
}

// lists makes the command.
func (a *app) lists(l listing) *cobra.Command {
	var named string
	c := &cobra.Command{Use: l.use, Short: l.short, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		c, p, err := a.connect()
		if err != nil {
			return err
		}
		q := url.Values{}
		if l.ofEntity {
			id, err := entity(cmd.Context(), c, p, named)
			if err != nil {
				return err
			}
			q.Set("entity", id)
		}
		if l.query != nil {
			l.query(q)
		}
		all, err := every(cmd.Context(), c, l.path, q)
		if err != nil {
			return err
		}
		return a.show(all, table{rows: "data", columns: l.columns})
	}}
	if l.ofEntity {
		entityFlag(c, &named)
	}
	return c
}

// doneOne shows the record that a write made or changed, as the line that a list has for it.
func (a *app) doneOne(record any, w write, columns []column) error {
	return a.done(map[string]any{"data": []any{record}}, w, table{rows: "data", columns: columns})
}
