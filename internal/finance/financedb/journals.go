package financedb

import (
	"context"
	"time"

	"backoffice/internal/civil"
	"backoffice/internal/clock"
	"backoffice/internal/finance"
	"backoffice/internal/money"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

const journalSchema = 1

// journalRow holds a journal with its lines; short names keep a two-line journal within one write unit.
type journalRow struct {
	store.Row
	G1PK        string    `dynamo:"g1pk,omitempty"`
	G1SK        string    `dynamo:"g1sk,omitempty"`
	ID          string    `dynamo:"id"`
	Number      string    `dynamo:"no,omitempty"`
	State       string    `dynamo:"st"`
	Kind        string    `dynamo:"k"`
	Entity      string    `dynamo:"e"`
	Date        string    `dynamo:"dt"`
	Description string    `dynamo:"ds"`
	Series      string    `dynamo:"ser"`
	Source      string    `dynamo:"src,omitempty"`
	ExternalID  string    `dynamo:"ext,omitempty"`
	Batch       string    `dynamo:"ba,omitempty"`
	Currency    string    `dynamo:"cur"`
	Lines       []lineRow `dynamo:"l"`
	Reverses    string    `dynamo:"rv,omitempty"`
	ReversedBy  string    `dynamo:"rb,omitempty"`
	CreatedBy   string    `dynamo:"cb"`
	Maker       string    `dynamo:"mk"`
	Touched     []string  `dynamo:"tch,set,omitempty"`
	PostedBy    string    `dynamo:"pb,omitempty"`
	PostedAt    string    `dynamo:"pt,omitempty"`
}

type lineRow struct {
	Account     string            `dynamo:"a"`
	Minor       store.Number      `dynamo:"m"` // in the base currency's minor units, debits above nought
	Currency    string            `dynamo:"c,omitempty"`
	Foreign     store.Number      `dynamo:"f,omitempty"`
	Description string            `dynamo:"d,omitempty"`
	Dimensions  map[string]string `dynamo:"x,omitempty"`
	Party       string            `dynamo:"p,omitempty"`
}

func toJournalRow(tenant string, j finance.Journal) journalRow {
	k := journalKey(tenant, j.ID)
	r := journalRow{Row: store.NewRow(k.PK, k.SK, journalSchema, j.Version), ID: j.ID, Number: j.Number, State: string(j.State), Kind: string(j.Kind),
		Entity: j.Entity, Date: j.Date.String(), Description: j.Description, Series: j.Series, Source: j.Source, ExternalID: j.ExternalID,
		Batch: j.Batch, Reverses: j.Reverses, ReversedBy: j.ReversedBy, CreatedBy: j.CreatedBy, Maker: j.Maker, Touched: j.Touched, PostedBy: j.PostedBy}
	if j.State == finance.Draft { // only drafts are listed by the index; see the package's comment
		r.G1PK, r.G1SK = draftPartition(tenant, j.Entity).String(), store.At(j.Date.String(), j.ID).String()
	}
	if !j.PostedAt.IsZero() {
		r.PostedAt = clock.Format(j.PostedAt)
	}
	for _, l := range j.Lines {
		r.Currency = string(l.Amount.Currency()) // every line's amount is in the base currency, so it is kept once
		row := lineRow{Account: l.Account, Minor: store.Number(l.Amount.MinorString()), Description: l.Description, Dimensions: l.Dimensions, Party: l.Party}
		if l.Foreign.Currency() != "" {
			row.Currency, row.Foreign = string(l.Foreign.Currency()), store.Number(l.Foreign.MinorString())
		}
		r.Lines = append(r.Lines, row)
	}
	return r
}

func fromJournalRow(r journalRow) (finance.Journal, error) {
	j := finance.Journal{ID: r.ID, Number: r.Number, State: finance.JournalState(r.State), Kind: finance.JournalKind(r.Kind), Entity: r.Entity,
		Description: r.Description, Series: r.Series, Source: r.Source, ExternalID: r.ExternalID, Batch: r.Batch, Reverses: r.Reverses,
		ReversedBy: r.ReversedBy, CreatedBy: r.CreatedBy, Maker: r.Maker, Touched: r.Touched, PostedBy: r.PostedBy, Version: r.Version}
	var err error
	if j.Date, err = civil.ParseDate(r.Date); err != nil {
		return j, err
	}
	if r.PostedAt != "" {
		var at time.Time
		if at, err = clock.Parse(r.PostedAt); err != nil {
			return j, err
		}
		j.PostedAt = at
	}
	for _, row := range r.Lines {
		l := finance.Line{Account: row.Account, Description: row.Description, Dimensions: row.Dimensions, Party: row.Party}
		if l.Amount, err = money.FromMinorString(string(row.Minor), money.Currency(r.Currency)); err != nil {
			return j, err
		}
		if row.Currency != "" {
			if l.Foreign, err = money.FromMinorString(string(row.Foreign), money.Currency(row.Currency)); err != nil {
				return j, err
			}
		}
		j.Lines = append(j.Lines, l)
	}
	return j, nil
}

// externalRow holds a source's id for a journal. It is made in the journal's own transaction on condition that there is none, so
// that of two deliveries of one document only one can be booked, whatever the order they come in.
type externalRow struct {
	store.Row
	Journal string `dynamo:"id"`
}

// Journals keeps journals.
type Journals struct{ db *store.DB }

// NewJournals makes the store of journals.
func NewJournals(db *store.DB) *Journals { return &Journals{db: db} }

// Journal reads a journal.
func (s *Journals) Journal(ctx context.Context, tenant, id string) (finance.Journal, error) {
	r, found, err := store.Load[journalRow](ctx, s.db, journalKey(tenant, id))
	if err != nil {
		return finance.Journal{}, err
	}
	if !found {
		return finance.Journal{}, op.RuleNotFound.Err()
	}
	return fromJournalRow(r)
}

// Journals reads journals by id, in the order asked for; one that is not there is a fault of the caller's.
func (s *Journals) Journals(ctx context.Context, tenant string, ids []string) ([]finance.Journal, error) {
	all, err := s.Present(ctx, tenant, ids)
	if err == nil && len(all) != len(ids) {
		err = op.RuleNotFound.Err()
	}
	return all, err
}

// Present reads those journals that are there, in the order asked for.
func (s *Journals) Present(ctx context.Context, tenant string, ids []string) ([]finance.Journal, error) {
	rows := make([]journalRow, len(ids))
	wants := make([]*store.Want, len(ids))
	for i, id := range ids {
		wants[i] = &store.Want{Key: journalKey(tenant, id), Into: &rows[i]}
	}
	if err := s.db.LoadAll(ctx, wants...); err != nil {
		return nil, err
	}
	out := make([]finance.Journal, 0, len(ids))
	for i := range rows {
		if !wants[i].Found {
			continue
		}
		j, err := fromJournalRow(rows[i])
		if err != nil {
			return nil, err
		}
		out = append(out, j)
	}
	return out, nil
}

// Drafts lists an entity's drafts by date.
func (s *Journals) Drafts(ctx context.Context, tenant, entity string, limit int, after map[string]string) ([]finance.Journal, map[string]string, error) {
	rows, next, err := store.Scan[journalRow](ctx, s.db, store.Range{Table: table, Index: store.IndexG1, PK: draftPartition(tenant, entity), Limit: limit, After: after})
	if err != nil {
		return nil, nil, err
	}
	out := make([]finance.Journal, len(rows))
	for i, r := range rows {
		if out[i], err = fromJournalRow(r); err != nil {
			return nil, nil, err
		}
	}
	return out, next, nil
}

// Add puts a new journal, and holds its source and external id. That the journal is there already would be a defect (its id is
// new), that the external id is taken is the caller's to hear.
func (s *Journals) Add(act *op.Act, j finance.Journal) {
	act.Write(store.Create(table, toJournalRow(act.Tenant, j), op.ErrConflict))
	if j.ExternalID != "" {
		k := externalKey(act.Tenant, j.Source, j.ExternalID)
		row := externalRow{Row: store.NewRow(k.PK, k.SK, journalSchema, 1), Journal: j.ID}
		act.Write(store.Create(table, row, finance.RuleExternalTaken.At("/externalId")))
	}
}

// Save puts a journal over its former version.
func (s *Journals) Save(act *op.Act, j finance.Journal, was int) {
	act.Write(store.Replace(table, toJournalRow(act.Tenant, j), was))
}

// SavePosted puts a posted draft over its former version, on condition that its maker is somebody else than the poster.
func (s *Journals) SavePosted(act *op.Act, j finance.Journal, was int, poster string) {
	act.Write(store.Replace(table, toJournalRow(act.Tenant, j), was).Provided("mk <> ? AND NOT contains(tch, ?)", poster, poster))
}
