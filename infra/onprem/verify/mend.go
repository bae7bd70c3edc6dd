package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"backoffice/internal/clock"
	"backoffice/internal/id"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

// Mending completes torn acts. Tables that were restored each at an instant of its own hold some of what one transaction wrote,
// and not the rest. What is lacking is copied from a later copy of the same tables, and only where an act of the past vouches
// for it by its hash: nothing is made up, and nothing is copied because it happens to be newer. See docs/adr/0018.

// MendOperation stands in the acts by which a mending leaves its trace.
const MendOperation = "platform.mend-acts"

// ErrNotLater is a copy from which nothing can be mended: it is not a later state of the same tables.
var ErrNotLater = errors.New("it is no later copy of the same tables")

// Order says who has torn acts mended, why, and from what.
type Order struct {
	By, Reason string
	From       string // how the operator names the later copy; kept with the trace
	DryRun     bool
	Clock      clock.Clock
}

// Mended is an item that was completed, or would be.
type Mended struct {
	Record string
	What   string
	Acts   []string // whose writes it completes; none for the audit chain's own items
}

// String names the item and what was done.
func (m Mended) String() string { return m.Record + ": " + m.What }

// Mending is what a call of Mend did, and what it could not do.
type Mending struct {
	Done []Mended
	Left []Defect
}

// patch is one item as it is to stand, on a condition of what stands there.
type patch struct {
	Mended
	place  place
	tenant string
	item   item
	cond   string
	args   []any
}

// mender works out what is to be done.
type mender struct {
	torn, later *store.DB
	past        *past
	chains      []*chainPlan
	links       map[string]string // committed hash of each act that the torn tables' chains name
	patches     []patch
	left        []Defect
	refused     map[string]bool // acts that cannot be completed whole
	notes       []Defect        // what cannot be known, and stands in the way of nothing
	counters    counters
	cleared     cleared
}

// Mend completes the torn acts of a store from a later copy of the same tables. Nothing else may write to either meanwhile. An
// act is completed whole or left as it is, and what is left is named. Each transaction holds an act of its own that says who had
// what copied, and why; calling Mend again does nothing more.
func Mend(ctx context.Context, torn, later *store.DB, o Order) (Mending, error) {
	m := &mender{torn: torn, later: later, links: map[string]string{}, refused: map[string]bool{}, counters: newCounters(), cleared: cleared{}}
	for _, step := range []func(context.Context) error{m.read, m.planChains, m.close, m.planItems, m.planActs, m.planCounters} {
		if err := step(ctx); err != nil {
			return Mending{}, err
		}
	}
	out := Mending{Left: append(m.left, m.notes...)}
	for _, p := range m.patches {
		out.Done = append(out.Done, p.Mended)
	}
	slices.SortFunc(out.Left, func(a, b Defect) int {
		return cmp.Or(strings.Compare(a.Record, b.Record), strings.Compare(a.What, b.What))
	})
	if o.DryRun || len(m.patches) == 0 {
		return out, nil
	}
	return out, m.write(ctx, o)
}

// patchesMax is how many items one transaction of a mending completes: the act that tells of it needs its place, and a part
// when it has much to tell.
const patchesMax = store.TransactionItemsMax - 2

// write does what was planned, tenant by tenant. A crash in between leaves torn acts, which the next call completes.
func (m *mender) write(ctx context.Context, o Order) error {
	acts, ids := store.NewActs(m.torn, nil), id.NewSource(o.Clock, nil)
	for _, of := range byTenant(m.patches) {
		for some := range slices.Chunk(of, patchesMax) {
			act := &op.Act{ID: ids.New("act"), Tenant: some[0].tenant, Operation: MendOperation, Principal: "operator", At: o.Clock()}
			act.Changes = append(act.Changes, op.Diff(act.ID, struct{}{}, trace{o.By, o.Reason, o.From})...)
			for _, p := range some {
				act.Changes = append(act.Changes, op.Diff(p.Record, struct{}{}, copied{p.What, p.Acts})...)
				act.Write(store.Restored(p.place.table, p.item, p.cond, p.args...))
			}
			if err := acts.Commit(ctx, &op.Spec{ID: MendOperation}, act); err != nil {
				return fmt.Errorf("mend %s: %w; nobody else may write meanwhile", some[0].Record, err)
			}
		}
	}
	return nil
}

// trace and copied are what a mending's act tells, in the form of field changes.
type trace struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
	From   string `json:"from"`
}

type copied struct {
	What string   `json:"what"`
	Acts []string `json:"acts,omitempty"`
}

// byTenant sorts patches into those of each tenant, in their order.
func byTenant(all []patch) [][]patch {
	slices.SortStableFunc(all, func(a, b patch) int { return strings.Compare(a.tenant, b.tenant) })
	var out [][]patch
	for start, i := 0, 1; i <= len(all); i++ {
		if i == len(all) || all[i].tenant != all[start].tenant {
			out = append(out, all[start:i])
			start = i
		}
	}
	return out
}

// refuse names what cannot be mended, and with it every act that it is a part of.
func (m *mender) refuse(record string, acts []string, what string, args ...any) {
	m.left = append(m.left, Defect{record, fmt.Sprintf(what, args...)})
	for _, a := range acts {
		m.refused[a] = true
	}
}
