package store

import (
	"container/list"
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"
)

// sharedBytesMax bounds the items whose decoded forms a process keeps, by their stored size; decoded they take about twice that.
const sharedBytesMax = 8 << 20

// Shared reads an item that is large, changes rarely and is wanted often, such as a chart of accounts. The item is read from
// the store like any other, at the same price; but if it has the schema and the version that this process has decoded before,
// what it was decoded to then is taken, since decoding costs many times what reading does. A record's every change raises its
// version and is made on the condition of the former one, so equal versions of one key are equal items: what another process
// changed is seen by the very next read.
//
// Every reader gets the same Value, at the same time: R decodes to a T that nobody can change, or each reader copies what it
// may change.
type Shared[R, T any] struct {
	Want
	Value T

	forms  *forms
	decode func(R) (T, error)
}

// Share makes the reading of one item of a joint read: give its Want to LoadAll. R is the item's row, T what it is decoded to.
func Share[R, T any](d *DB, k Key, decode func(R) (T, error)) *Shared[R, T] {
	s := &Shared[R, T]{Want: Want{Key: k}, forms: &d.forms, decode: decode}
	s.Into = s
	return s
}

// LoadShared is Load for an item whose decoded form is shared.
func LoadShared[R, T any](ctx context.Context, d *DB, k Key, decode func(R) (T, error)) (value T, found bool, err error) {
	s := Share(d, k, decode)
	found, err = d.load(ctx, k, s)
	return s.Value, found, err
}

// UnmarshalDynamoItem takes the decoded form that is kept, or decodes the item and keeps that.
func (s *Shared[R, T]) UnmarshalDynamoItem(item dynamo.Item) error {
	var head Row
	if err := dynamo.UnmarshalItem(item, &head); err != nil {
		return err
	}
	at := formKey{target: s.Key.target(), schema: head.Schema, version: head.Version}
	if kept, ok := s.forms.get(at).(T); ok {
		s.Value = kept
		return nil
	}
	var row R
	if err := dynamo.UnmarshalItem(item, &row); err != nil {
		return err
	}
	upgrade(&row)
	var err error
	if s.Value, err = s.decode(row); err != nil {
		return err
	}
	if head.Version > 0 { // without a version nothing would tell that the item has changed
		s.forms.put(at, s.Value, sizeOf(item))
	}
	return nil
}

// formKey says what a decoded form was decoded from.
type formKey struct {
	target          string
	schema, version int
}

// forms keeps decoded items, at most one for each place, and drops those that were not asked for longest when they grow too
// many. The zero value is ready for use.
type forms struct {
	mu     sync.Mutex
	places map[string]*list.Element // by target
	recent list.List                // of *form, the one asked for last in front
	bytes  int
}

type form struct {
	key   formKey
	value any
	bytes int
}

// get gives the form that was decoded from exactly this version of the item, nil for none.
func (f *forms) get(k formKey) any {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.places[k.target]
	if e == nil || e.Value.(*form).key != k {
		return nil
	}
	f.recent.MoveToFront(e)
	return e.Value.(*form).value
}

// put keeps a form in the stead of another version's. A reader that was overtaken may put back an older one, which costs the
// next reader a decoding and nothing else.
func (f *forms) put(k formKey, value any, bytes int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e := f.places[k.target]; e != nil {
		f.drop(e)
	}
	if f.places == nil {
		f.places = map[string]*list.Element{}
	}
	f.places[k.target] = f.recent.PushFront(&form{key: k, value: value, bytes: bytes})
	f.bytes += bytes
	for f.bytes > sharedBytesMax {
		f.drop(f.recent.Back())
	}
}

func (f *forms) drop(e *list.Element) {
	old := f.recent.Remove(e).(*form)
	f.bytes -= old.bytes
	delete(f.places, old.key.target)
}

// sizeOf is about the size of an item as the store counts it: what its names and values hold.
func sizeOf(item map[string]types.AttributeValue) int {
	n := 0
	for name, v := range item {
		n += len(name) + valueSize(v)
	}
	return n
}

func valueSize(v types.AttributeValue) int {
	const least = 1 // an entry of a list or map counts for itself
	switch t := v.(type) {
	case *types.AttributeValueMemberS:
		return least + len(t.Value)
	case *types.AttributeValueMemberN:
		return least + len(t.Value)
	case *types.AttributeValueMemberB:
		return least + len(t.Value)
	case *types.AttributeValueMemberM:
		return least + sizeOf(t.Value)
	case *types.AttributeValueMemberL:
		n := least
		for _, e := range t.Value {
			n += valueSize(e)
		}
		return n
	case *types.AttributeValueMemberSS:
		n := least
		for _, e := range t.Value {
			n += len(e)
		}
		return n
	}
	return least
}
