package finance

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"backoffice/internal/clock"
	"backoffice/internal/fault"
	"backoffice/internal/money"
	"backoffice/internal/op"
	"backoffice/internal/sheet"
)

// exportSource reads one report, or one kind of record, for an export. Each is built on what answers the query itself, so that
// a file cannot say anything else than the screen.
type exportSource struct {
	// shows is the operation that shows the same, and whose right an export needs, too.
	shows func() *op.Spec
	// begin makes the head and whatever has to be known before the first row. It refuses what the report would refuse.
	begin func(ctx context.Context, c *op.Call, d Ports, e *Export) error
	// page gives the rows after e.Work.After, and where to go on, nil at the end. It carries sums in e.Work.
	page func(ctx context.Context, c *op.Call, d Ports, e *Export) (rows []sheet.Row, next map[string]string, err error)
	// end gives the rows below the last one, and tells whether what was read over several steps agrees with the balances, which
	// are read at once. Nil where one step reads everything.
	end func(ctx context.Context, c *op.Call, d Ports, e *Export) (rows []sheet.Row, agrees bool, err error)
}

// source gives the source of an export's rows. An unknown report is a defect: the schema lists those that there are.
func (e Export) source() exportSource {
	switch e.Report {
	case reportTrialBalance:
		return exportSource{shows: GetTrialBalance.Describe, begin: beginTrialBalance, page: exportTrialBalance}
	case reportProfitAndLoss:
		return exportSource{shows: GetProfitAndLoss.Describe, begin: beginProfitAndLoss, page: exportProfitAndLoss}
	case reportBalanceSheet:
		return exportSource{shows: GetBalanceSheet.Describe, begin: beginBalanceSheet, page: exportBalanceSheet}
	case reportLedger:
		return exportSource{shows: GetAccountLedger.Describe, begin: beginLedger, page: exportLedger, end: endLedger}
	case reportListing:
		return exportSource{shows: GetJournalListing.Describe, begin: beginListing, page: exportListing, end: endListing}
	case recordsJournals:
		return exportSource{shows: GetJournal.Describe, begin: beginJournals, page: exportJournals, end: endJournals}
	case recordsAccounts:
		return exportSource{shows: ListAccounts.Describe, begin: beginAccounts, page: exportAccounts}
	case recordsParties:
		return exportSource{shows: Parties.List().Describe, begin: beginParties, page: exportParties}
	}
	panic("finance: an export of a report that there is not")
}

// columns of each kind; widths are in characters.

func textColumn(name, title string, width int) sheet.Column {
	return sheet.Column{Name: name, Title: title, Kind: sheet.Text, Width: width}
}

func idColumn(name, title string) sheet.Column {
	return sheet.Column{Name: name, Title: title, Kind: sheet.Text, Width: 32, Screen: true}
}

func dateColumn(name, title string) sheet.Column {
	return sheet.Column{Name: name, Title: title, Kind: sheet.Date, Width: 11}
}

func flagColumn(name, title string) sheet.Column {
	return sheet.Column{Name: name, Title: title, Kind: sheet.Flag, Width: 9}
}

func amountColumn(name, title string, c money.Currency) sheet.Column {
	return sheet.Column{Name: name, Title: title, Kind: sheet.Amount, Width: 16, Currency: string(c)}
}

