package finance

import (
	"context"

	"backoffice/internal/civil"
	"backoffice/internal/op"
)

// GetJournalListing lists the posted journals of an entity by date.
var GetJournalListing = op.Op[Ports, JournalListingIn, JournalListing]{
	Spec: op.Spec{
		ID: "finance.get-journal-listing", Kind: op.Query, Route: "GET /finance/v1/reports/journal-listing", Permission: "reports.read",
		Summary: "Journal listing",
		Description: "The posted journals of an entity between two days, by date, each with its number and total. Filtered by dimension, those that have a line with the values, " +
			"and in their totals these lines only; a page may then hold fewer than its limit, and not be the last.",
		Access:  []op.Access{{Table: Table, Do: op.Get | op.List, Indexes: "pending"}},
		Example: op.Example{Given: []string{"finance.record-journal"}, Query: "entity=${finance.create-entity.id}&from=2026-04-01&asOf=2026-04-30"},
	},
	Handle: getJournalListing,
}

// JournalListingIn is the input of GetJournalListing.
type JournalListingIn struct {
	op.PageOf
	Entity string     `query:"entity" json:"-" required:"true" maxLength:"64" doc:"The entity whose journals are listed"`
	From   civil.Date `query:"from" json:"-" doc:"The first day that counts; that of the fiscal year unless given"`
	AsOf   civil.Date `query:"asOf" json:"-" doc:"The last day that counts; today unless given"`

	Dimension []string `query:"dimension" json:"-" maxLength:"80" doc:"Only journals that have a line with these values, each written dimension:value"`
}

// JournalListing is the report.
type JournalListing struct {
	Entity  string          `json:"entity"`
	From    civil.Date      `json:"from"`
	AsOf    civil.Date      `json:"asOf"`
	Data    []ListedJournal `json:"data"`
	Page    op.Page         `json:"page"`
	Pending Waiting         `json:"pending"`
}

// NextCursor gives the cursor of the next page, for the Link header.
func (l JournalListing) NextCursor() string { return l.Page.Next }

// Table renders the page's journals as rows.
func (l JournalListing) Table() ([]string, [][]string) {
	rows := make([][]string, len(l.Data))
	for i, j := range l.Data {
		rows[i] = []string{j.Date.String(), j.Number, string(j.Kind), j.Description, j.Source, j.ExternalID, j.Total.Amount(), j.ID}
	}
	return []string{"date", "number", "kind", "description", "source", "externalId", "total", "id"}, rows
}

func getJournalListing(ctx context.Context, c *op.Call, d Ports, in JournalListingIn) (JournalListing, error) {
	after, err := c.Position(in.Cursor)
	if err != nil {
		return JournalListing{}, err
	}
	report := ReportIn{Entity: in.Entity, AsOf: in.AsOf, Dimension: in.Dimension}
	r, err := d.read(ctx, c, report)
	if err != nil {
		return JournalListing{}, err
	}
	l := JournalListing{Entity: in.Entity, From: in.From, AsOf: report.day(c), Pending: r.waiting}
	if l.From.IsZero() {
		l.From = r.yearOf(l.AsOf)
	}
	if l.AsOf.Before(l.From) {
		return JournalListing{}, RuleDateOrder.At("from")
	}
	filter, err := report.filter()
	if err != nil {
		return JournalListing{}, err
	}
	rows, next, err := d.Balances.Listing(ctx, c.Tenant, in.Entity, r.chart.Currency, EntryRange{From: l.From, To: l.AsOf, Filter: filter, Limit: in.Size(), After: after})
	if err != nil {
		return JournalListing{}, err
	}
	page := op.NewRecords(c, in.PageOf, rows, next)
	l.Data, l.Page = page.Data, page.Page
	return l, nil
}
