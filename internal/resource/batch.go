package resource

import (
	"context"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// CreateMany is the operation that makes several records in one call.
func (k *Kind[D, F, T]) CreateMany() *op.Batch[D, CreateIn[F], T] {
	one := k.Create()
	s := one.Spec
	s.ID, s.Route, s.Status = k.Domain+".create-"+k.Plural, "POST "+k.path()+"/batch", 0
	s.Summary = "Create several of: " + k.Title
	s.Description = "Makes up to 100 records, each with an answer of its own: one that is refused holds up no other. With `atomic=true` all are " +
		"made in one transaction, or none is."
	s.Example = op.Example{Given: k.Given, Query: "atomic=true", Body: `{"items":[` + k.Example + `]}`}
	return &op.Batch[D, CreateIn[F], T]{Spec: s, Item: one, Together: k.createMany, Again: k.createdMany}
}

// createMany makes all records in one act. Two items that claim one key are told of it, which the store would not do.
func (k *Kind[D, F, T]) createMany(ctx context.Context, c *op.Call, d D, all []CreateIn[F]) ([]T, error) {
	faults := fault.Collect()
	taken := map[string]bool{}
	out := make([]T, 0, len(all))
	for i, in := range all {
		t, err := k.newRecord(ctx, c, d, in.Fields)
		if err == nil {
			err = k.claim(taken, t)
		}
		if err == nil {
			head, _ := k.Split(t)
			c.Act.AlsoRecord(head.ID, head.Version)
			out = append(out, t)
			c.Act.Place(op.ItemPointer(i))
			err = k.Put(c, d, t)
		}
		if err == nil {
			continue
		}
		if err := faults.Gather(fault.Within(op.ItemPointer(i), err)); err != nil {
			return nil, err
		}
	}
	return out, faults.Err()
}

// claim takes a record's id, and what else it may share with no other, for one item.
func (k *Kind[D, F, T]) claim(taken map[string]bool, t T) error {
	head, f := k.Split(t)
	if taken["id "+head.ID] {
		return RuleTaken.At("")
	}
	taken["id "+head.ID] = true
	if k.Distinct == nil {
		return nil
	}
	key, refusal := k.Distinct(f)
	if taken["also "+key] {
		return refusal
	}
	taken["also "+key] = true
	return nil
}

func (k *Kind[D, F, T]) createdMany(ctx context.Context, c *op.Call, d D, was op.Recorded) ([]T, error) {
	out := make([]T, 0, len(was.Records()))
	for _, id := range was.Records() {
		t, err := k.load(ctx, c, d, id)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}
