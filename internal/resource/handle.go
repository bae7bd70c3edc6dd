package resource

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"backoffice/internal/op"
)

// place takes an id apart: what the record stands within, and its key there.
func (k *Kind[D, F, T]) place(id string) (within, key string) {
	if i := strings.LastIndexByte(id, '.'); k.Place != nil && i > 0 {
		return id[:i], id[i+1:]
	}
	return "", id
}

// covered asks whether the caller's right reaches the records of an entity, or notes that the kind is shared by all.
func (k *Kind[D, F, T]) covered(c *op.Call, f F) error {
	if k.Entity == nil {
		c.Shared()
		return nil
	}
	return c.Within(k.Entity(f))
}

// load reads a record. The right is asked once the record is known, since only its fields say to which entity it belongs; a
// record of another tenant is not found before that.
func (k *Kind[D, F, T]) load(ctx context.Context, c *op.Call, d D, id string) (T, error) {
	var none T
	within, key := k.place(id)
	if key == "" {
		return none, op.RuleNotFound.Err()
	}
	s, found, err := k.Keeper(d).Load(ctx, c.Tenant, k.Plural, within, key)
	if err != nil {
		return none, err
	}
	if !found {
		return none, op.RuleNotFound.Err()
	}
	t, err := k.open(s)
	if err != nil {
		return none, err
	}
	_, f := k.Split(t)
	return t, k.covered(c, f)
}

// Find gives the records that other records name, by id; an id of none is left out, and so is one that the caller's right does
// not reach.
func (k *Kind[D, F, T]) Find(ctx context.Context, c *op.Call, d D, ids []string) (map[string]T, error) {
	places := make([]Place, 0, len(ids))
	for _, id := range ids {
		within, key := k.place(id)
		places = append(places, Place{Within: within, Key: key})
	}
	found, err := k.Keeper(d).LoadMany(ctx, c.Tenant, k.Plural, places)
	if err != nil {
		return nil, err
	}
	out := map[string]T{}
	for _, s := range found {
		t, err := k.open(s)
		if err != nil {
			return nil, err
		}
		if head, f := k.Split(t); k.covered(c, f) == nil {
			out[head.ID] = t
		}
	}
	return out, nil
}

// open makes the record from what the keeper holds. Fields that were added to the type since stay at their zero values: new
// fields of a kind have to mean by it what was meant before they were there.
func (k *Kind[D, F, T]) open(s Stored) (T, error) {
	var f F
	if err := json.Unmarshal(s.Fields, &f); err != nil {
		var none T
		return none, fmt.Errorf("%s %s: %w", k.Name, s.Head.ID, err)
	}
	return k.Join(s.Head, f), nil
}

func (k *Kind[D, F, T]) stored(t T) (Stored, error) {
	head, f := k.Split(t)
	raw, err := json.Marshal(f)
	within, key := k.place(head.ID)
	return Stored{Kind: k.Plural, Within: within, Key: key, Head: head, Fields: raw, Members: members(reflect.TypeFor[F]())}, err
}

// members are the names that a type of fields has in JSON.
func members(t reflect.Type) []string {
	var out []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			out = append(out, members(f.Type)...)
		case name != "" && name != "-":
			out = append(out, name)
		}
	}
	return out
}

func (k *Kind[D, F, T]) create(ctx context.Context, c *op.Call, d D, in CreateIn[F]) (T, error) {
	t, err := k.newRecord(ctx, c, d, in.Fields)
	if err != nil {
		return t, err
	}
	if err := k.Put(c, d, t); err != nil {
		return t, err
	}
	head, _ := k.Split(t)
	c.Act.Record(head.ID, head.Version)
	return t, nil
}

// newRecord makes a record with its id from fields that have been held against the store.
func (k *Kind[D, F, T]) newRecord(ctx context.Context, c *op.Call, d D, f F) (T, error) {
	head := Head{CreatedAt: c.At, Version: 1}
	t := k.Join(head, f)
	if err := k.covered(c, f); err != nil {
		return t, err
	}
	if err := k.check(ctx, c, d, nil, f); err != nil {
		return t, err
	}
	if k.Place != nil {
		within, key := k.Place(f)
		head.ID = within + "." + key
	} else {
		head.ID = c.NewID(k.Prefix)
	}
	return k.Join(head, f), nil
}

