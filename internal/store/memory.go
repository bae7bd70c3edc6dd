package store

import (
	"context"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
	"github.com/guregu/dynamo/v2"

	"backoffice/internal/op"
)

// memory is what a call that may write has read of records, as it is stored. While a release is being deployed, or after one was
// rolled back, an operation meets items of a newer release than its own: what it does not know of them must be written back.
type memory struct {
	mu    sync.Mutex
	items map[string]dynamo.Item
}

func placeOf(physical, pk, sk string) string { return physical + sep + pk + sep + sk }

// note keeps a record; of several versions the last, since an index may give an older one after the table gave the newest. Rows of
// projections and acts have no version: they are never written over.
func (m *memory) note(physical string, items ...map[string]types.AttributeValue) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, item := range items {
		v, versioned := item["v"]
		at := placeOf(physical, textOf(item["pk"]), textOf(item["sk"]))
		if versioned && numberOf(v) >= numberOf(m.items[at]["v"]) {
			m.items[at] = item
		}
	}
}

func (m *memory) recall(physical string, k Key) dynamo.Item {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.items[placeOf(physical, k.PK.text, k.SK.text)]
}

// addMemory has every call of the client noted that reads for an operation that may write: however it was read, by the table or
// an index, one or many.
func addMemory(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("storeMemory", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		out, meta, err := next.HandleInitialize(ctx, in)
		if l, ok := ctx.Value(limitKey{}).(*limit); ok && err == nil && l.memory != nil {
			l.memory.hear(in.Parameters, out.Result)
		}
		return out, meta, err
	}), middleware.After)
}

func (m *memory) hear(asked, answered any) {
	switch out := answered.(type) {
	case *dynamodb.GetItemOutput:
		m.note(*asked.(*dynamodb.GetItemInput).TableName, out.Item)
	case *dynamodb.QueryOutput:
		m.note(*asked.(*dynamodb.QueryInput).TableName, out.Items...)
	case *dynamodb.BatchGetItemOutput:
		for table, items := range out.Responses {
			m.note(table, items...)
		}
	}
}

// Over gives an item as it is written over a version that the call has read. Attributes of the stored item that the row's type
// does not know, since a newer release added them, are kept. An item whose form the newer release has changed, by its schema
// version, is left alone with op.RuleNewer: which of its attributes belong together is not known here.
func (d *DB) Over(ctx context.Context, table string, item Item, was int) (dynamo.Item, error) {
	next, err := dynamo.MarshalItem(item)
	if err != nil {
		return nil, fmt.Errorf("encode item of %s: %w", table, err)
	}
	l, ok := ctx.Value(limitKey{}).(*limit)
	if !ok || l.memory == nil {
		return next, nil // the process's own writes, outside any operation
	}
	stored := l.memory.recall(d.TableName(table), keyOf(table, item))
	if stored == nil || numberOf(stored["v"]) != was {
		return next, nil // made anew, or overtaken: the write's condition says so
	}
	switch schema := numberOf(stored["sv"]); {
	case schema > item.head().Schema:
		return nil, op.RuleNewer.Err()
	case schema < item.head().Schema:
		return next, nil // an older form, whose upgrade says what becomes of its attributes
	}
	known := attributes(reflect.TypeOf(item))
	for name, v := range stored {
		if !known[name] {
			next[name] = v
		}
	}
	if m, ok := item.(merger); ok {
		return next, m.merge(stored, next)
	}
	return next, nil
}

// recallAll reads the records that writes go over and the call has not read, such as one that is kept in two places: what a newer
// release wrote there is to be kept, too. Most calls have read them all, and ask for nothing.
func (d *DB) recallAll(ctx context.Context, writes []*Write) error {
	l, ok := ctx.Value(limitKey{}).(*limit)
	if !ok || l.memory == nil {
		return nil
	}
	var unread []*Want
	for _, w := range writes {
		if w.kind == replace && l.memory.recall(d.TableName(w.key.Table), w.key) == nil {
			unread = append(unread, &Want{Key: w.key, Into: &Row{}})
		}
	}
	if len(unread) == 0 {
		return nil
	}
	return d.LoadAll(ctx, unread...)
}

// merger is a row type with an attribute that holds others, of which it may not know all.
type merger interface {
	merge(stored, next dynamo.Item) error
}

// known holds the names of attributes by row type: a type's never change.
var known sync.Map // reflect.Type -> map[string]bool

// attributes are the names under which a row type's fields are stored.
func attributes(t reflect.Type) map[string]bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if names, ok := known.Load(t); ok {
		return names.(map[string]bool)
	}
	names := map[string]bool{}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("dynamo"), ",")
		switch {
		case !f.IsExported() && !f.Anonymous:
		case f.Anonymous && name == "":
			for inner := range attributes(f.Type) {
				names[inner] = true
			}
		case name == "":
			names[f.Name] = true
		case name != "-":
			names[name] = true
		}
	}
	known.Store(t, names)
	return names
}

func textOf(v types.AttributeValue) string {
	if s, ok := v.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// numberOf reads a count that the store kit wrote.
func numberOf(v types.AttributeValue) int {
	s, ok := v.(*types.AttributeValueMemberN)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(s.Value)
	if err != nil {
		panic("store: a version that is no whole number: " + s.Value)
	}
	return n
}
