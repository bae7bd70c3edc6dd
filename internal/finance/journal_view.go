package finance

import (
	"time"

	"backoffice/internal/civil"
	"backoffice/internal/money"
)

// LineView is a line as it is shown.
type LineView struct {
	Account     string            `json:"account"`
	Debit       *money.Money      `json:"debit,omitempty"`
	Credit      *money.Money      `json:"credit,omitempty"`
	Base        *money.Money      `json:"base,omitempty" doc:"In the base currency, for a line in another"`
	Description string            `json:"description,omitempty"`
	Dimensions  map[string]string `json:"dimensions,omitempty"`
	Party       string            `json:"party,omitempty"`
}

// JournalView is a journal as it is shown.
type JournalView struct {
	ID          string       `json:"id" doc:"jrn_…"`
	Number      string       `json:"number,omitempty" doc:"Document number, given at posting"`
	State       JournalState `json:"state" enum:"draft,posted,discarded"`
	Kind        JournalKind  `json:"kind" enum:"general,opening,import,reversal"`
	Entity      string       `json:"entity"`
	Date        civil.Date   `json:"date"`
	Period      civil.Period `json:"period"`
	Description string       `json:"description"`
	Series      string       `json:"series"`
	Source      string       `json:"source,omitempty"`
	ExternalID  string       `json:"externalId,omitempty"`
	Batch       string       `json:"batch,omitempty" doc:"Import batch it came with"`
	Total       money.Money  `json:"total" doc:"Sum of the debits in the base currency"`
	Lines       []LineView   `json:"lines"`
	Reverses    string       `json:"reverses,omitempty"`
	ReversedBy  string       `json:"reversedBy,omitempty"`
	CreatedBy   string       `json:"createdBy"`
	PostedBy    string       `json:"postedBy,omitempty"`
	PostedAt    *time.Time   `json:"postedAt,omitempty"`
	Version     int          `json:"version"`
}

// RecordVersion gives the version for the ETag.
func (v JournalView) RecordVersion() int { return v.Version }

// Location gives the record's address.
func (v JournalView) Location() string { return "/finance/v1/journals/" + v.ID }

// View shows a journal.
func (j Journal) View() JournalView {
	v := JournalView{ID: j.ID, Number: j.Number, State: j.State, Kind: j.Kind, Entity: j.Entity, Date: j.Date, Period: civil.PeriodOf(j.Date),
		Description: j.Description, Series: j.Series, Source: j.Source, ExternalID: j.ExternalID, Batch: j.Batch, Reverses: j.Reverses,
		ReversedBy: j.ReversedBy, CreatedBy: j.CreatedBy, PostedBy: j.PostedBy, Version: j.Version, Total: j.Total()}
	if !j.PostedAt.IsZero() {
		at := j.PostedAt
		v.PostedAt = &at
	}
	for _, l := range j.Lines {
		v.Lines = append(v.Lines, l.view())
	}
	return v
}

// Total is the sum of the debits in the base currency.
func (j Journal) Total() money.Money {
	var sum money.Money
	for _, l := range j.Lines {
		if l.Amount.Sign() > 0 {
			sum = sum.Add(l.Amount)
		} else {
			sum = sum.Add(l.Amount.Sub(l.Amount))
		}
	}
	return sum
}

func (l Line) view() LineView {
	v := LineView{Account: l.Account, Description: l.Description, Dimensions: l.Dimensions, Party: l.Party}
	shown := l.Amount
	if l.Foreign.Currency() != "" {
		shown = l.Foreign
		base := l.Amount.Abs()
		v.Base = &base
	}
	abs := shown.Abs()
	if l.Amount.Sign() < 0 {
		v.Credit = &abs
	} else {
		v.Debit = &abs
	}
	return v
}
