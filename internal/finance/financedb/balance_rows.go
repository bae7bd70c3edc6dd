package financedb

import (
	"fmt"

	"backoffice/internal/civil"
	"backoffice/internal/finance"
	"backoffice/internal/money"
	"backoffice/internal/store"
)

// viewName stands in keys for a view: the one without dimensions is called "-", since a part of a key must not be empty.
func viewName(view string) string {
	if view == "" {
		return "-"
	}
	return view
}

// yearKey names the monthly totals of one account, currency and calendar year. The year is a calendar's and not the entity's
// fiscal one: which fiscal year a month belongs to is the calendar's affair, and no row need be rewritten when that is asked anew.
func yearKey(tenant, entity string, k finance.BalanceKey, year int) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "BAL", entity, viewName(k.View)), SK: store.At(k.Values, k.Account, k.Currency, fmt.Sprintf("%04d", year))}
}

// dayKey names the daily totals of one account, currency and month, in a partition for each month: a report in the middle of a
// month reads that month's days and no others.
func dayKey(tenant, entity string, k finance.BalanceKey, p civil.Period) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "DAY", entity, viewName(k.View), p.String()), SK: store.At(k.Values, k.Account, k.Currency)}
}

// entriesKey and listingKey sort by date. mark is the id of the first act that the row was written with: no two transactions
// ever write the same row, so accounts that everybody posts to have no row that everybody contends for.
func entriesKey(tenant, entity, account, date, mark string, n int) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "LED", entity, account), SK: store.At(date, mark, fmt.Sprintf("%04d", n))}
}

func listingKey(tenant, entity, date, mark string, n int) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "REG", entity), SK: store.At(date, mark, fmt.Sprintf("%04d", n))}
}

// entriesRow holds the lines that one transaction of a projection adds to one account on one day.
type entriesRow struct {
	store.Row
	Entries []entryRow `dynamo:"l"`
}

// entryRow is a line in its account's ledger. It has all that a ledger shows, so that reading a ledger reads no journals; account
// and date stand in the row's key.
type entryRow struct {
	Journal     string            `dynamo:"j"`
	Number      string            `dynamo:"n"`
	Line        int               `dynamo:"i"`
	Minor       store.Number      `dynamo:"m"`
	Description string            `dynamo:"d,omitempty"`
	Dimensions  map[string]string `dynamo:"x,omitempty"`
	Party       string            `dynamo:"p,omitempty"`
}

func toEntryRow(j finance.Journal, i int, l finance.Line) entryRow {
	text := l.Description
	if text == "" { // a ledger never shows an empty line: the journal says what it is about
		text = j.Description
	}
	return entryRow{Journal: j.ID, Number: j.Number, Line: i, Minor: store.Number(l.Amount.MinorString()), Description: text,
		Dimensions: l.Dimensions, Party: l.Party}
}

func fromEntryRow(account string, date civil.Date, base money.Currency, r entryRow) (finance.LedgerEntry, error) {
	m, err := money.FromMinorString(string(r.Minor), base)
	if err != nil {
		return finance.LedgerEntry{}, err
	}
	e := finance.LedgerEntry{Account: account, Date: date, Journal: r.Journal, Number: r.Number, Line: r.Line, Description: r.Description,
		Dimensions: r.Dimensions, Party: r.Party}
	abs := m.Abs()
	if m.Sign() < 0 {
		e.Credit = &abs
	} else {
		e.Debit = &abs
	}
	return e, nil
}

// listingRow holds the journals of one day that one transaction of a projection lists.
type listingRow struct {
	store.Row
	Journals []listedRow `dynamo:"l"`
}

// listedRow is a posted journal in the listing: again all that is shown of it, since a journal changes no more.
type listedRow struct {
	ID          string       `dynamo:"j"`
	Number      string       `dynamo:"n"`
	Kind        string       `dynamo:"k"`
	Description string       `dynamo:"d"`
	Source      string       `dynamo:"s,omitempty"`
	ExternalID  string       `dynamo:"e,omitempty"`
	Batch       string       `dynamo:"b,omitempty"`
	Total       store.Number `dynamo:"m"`
	PostedBy    string       `dynamo:"by"`
}

func toListedRow(j finance.Journal) listedRow {
	return listedRow{ID: j.ID, Number: j.Number, Kind: string(j.Kind), Description: j.Description, Source: j.Source, ExternalID: j.ExternalID,
		Batch: j.Batch, Total: store.Number(j.Total().MinorString()), PostedBy: j.PostedBy}
}

func fromListedRow(date civil.Date, base money.Currency, r listedRow) (finance.ListedJournal, error) {
	total, err := money.FromMinorString(string(r.Total), base)
	return finance.ListedJournal{ID: r.ID, Number: r.Number, Date: date, Kind: finance.JournalKind(r.Kind), Description: r.Description, Source: r.Source,
		ExternalID: r.ExternalID, Batch: r.Batch, Total: total, PostedBy: r.PostedBy, Period: civil.PeriodOf(date)}, err
}
