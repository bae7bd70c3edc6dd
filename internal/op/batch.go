package op

import (
	"context"
	"encoding/json"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"backoffice/internal/fault"
)

// BatchItemsMax is how many items one call of a batch may hold.
const BatchItemsMax = 100

// Batch is an operation that does another one for up to a hundred inputs in one call, `POST /…/batch`. Each item is an act of
// its own, with an answer of its own: one that is refused holds up no other. With `atomic=true` all items are one act, or none
// is, as long as they fit one transaction.
//
// The call's Idempotency-Key counts for the whole body; each item's own key follows from it and the item's place. So a call
// that was broken off in the middle is sent again as it was: what was done is answered from its acts, the rest is done.
type Batch[D, In, Out any] struct {
	// Spec has the item's permission and access; its tests hold them equal.
	Spec Spec
	// Item is what is done for each input. Its input stands in the body alone.
	Item *Op[D, In, Out]
	// Together loads and decides for all inputs as one act. A refusal points at its item: /items/3/….
	Together func(ctx context.Context, c *Call, d D, all []In) ([]Out, error)
	// Again rebuilds the answer to a repeated atomic call from what the act recorded.
	Again func(ctx context.Context, c *Call, d D, was Recorded) ([]Out, error)
}

// Items is the input of a batch.
type Items[In any] struct {
	Atomic bool `query:"atomic" json:"-" doc:"All items as one act, or none of them; without it each item is answered for itself"`
	Items  []In `json:"items" minItems:"1" maxItems:"100"`
}

// Validate runs each item's own checks.
func (in *Items[In]) Validate(c *fault.Collector) {
	for i := range in.Items {
		if v, ok := any(&in.Items[i]).(Validator); ok {
			v.Validate(c.At("%s", ItemPointer(i)))
		}
	}
}

// ItemPointer points at an item of a batch.
func ItemPointer(index int) string { return "/items/" + strconv.Itoa(index) }

// looseItems is the same input with its items unread, for those that are answered one by one.
type looseItems struct {
	Atomic bool      `query:"atomic" json:"-"`
	Items  []rawItem `json:"items" minItems:"1" maxItems:"100"`
}

// rawItem is an item as it was sent.
type rawItem struct{ json.RawMessage }

// Schema takes any value: an item is checked when its turn comes.
func (rawItem) Schema(huma.Registry) *huma.Schema { return &huma.Schema{} }

// BatchItem is the answer to one item.
type BatchItem[Out any] struct {
	Status   int      `json:"status" doc:"The HTTP status that the item would have been answered with on its own"`
	Location string   `json:"location,omitempty" doc:"Address of the record"`
	Record   *Out     `json:"record,omitempty"`
	Problem  *Problem `json:"problem,omitempty" doc:"Why the item was refused; pointers are within the item"`
}

// BatchAnswer has one answer per item, in the order of the items.
type BatchAnswer[Out any] struct {
	Done    int              `json:"done" doc:"How many items were done"`
	Refused int              `json:"refused" doc:"How many were refused"`
	Items   []BatchItem[Out] `json:"items"`
}

func (a *BatchAnswer[Out]) add(item BatchItem[Out]) {
	if item.Problem == nil {
		a.Done++
	} else {
		a.Refused++
	}
	a.Items = append(a.Items, item)
}

// Describe gives the spec.
func (b *Batch[D, In, Out]) Describe() *Spec { return &b.Spec }

// Shapes describes input and answer.
func (b *Batch[D, In, Out]) Shapes(r huma.Registry) ([]Param, *huma.Schema, *huma.Schema) {
	in, out := Describe(r, reflect.TypeFor[Items[In]]()), reflect.TypeFor[BatchAnswer[Out]]()
	return in.params, in.body, r.Schema(out, true, out.Name())
}

// Tabular tells that the answers of a batch are JSON only.
func (b *Batch[D, In, Out]) Tabular() bool { return false }