// Put adds a new record to the act of a call, with whatever else the kind writes: the contribution that other domains use.
func (k *Kind[D, F, T]) Put(c *op.Call, d D, t T) error {
	s, err := k.stored(t)
	if err != nil {
		return err
	}
	k.Keeper(d).Add(c.Act, s, RuleTaken.At(""))
	k.also(c, d, nil, t)
	return nil
}

// check holds fields against the rest of the store, where the kind asks for it.
func (k *Kind[D, F, T]) check(ctx context.Context, c *op.Call, d D, before *T, f F) error {
	if k.Check == nil {
		return nil
	}
	return k.Check(ctx, c, d, before, f)
}

// also adds what the kind writes beside the record, such as a name that no other may have; it is part of the same act.
func (k *Kind[D, F, T]) also(c *op.Call, d D, before *T, after T) {
	if k.Also != nil {
		k.Also(c, d, before, after)
	}
}

// current loads the record that a call changes, at the version that the caller saw.
func (k *Kind[D, F, T]) current(ctx context.Context, c *op.Call, d D, id string) (t T, head Head, f F, err error) {
	if t, err = k.load(ctx, c, d, id); err != nil {
		return
	}
	head, f = k.Split(t)
	if err = c.Match(head.Version); err != nil {
		return
	}
	if head.Archived {
		err = RuleArchived.Err()
	}
	return
}

func (k *Kind[D, F, T]) update(ctx context.Context, c *op.Call, d D, in UpdateIn[F]) (T, error) {
	before, head, fields, err := k.current(ctx, c, d, in.ID)
	if err != nil {
		return before, err
	}
	changed, err := in.Patch.Apply(fields)
	if err != nil {
		return before, err
	}
	// What a record's key is made of is how others name it: a change would leave them naming nothing.
	if k.Place != nil {
		oldWithin, oldKey := k.Place(fields)
		if within, key := k.Place(changed); within != oldWithin || key != oldKey {
			return before, RuleMoved.Err()
		}
	}
	if err := k.check(ctx, c, d, &before, changed); err != nil {
		return before, err
	}
	return k.save(c, d, before, head, changed)
}

func (k *Kind[D, F, T]) archive(ctx context.Context, c *op.Call, d D, in Ref) (T, error) {
	before, head, fields, err := k.current(ctx, c, d, in.ID)
	if err != nil {
		return before, err
	}
	head.Archived = true
	return k.save(c, d, before, head, fields)
}

// save puts the next version of a record over the one that was read, on condition that it still stands there, and notes the
// fields that differ.
func (k *Kind[D, F, T]) save(c *op.Call, d D, before T, head Head, f F) (T, error) {
	was := head.Version
	head.Version++
	after := k.Join(head, f)
	s, err := k.stored(after)
	if err != nil {
		return before, err
	}
	k.Keeper(d).Save(c.Act, s, was)
	k.also(c, d, &before, after)
	c.Act.Changed(head.ID, head.Version, before, after)
	return after, nil
}

// list reads on until the page is full, so that archived records left out do not shorten it.
func (k *Kind[D, F, T]) list(ctx context.Context, c *op.Call, d D, in ListIn) (op.Records[T], error) {
	var none op.Records[T]
	if k.Within != "" && in.Within == "" {
		return none, op.RuleRequired.At("within")
	}
	after, err := c.Position(in.Cursor)
	if err != nil {
		return none, err
	}
	c.Shared() // each record is held against the right below: a list of none is no refusal
	var out []T
	for {
		rows, next, err := k.Keeper(d).List(ctx, c.Tenant, k.Plural, in.Within, in.Size()-len(out), after)
		if err != nil {
			return none, err
		}
		for _, s := range rows {
			if s.Head.Archived && !in.Archived {
				continue
			}
			t, err := k.open(s)
			if err != nil {
				return none, err
			}
			if _, f := k.Split(t); k.covered(c, f) == nil {
				out = append(out, t)
			}
		}
		if next == nil || len(out) >= in.Size() {
			return op.NewRecords(c, in.PageOf, out, next), nil
		}
		after = next
	}
}
