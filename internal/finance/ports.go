package finance

import (
	"context"
	"time"

	"backoffice/internal/civil"
	"backoffice/internal/files"
	"backoffice/internal/jobs"
	"backoffice/internal/money"
	"backoffice/internal/op"
	"backoffice/internal/resource"
	"backoffice/internal/sheet"
	"backoffice/internal/takeup"
)

// Ports are what the finance domain needs of the outside.
//
// The stores among them keep one set of manners. What reads one record gives op.RuleNotFound when it is not there. What lists
// records gives them in the order in which they were made, with the position after them, nil at the end. Add puts a new record, and
// Save one over the version was that was read, both inside an act: when somebody was faster, the act fails with op.ErrConflict and
// is decided again.
type Ports struct {
	Books    BookStore
	Journals JournalStore
	Numbers  Numbers
	Pending  PendingActs
	Balances BalanceStore
	Records  resource.Keeper

	PartyNames  PartyNames
	Projections Projections
	Jobs        jobs.Store
	Exports     ExportStore
	Files       files.Store   // where exports are kept; nil where there are no files
	Sheets      sheet.Writers // formats that exports can be written in; nil but in the function that writes them
	Relay       takeup.Relay
	Chain       takeup.Chain
}

// BalanceStore reads the projections: balances and the lines per account. They follow the journals by moments; PendingActs
// tells what they lack.
type BalanceStore interface {
	// Periods gives the monthly totals of every account, from the beginning through a period.
	Periods(ctx context.Context, tenant, entity string, base money.Currency, sel Selection, through civil.Period) ([]PeriodTotals, error)
	// Days gives the daily totals of every account within one period.
	Days(ctx context.Context, tenant, entity string, base money.Currency, sel Selection, in civil.Period) ([]DayTotals, error)
	// Entries lists an account's lines by date; next is nil at the end. With a filter a page may hold less than its limit, or
	// nothing, and yet not be the last: what is read for one page is bounded, however rare the values are.
	Entries(ctx context.Context, tenant, entity, account string, base money.Currency, r EntryRange) (entries []LedgerEntry, next map[string]string, err error)
	// Listing lists posted journals of a period by date, as Entries does; with a filter those that have a line with its values,
	// and in their totals these lines only.
	Listing(ctx context.Context, tenant, entity string, base money.Currency, r EntryRange) (journals []ListedJournal, next map[string]string, err error)
}

// EntryRange is a stretch of dates and a page within it.
type EntryRange struct {
	From, To civil.Date
	Filter   map[string]string // only lines with these values of dimensions
	Limit    int
	After    map[string]string
}

// PendingActs tells what the projections have not taken up yet.
type PendingActs interface {
	Pending(ctx context.Context, tenant string) (Waiting, error)
}

// Waiting is what the balances do not hold yet. Reports show it, so that nobody takes a figure for final that is not.
type Waiting struct {
	Acts   int        `json:"acts" doc:"Acts that wait to be taken into the balances"`
	Oldest *time.Time `json:"oldest,omitempty" doc:"When the oldest of them was recorded"`
}

// pendingRetry is when it makes sense to ask again after acts were found waiting.
const pendingRetry = 2 * time.Second

// BookStore keeps entities, charts, calendars and dimension values.
type BookStore interface {
	Entity(ctx context.Context, tenant, id string) (Entity, error)
	Entities(ctx context.Context, tenant string, limit int, after map[string]string) ([]Entity, map[string]string, error)
	// Chart and Calendar give op.RuleNotFound when the entity does not exist.
	Chart(ctx context.Context, tenant, entity string) (Chart, error)
	Calendar(ctx context.Context, tenant, entity string) (Calendar, error)
	// Posting gives what posting must know, in one round trip; RuleEntityUnknown when there is no such entity.
	Posting(ctx context.Context, tenant, entity string, values []DimensionKey, parties ...string) (Books, error)

	AddEntity(act *op.Act, e Entity, chart Chart, calendar Calendar)
	SaveEntity(act *op.Act, e Entity, was int)
	SaveChart(act *op.Act, c Chart)
	SaveCalendar(act *op.Act, c Calendar)
}

// JournalStore keeps journals.
type JournalStore interface {
	Journal(ctx context.Context, tenant, id string) (Journal, error)
	// Journals gives journals by their ids, in the order asked for; all must be there.
	Journals(ctx context.Context, tenant string, ids []string) ([]Journal, error)
	// Drafts lists an entity's drafts by date.
	Drafts(ctx context.Context, tenant, entity string, limit int, after map[string]string) ([]Journal, map[string]string, error)

	// Numbered and External give the id of the journal with a document number, or with a source and external id; "" for none.
	// Numbers follow the postings by moments.
	Numbered(ctx context.Context, tenant, entity, number string) (string, error)
	External(ctx context.Context, tenant, source, id string) (string, error)

	// Add puts a new journal, and holds its source and external id.
	Add(act *op.Act, j Journal)
	Save(act *op.Act, j Journal, was int)
	// SavePosted is Save for a draft that is posted; the store itself refuses when its maker is the poster.
	SavePosted(act *op.Act, j Journal, was int, poster string)
}

// Numbers gives document numbers.
type Numbers interface {
	// Next gives the next number of a series in a fiscal year. A gapless series takes it inside the act, so that numbers and
	// documents stand or fall together; another leases blocks, whose rest is lost with the process.
	Next(ctx context.Context, act *op.Act, entity string, s Series, year civil.Period) (string, error)
}
