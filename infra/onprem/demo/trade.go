package demo

import (
	"context"
	"fmt"
	"net/http"
)

// atOnceMax is how many journals the API takes in one batch.
const atOnceMax = 49

// made is a record that a call made.
type made struct {
	ID string `json:"id"`
}

// bringForward records the opening balances.
func (s *setup) bringForward(ctx context.Context) error {
	return s.api.post(ctx, accountant, "/finance/v1/opening-balances", opening().wire(s.entity, s.parties), nil)
}

// trade records the two years, a batch or two a month.
func (s *setup) trade(ctx context.Context) error {
	for _, list := range books() {
		for start := 0; start < len(list); start += atOnceMax {
			var batch []map[string]any
			for _, j := range list[start:min(start+atOnceMax, len(list))] {
				batch = append(batch, j.wire(s.entity, s.parties))
			}
			if err := s.api.record(ctx, accountant, batch); err != nil {
				return fmt.Errorf("%s: %w", list[0].day, err)
			}
		}
	}
	return nil
}

// correct shows how a mistake is put right: a bill entered twice, and the journal that undoes the second.
func (s *setup) correct(ctx context.Context) error {
	twice := journal{day: "2026-02-12", text: "Mobile telephones, entered a second time", lines: []line{
		dr("7310", 86_40).in(office), cr("2100", 86_40).of(telecom)}}
	var j made
	if err := s.api.post(ctx, accountant, "/finance/v1/journals/record", twice.wire(s.entity, s.parties), &j); err != nil {
		return err
	}
	body := map[string]any{"mode": "correct", "reason": "Entered twice"}
	_, err := s.api.do(ctx, accountant, http.MethodPost, "/finance/v1/journals/"+j.ID+"/reverse", firstVersion, body, nil)
	return err
}

// draft leaves work on the table: one journal that two people have seen and posted, two that wait for the second, and one
// that does not balance.
func (s *setup) draft(ctx context.Context) error {
	drafts := []journal{
		{day: "2026-03-31", text: "Accrual: carriage not yet invoiced", lines: []line{dr("6100", 640_00).in(delivery), cr("2109", 640_00)}},
		{day: "2026-03-31", text: "Bonus for the year, to be approved", lines: []line{dr("7000", 6_000_00).in(workshop), cr("2109", 6_000_00)}},
		{day: "2026-03-31", text: "Corporation tax, first estimate", lines: []line{dr("8800", 30_000_00), cr("2320", 30_000_00)}},
		{day: "2026-03-31", text: "Stocktake difference, one digit wrong", lines: []line{dr("5060", 215_35).in(workshop), cr("1001", 251_35)}},
	}
	for i, d := range drafts {
		var j made
		if err := s.api.post(ctx, accountant, "/finance/v1/journals", d.wire(s.entity, s.parties), &j); err != nil {
			return err
		}
		if i > 0 {
			continue
		}
		if _, err := s.api.do(ctx, approver, http.MethodPost, "/finance/v1/journals/"+j.ID+"/post", firstVersion, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// firstVersion is the tag of a record that nobody has changed yet.
const firstVersion = `"v1"`

// The first year is locked, the second closed up to December.
const (
	lockedMonths = 12
	closedMonths = 21
)

// close closes the early periods and locks the first year: the accountant closes, the approver locks.
func (s *setup) close(ctx context.Context) error {
	step := func(who person, m month, action, etag string) error {
		period := m.time().Format("2006-01")
		_, err := s.api.do(ctx, who, http.MethodPost, "/finance/v1/periods/"+s.entity+"."+period+"/"+action, etag, nil, nil)
		return err
	}
	for m := range month(closedMonths) {
		if err := step(accountant, m, "start-closing", `"v1"`); err != nil {
			return err
		}
	}
	s.options.Clock.CatchUp()
	for m := range month(closedMonths) {
		if err := s.settle(ctx); err != nil { // a step's own event must be out before the next one
			return err
		}
		if err := step(accountant, m, "close", `"v2"`); err != nil {
			return err
		}
	}
	for m := range month(lockedMonths) {
		if err := step(approver, m, "lock", `"v3"`); err != nil {
			return err
		}
	}
	return nil
}
