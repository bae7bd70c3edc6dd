package relay

import (
	"encoding/json"
	"fmt"

	"backoffice/internal/store"
)

// Event is an event as subscribers get it, on either side (CloudEvents 1.0).
type Event struct {
	SpecVersion string          `json:"specversion"`
	ID          string          `json:"id"` // the act's id and the event's place in it: a repeated delivery has the same
	Source      string          `json:"source"`
	Type        string          `json:"type"`
	Subject     string          `json:"subject"` // id of the record
	Time        string          `json:"time"`
	Tenant      string          `json:"tenant"`
	Version     int             `json:"recordversion,omitempty"`
	Data        json.RawMessage `json:"data"`

	Kind string `json:"-"` // the type as specs name it, without the system's name before it
}

// Events gives the events of an act.
func Events(act store.PendingAct) []Event {
	out := make([]Event, len(act.Events))
	for i, e := range act.Events {
		out[i] = Event{SpecVersion: "1.0", ID: fmt.Sprintf("%s-%d", act.ID, i), Source: "backoffice/" + act.Key.Table, Type: "backoffice." + e.Type,
			Subject: e.Subject, Time: act.At, Tenant: act.Tenant, Version: e.Version, Data: e.Data, Kind: e.Type}
	}
	return out
}