// Serve runs one call of the batch.
func (b *Batch[D, In, Out]) Serve(ctx context.Context, rt *Runtime, deps any, req *Request) *Response {
	d, ok := deps.(D)
	if !ok {
		return Refuse(errDeps, req.ID)
	}
	if req.Query.Get("atomic") == "true" {
		whole := &Op[D, Items[In], BatchAnswer[Out]]{Spec: b.Spec, Handle: b.together, Again: b.togetherAgain}
		return (&run[D, Items[In], BatchAnswer[Out]]{op: whole, rt: rt, deps: d, req: req}).serve(ctx)
	}
	r := &run[D, looseItems, BatchAnswer[Out]]{op: &Op[D, looseItems, BatchAnswer[Out]]{Spec: b.Spec}, rt: rt, deps: d, req: req}
	r.instead = func(ctx context.Context) (*Response, error) { return b.oneByOne(ctx, r) }
	return r.serve(ctx)
}

func (b *Batch[D, In, Out]) together(ctx context.Context, c *Call, d D, in Items[In]) (BatchAnswer[Out], error) {
	all, err := b.Together(ctx, c, d, in.Items)
	return b.all(all), err
}

func (b *Batch[D, In, Out]) togetherAgain(ctx context.Context, c *Call, d D, _ Items[In], was Recorded) (BatchAnswer[Out], error) {
	all, err := b.Again(ctx, c, d, was)
	return b.all(all), err
}

func (b *Batch[D, In, Out]) all(records []Out) BatchAnswer[Out] {
	out := BatchAnswer[Out]{Items: []BatchItem[Out]{}}
	for i := range records {
		out.add(BatchItem[Out]{Status: b.Item.Spec.SuccessStatus(), Location: locationOf(records[i]), Record: &records[i]})
	}
	return out
}

func locationOf(record any) string {
	if l, ok := record.(Located); ok {
		return l.Location()
	}
	return ""
}

// oneByOne does the items in their order. An act of the batch itself goes before them: it holds the key to this body.
func (b *Batch[D, In, Out]) oneByOne(ctx context.Context, r *run[D, looseItems, BatchAnswer[Out]]) (*Response, error) {
	again := false
	if !r.call.DryRun {
		var err error
		if again, err = r.hold(ctx); err != nil {
			return nil, err
		}
	}
	out := BatchAnswer[Out]{Items: []BatchItem[Out]{}}
	for i, raw := range r.in.Items {
		out.add(b.one(ctx, r, i, raw.RawMessage))
	}
	resp, err := r.respond(out, r.op.Spec.SuccessStatus())
	if err != nil {
		return nil, err
	}
	switch {
	case r.call.DryRun:
		resp.Header.Set("Dry-Run", "true")
	case again:
		resp.Header.Set("Idempotency-Replayed", "true")
	}
	return resp, nil
}

// hold commits the batch's own act, which takes the key for this body, and tells whether it was there before.
func (r *run[D, In, Out]) hold(ctx context.Context) (again bool, err error) {
	err = r.rt.Acts.Commit(ctx, &r.op.Spec, r.newAct())
	if err == nil {
		return false, nil
	}
	// As for any act: whatever the store said, an act that is there was committed.
	was, findErr := r.rt.Acts.Find(ctx, &r.op.Spec, r.call.Tenant, r.key)
	switch {
	case findErr != nil:
		return false, findErr
	case was == nil:
		return false, fault.Of(err)
	case was.RequestHash != r.hash:
		return false, RuleKeyReused.Err()
	}
	return true, nil
}

// one answers one item, as the item's own operation would.
func (b *Batch[D, In, Out]) one(ctx context.Context, whole *run[D, looseItems, BatchAnswer[Out]], index int, body []byte) BatchItem[Out] {
	req := *whole.req
	req.Body, req.Query = body, nil
	call := *whole.call
	call.Spec, call.Act, call.within = &b.Item.Spec, nil, false
	place := strconv.Itoa(index)
	r := &run[D, In, Out]{op: b.Item, rt: whole.rt, deps: whole.deps, req: &req, call: &call,
		key: digest(whole.key, place), hash: digest(whole.hash, place)}
	resp, err := guarded(func() (*Response, error) { return r.item(ctx) })
	if err != nil {
		p := problemOf(err, req.ID)
		r.rt.refuse(ctx, r.call, fault.Of(err))
		return BatchItem[Out]{Status: p.Status, Problem: &p}
	}
	return BatchItem[Out]{Status: resp.Status, Location: resp.Header.Get("Location"), Record: &r.out}
}

// item is the life of an item after the batch's own: who, right and key are settled.
func (r *run[D, In, Out]) item(ctx context.Context) (*Response, error) {
	if err := decode(r.req, &r.in); err != nil {
		return nil, err
	}
	return r.commit(ctx)
}
