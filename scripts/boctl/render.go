package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// table says how an answer is shown as rows: which member holds them, and what stands in each column. Without columns the
// answer is one record, shown a member to a line.
type table struct {
	rows    string
	columns []column
}

// column is a heading and the path of a member, such as total.amount.
type column struct{ head, path string }

// show writes an answer in the format that was asked for.
func (a *app) show(answer any, t table) error {
	if a.format == "json" {
		raw, err := json.MarshalIndent(answer, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.out, string(raw))
		return err
	}
	if len(t.columns) == 0 {
		return a.grid([]string{"member", "value"}, members("", answer))
	}
	heads := make([]string, len(t.columns))
	for i, c := range t.columns {
		heads[i] = c.head
	}
	var rows [][]string
	for _, r := range list(answer, t.rows) {
		row := make([]string, len(t.columns))
		for i, c := range t.columns {
			row[i] = cell(r, c.path)
		}
		rows = append(rows, row)
	}
	return a.grid(heads, rows)
}

// grid writes rows as CSV or as a table.
func (a *app) grid(heads []string, rows [][]string) error {
	if a.format != "csv" {
		return a.aligned(heads, rows)
	}
	w := csv.NewWriter(a.out)
	w.UseCRLF = true
	if err := w.Write(heads); err != nil {
		return err
	}
	for _, r := range rows {
		safe := make([]string, len(r))
		for i, c := range r {
			safe[i] = harmless(c)
		}
		if err := w.Write(safe); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// aligned writes rows under their headings, numbers to the right.
func (a *app) aligned(heads []string, rows [][]string) error {
	width, right := make([]int, len(heads)), make([]bool, len(heads))
	for i, h := range heads {
		width[i], right[i] = utf8.RuneCountInString(h), len(rows) > 0
		for _, r := range rows {
			if i < len(r) {
				width[i] = max(width[i], utf8.RuneCountInString(r[i]))
				right[i] = right[i] && (r[i] == "" || numeric(r[i]))
			}
		}
		right[i] = right[i] && slices.ContainsFunc(rows, func(r []string) bool { return i < len(r) && strings.Contains(r[i], ".") })
	}
	for _, r := range append([][]string{heads}, rows...) {
		var b strings.Builder
		for i, c := range r {
			gap := strings.Repeat(" ", width[i]-utf8.RuneCountInString(c))
			if right[i] {
				b.WriteString(gap + c + "  ")
			} else {
				b.WriteString(c + gap + "  ")
			}
		}
		if _, err := fmt.Fprintln(a.out, strings.TrimRight(b.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

func numeric(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}

// harmless puts an apostrophe before text that a spreadsheet would take for a formula.
func harmless(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r", rune(text[0])) || numeric(text) {
		return text
	}
	return "'" + text
}

// list gives the rows below a member.
func list(answer any, member string) []any {
	rows, _ := at(answer, member).([]any)
	return rows
}

// at follows a path of members.
func at(v any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// cell writes a member as text: money by its amount and currency, lists with commas.
func cell(v any, path string) string { return plain(at(v, path)) }

func plain(v any) string {
	switch t := v.(type) {
	case nil:
		return ""
	case string:
		return t
	case map[string]any:
		if t["amount"] != nil && t["currency"] != nil {
			return fmt.Sprintf("%v %v", t["amount"], t["currency"])
		}
	case []any:
		all := make([]string, len(t))
		for i, e := range t {
			all[i] = plain(e)
		}
		return strings.Join(all, ", ")
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}

// members lists the members of a record by path, those of inner objects too.
func members(prefix string, v any) [][]string {
	m, ok := v.(map[string]any)
	if !ok || m["amount"] != nil && m["currency"] != nil {
		return [][]string{{strings.TrimSuffix(prefix, "."), plain(v)}}
	}
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	var out [][]string
	for _, n := range names {
		out = append(out, members(prefix+n+".", m[n])...)
	}
	return out
}
