package finance

import (
	"context"
	"strconv"
	"strings"

	"backoffice/internal/clock"
	"backoffice/internal/op"
	"backoffice/internal/resource"
	"backoffice/internal/sheet"
)

func beginAccounts(ctx context.Context, c *op.Call, d Ports, e *Export) error {
	entity, err := d.entity(ctx, c, e.Parameters.Entity)
	if err != nil {
		return notFoundAs(RuleEntityUnknown, "entity", err)
	}
	e.Work.Head = sheet.Head{Title: "Chart of accounts", Facts: []sheet.Fact{{Name: "Entity", Value: entity.Name}, {Name: "Read at", Value: clock.Format(c.At)}},
		Columns: []sheet.Column{textColumn("code", "Code", 10), textColumn("name", "Name", 40), textColumn("type", "Type", 11), textColumn("class", "Class", 30),
			textColumn("parent", "Parent", 10), flagColumn("header", "Header"), textColumn("control", "Control", 12), flagColumn("archived", "Archived"), idColumn("id", "Account")}}
	return nil
}

// exportAccounts gives the whole chart: it is one item of the store, and has two thousand accounts at most.
func exportAccounts(ctx context.Context, c *op.Call, d Ports, e *Export) ([]sheet.Row, map[string]string, error) {
	p := e.Parameters
	chart, err := d.chart(ctx, c, p.Entity)
	if err != nil {
		return nil, nil, err
	}
	var rows []sheet.Row
	for _, a := range chart.Sorted() {
		if a.Archived && !p.Archived || !isOneOf(a.Type, p.Type) {
			continue
		}
		rows = append(rows, sheet.Row{Cells: []string{a.Code, a.Name, string(a.Type), a.Class, a.Parent, strconv.FormatBool(a.Header), a.Control,
			strconv.FormatBool(a.Archived), a.ID}})
	}
	return rows, nil, nil
}

func beginParties(_ context.Context, c *op.Call, _ Ports, e *Export) error {
	e.Work.Head = sheet.Head{Title: "Suppliers and customers", Facts: []sheet.Fact{{Name: "Read at", Value: clock.Format(c.At)}},
		Columns: []sheet.Column{textColumn("name", "Name", 44), textColumn("kind", "Kind", 9), textColumn("aliases", "Also known as", 40), textColumn("source", "Source", 12),
			textColumn("externalId", "External id", 20), flagColumn("archived", "Archived"), dateColumn("createdOn", "Created on"), idColumn("id", "Party")}}
	return nil
}

// exportParties gives the next parties, by way of the list that everyone reads.
func exportParties(ctx context.Context, c *op.Call, d Ports, e *Export) ([]sheet.Row, map[string]string, error) {
	page, err := Parties.List().Handle(ctx, c, d, resource.ListIn{PageOf: op.PageOf{Limit: exportStepLines, Cursor: e.Work.After["cursor"]}, Archived: e.Parameters.Archived})
	if err != nil {
		return nil, nil, err
	}
	rows := make([]sheet.Row, len(page.Data))
	for i, p := range page.Data {
		rows[i] = sheet.Row{Cells: []string{p.Name, p.Kind, strings.Join(p.Aliases, "; "), p.Source, p.ExternalID, strconv.FormatBool(p.Archived),
			p.CreatedAt.Format("2006-01-02"), p.ID}}
	}
	if !page.Page.HasMore {
		return rows, nil, nil
	}
	return rows, map[string]string{"cursor": page.Page.Next}, nil
}
