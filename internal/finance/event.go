package finance

import (
	"backoffice/internal/civil"
	"backoffice/internal/money"
	"backoffice/internal/op"
)

// EventJournalPosted is the type of JournalPosted.
const EventJournalPosted = "finance.journal.posted.v1"

// JournalPosted says that a journal has entered the books.
type JournalPosted struct {
	Entity string       `json:"entity"`
	Date   civil.Date   `json:"date"`
	Period civil.Period `json:"period"`
	Kind   JournalKind  `json:"kind" enum:"general,opening,import,reversal"`
	Total  money.Money  `json:"total" doc:"Sum of the debits in the base currency"`
}

// EventPeriodStepped is the type of PeriodStepped.
const EventPeriodStepped = "finance.period.stepped.v1"

// PeriodStepped says that an accounting period has come into another state.
type PeriodStepped struct {
	Entity string       `json:"entity"`
	Period civil.Period `json:"period"`
	State  PeriodState  `json:"state" enum:"open,closing,closed,locked"`
}

var journalPosted = op.Event{Type: EventJournalPosted, Summary: "A journal has entered the books.", Data: JournalPosted{},
	Example: `{"entity":"ent_01JD2M8G3S6QX4T5V7W9Y0Z1A2","date":"2026-04-30","period":"2026-04","kind":"general","total":{"amount":"1250.00","currency":"GBP"}}`}

var periodStepped = op.Event{Type: EventPeriodStepped, Summary: "An accounting period has come into another state.", Data: PeriodStepped{},
	Example: `{"entity":"ent_01JD2M8G3S6QX4T5V7W9Y0Z1A2","period":"2026-04","state":"closed"}`}

func emitPosted(act *op.Act, j Journal) {
	act.Emit(EventJournalPosted, j.ID, j.Version, JournalPosted{Entity: j.Entity, Date: j.Date, Period: civil.PeriodOf(j.Date), Kind: j.Kind, Total: j.Total()})
}
