package op

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"time"

	"backoffice/internal/fault"
)

// Ref names a record at a version.
type Ref struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
}

// Change is one field of a record before and after an act, as JSON texts; an empty text stands for an absent field.
type Change struct {
	Record string `json:"record" doc:"Id of the record"`
	Field  string `json:"field" doc:"JSON Pointer into the record"`
	Old    string `json:"old,omitempty" doc:"JSON before the act"`
	New    string `json:"new,omitempty" doc:"JSON after the act"`
}

// Emitted is an event as it waits in the act for the relay.
type Emitted struct {
	Type    string          `json:"type"`
	Subject string          `json:"subject"`
	Version int             `json:"version,omitempty"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// Write is one item's change inside an act. Domains' db packages make it with the store kit; this package only carries it.
type Write interface {
	// Target names the item: table, partition key and sort key.
	Target() string
}

// Act is one executed command: who did what, when, under which key, with what result. It gathers the writes, events and
// field changes of the one transaction in which it is committed.
type Act struct {
	ID          string
	Tenant      string
	Operation   string
	Principal   string
	Person      string
	Session     string
	Key         string // hash of principal, operation and idempotency key; empty for none
	RequestHash string
	At          time.Time
	Status      int
	Result      Ref      // the record that the act made or changed
	Others      []string // further records of a bulk act
	Project     string   // what the projections have to take up from this act, in the domain's own notation; "" for nothing
	Changes     []Change
	Events      []Emitted

	writes []Write
	byKey  map[string]int
	place  string // pointer of the item that is being written, within a batch
}

// Placed is a write whose refusal can be told where in the input it comes from.
type Placed interface {
	Under(pointer string)
}

// Place says to which item of a batch the writes from here on belong: the store's refusal of one points there.
func (a *Act) Place(pointer string) { a.place = pointer }

// Write adds an item's change to the transaction. Two writes to one item are a defect, except where the first can merge the
// second (contributions to one counter).
func (a *Act) Write(w Write) {
	if a.byKey == nil {
		a.byKey = map[string]int{}
	}
	if i, taken := a.byKey[w.Target()]; taken {
		if m, ok := a.writes[i].(interface{ Merge(Write) bool }); ok && m.Merge(w) {
			return
		}
		panic(fmt.Sprintf("op: two writes to one item in %s: %s", a.Operation, w.Target()))
	}
	if p, ok := w.(Placed); ok && a.place != "" {
		p.Under(a.place)
	}
	a.byKey[w.Target()] = len(a.writes)
	a.writes = append(a.writes, w)
}

// Writes gives the item changes in the order in which they were added.
func (a *Act) Writes() []Write { return a.writes }

// Emit adds an event about a record; data is the event's own struct.
func (a *Act) Emit(eventType, subject string, version int, data any) {
	raw, err := json.Marshal(data)
	if err != nil {
		panic("op: event data cannot be encoded: " + err.Error())
	}
	a.Events = append(a.Events, Emitted{Type: eventType, Subject: subject, Version: version, Data: raw})
}

// Record notes the record that the act made, whole and new.
func (a *Act) Record(id string, version int) { a.Result = Ref{ID: id, Version: version} }

// AlsoRecord notes one more record that the act made. The first is the act's result; all of them are its others.
func (a *Act) AlsoRecord(id string, version int) {
	if a.Result.ID == "" {
		a.Record(id, version)
		return
	}
	if len(a.Others) == 0 {
		a.Others = []string{a.Result.ID}
	}
	a.Others = append(a.Others, id)
}

// Changed notes the field-level difference between two states of a record, and makes it the act's result.
func (a *Act) Changed(id string, version int, before, after any) {
	a.Result = Ref{ID: id, Version: version}
	a.Changes = append(a.Changes, Diff(id, before, after)...)
}

// Diff lists the fields in which two values of one type differ, sorted by pointer. Lists are compared whole.
func Diff(record string, before, after any) []Change {
	var out []Change
	diff(record, "", toTree(before), toTree(after), &out)
	sort.Slice(out, func(i, j int) bool { return out[i].Field < out[j].Field })
	return out
}

func toTree(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("op: record cannot be encoded: " + err.Error())
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		panic("op: record cannot be decoded: " + err.Error())
	}
	return tree
}

func diff(record, at string, a, b any, out *[]Change) {
	am, aok := a.(map[string]any)
	bm, bok := b.(map[string]any)
	if !aok || !bok {
		if !reflect.DeepEqual(a, b) {
			*out = append(*out, Change{Record: record, Field: at, Old: leaf(a), New: leaf(b)})
		}
		return
	}
	for k := range am {
		diff(record, at+"/"+fault.Escape(k), am[k], bm[k], out)
	}
	for k := range bm {
		if _, both := am[k]; !both {
			diff(record, at+"/"+fault.Escape(k), nil, bm[k], out)
		}
	}
}

func leaf(v any) string {
	if v == nil {
		return ""
	}
	raw, err := json.Marshal(v)
	if err != nil {
		panic("op: field cannot be encoded: " + err.Error())
	}
	return string(raw)
}

// Recorded is an act as the store holds it, enough to answer a repeated call.
type Recorded struct {
	ID          string
	RequestHash string
	Status      int
	Result      Ref
	Others      []string
	At          time.Time
}

// Records lists the records of a bulk act: its result alone when it had only one.
func (r Recorded) Records() []string {
	if len(r.Others) > 0 {
		return r.Others
	}
	return []string{r.Result.ID}
}