// beginBooks reads what every report by date stands on, and makes the facts that stand above it.
func (d Ports) beginBooks(ctx context.Context, c *op.Call, e *Export, title string) (reading, error) {
	entity, err := d.entity(ctx, c, e.Parameters.Entity)
	if err != nil {
		return reading{}, notFoundAs(RuleEntityUnknown, "entity", err)
	}
	r, err := d.read(ctx, c, e.Parameters.report())
	if err != nil {
		return r, err
	}
	e.Work.Currency, e.Work.Opening = r.chart.Currency, money.FromMinor(0, r.chart.Currency)
	facts := []sheet.Fact{{Name: "Entity", Value: entity.Name}}
	if entity.CompanyNumber != "" {
		facts = append(facts, sheet.Fact{Name: "Company number", Value: entity.CompanyNumber})
	}
	if !e.Parameters.From.IsZero() {
		facts = append(facts, sheet.Fact{Name: "From", Value: e.Parameters.From.String()})
	}
	facts = append(facts, sheet.Fact{Name: "As of", Value: e.Parameters.AsOf.String()}, sheet.Fact{Name: "Currency", Value: string(r.chart.Currency)})
	if len(e.Parameters.Dimension) > 0 {
		facts = append(facts, sheet.Fact{Name: "Only", Value: strings.Join(e.Parameters.Dimension, ", ")})
	}
	facts = append(facts, sheet.Fact{Name: "Read at", Value: clock.Format(c.At)})
	// A figure that is not final has to say so on paper, too.
	if r.waiting.Acts > 0 {
		facts = append(facts, sheet.Fact{Name: "Acts not yet in the balances", Value: strconv.Itoa(r.waiting.Acts)})
	}
	e.Work.Head = sheet.Head{Title: title, Facts: facts}
	return r, nil
}

// beginStretch is beginBooks for a report of a stretch of days, which begins with the fiscal year unless a day is given.
func (d Ports) beginStretch(ctx context.Context, c *op.Call, e *Export, title string) (reading, error) {
	if e.Parameters.From.IsZero() {
		calendar, err := d.calendar(ctx, c, e.Parameters.Entity)
		if err != nil {
			return reading{}, notFoundAs(RuleEntityUnknown, "entity", err)
		}
		e.Parameters.From = reading{calendar: calendar}.yearOf(e.Parameters.AsOf)
	}
	if e.Parameters.AsOf.Before(e.Parameters.From) {
		return reading{}, RuleDateOrder.At("from")
	}
	return d.beginBooks(ctx, c, e, title)
}

// notFoundAs turns the answer for a record that is not there into a broken rule about the parameter that names it.
func notFoundAs(rule fault.Rule, parameter string, err error) error {
	if fault.OfKind(err, fault.NotFound) {
		return rule.At(parameter)
	}
	return err
}

// moved sums what moved on the debit and on the credit side of all accounts within the export's days.
func (d Ports) moved(ctx context.Context, c *op.Call, e *Export) (debit, credit money.Money, err error) {
	r, err := d.read(ctx, c, e.Parameters.report())
	if err != nil {
		return debit, credit, err
	}
	sums, err := d.movements(ctx, c, e.Parameters.Entity, r, span{from: e.Parameters.From, to: e.Parameters.AsOf})
	if err != nil {
		return debit, credit, err
	}
	debit, credit = money.FromMinor(0, r.chart.Currency), money.FromMinor(0, r.chart.Currency)
	for _, t := range sums[0] {
		debit, credit = debit.Add(t.debit), credit.Add(t.credit)
	}
	return debit, credit, nil
}

// days is the page of rows by date that a step reads.
func (e *Export) days(limit int) (EntryRange, error) {
	filter, err := e.Parameters.report().filter()
	return EntryRange{From: e.Parameters.From, To: e.Parameters.AsOf, Filter: filter, Limit: limit, After: e.Work.After}, err
}

// edge makes a row around the data: texts and amounts by the names of their columns.
func (e *Export) edge(cells map[string]string) sheet.Row {
	row := sheet.Row{Cells: make([]string, len(e.Work.Head.Columns)), Role: sheet.Edge}
	for name, text := range cells {
		row.Cells[e.Work.Head.Column(name)] = text
	}
	return row
}

// dimensionText lists a line's dimension values, in one order.
func dimensionText(values map[string]string) string {
	out := make([]string, 0, len(values))
	for _, d := range slices.Sorted(maps.Keys(values)) {
		out = append(out, d+":"+values[d])
	}
	return strings.Join(out, " ")
}
