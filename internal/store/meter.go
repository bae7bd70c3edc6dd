package store

import (
	"context"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
)

// Meter counts what the calls made with a context cost: exact, not timed.
type Meter struct {
	mu    sync.Mutex
	count Count
}

// Count is what calls cost.
type Count struct {
	Calls        int     `json:"calls"`             // round trips to the store
	Retries      int     `json:"retries,omitempty"` // of them repeated, since the store was busy or did not answer
	WrittenItems int     `json:"writtenItems"`      // items put, updated or deleted
	ReadUnits    float64 `json:"readUnits"`
	WriteUnits   float64 `json:"writeUnits"`
}

// Count gives the sum so far.
func (m *Meter) Count() Count {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.count
}

type meterKey struct{}

// WithMeter counts the calls made with the context. Meters that the context has already go on counting, too.
func WithMeter(ctx context.Context, m *Meter) context.Context {
	outer, _ := ctx.Value(meterKey{}).([]*Meter)
	if slices.Contains(outer, m) {
		return ctx
	}
	return context.WithValue(ctx, meterKey{}, append(slices.Clone(outer), m))
}

// addMeter puts the meter around every call of the client, outside the SDK's own retries: they are one call of the operation,
// whose repeats are counted apart. What a call costs is what the store says it cost, and no estimate of ours.
func addMeter(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("storeMeter", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		meters, ok := ctx.Value(meterKey{}).([]*Meter)
		if !ok {
			return next.HandleInitialize(ctx, in)
		}
		written := askCapacity(in.Parameters)
		out, meta, err := next.HandleInitialize(ctx, in)
		retries := 0
		if attempts, ok := retry.GetAttemptResults(meta); ok {
			retries = max(0, len(attempts.Results)-1)
		}
		for _, m := range meters {
			m.add(written, retries, out.Result)
		}
		return out, meta, err
	}), middleware.Before)
}

// askCapacity asks the call to say what it consumed, and counts the items it writes.
func askCapacity(params any) int {
	const total = types.ReturnConsumedCapacityTotal
	switch p := params.(type) {
	case *dynamodb.GetItemInput:
		p.ReturnConsumedCapacity = total
	case *dynamodb.QueryInput:
		p.ReturnConsumedCapacity = total
	case *dynamodb.ScanInput:
		p.ReturnConsumedCapacity = total
	case *dynamodb.BatchGetItemInput:
		p.ReturnConsumedCapacity = total
	case *dynamodb.PutItemInput:
		p.ReturnConsumedCapacity = total
		return 1
	case *dynamodb.UpdateItemInput:
		p.ReturnConsumedCapacity = total
		return 1
	case *dynamodb.DeleteItemInput:
		p.ReturnConsumedCapacity = total
		return 1
	case *dynamodb.TransactWriteItemsInput:
		p.ReturnConsumedCapacity = total
		n := 0
		for _, w := range p.TransactItems {
			if w.ConditionCheck == nil { // a check costs units, but writes nothing
				n++
			}
		}
		return n
	}
	return 0
}

// add counts a call that has ended. One that failed counts as a call without units: the store gives none then, though a
// refused write costs what the write would have.
func (m *Meter) add(written, retries int, result any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count.Calls++
	m.count.Retries += retries
	switch r := result.(type) {
	case *dynamodb.GetItemOutput:
		m.read(r.ConsumedCapacity)
	case *dynamodb.QueryOutput:
		m.read(r.ConsumedCapacity)
	case *dynamodb.ScanOutput:
		m.read(r.ConsumedCapacity)
	case *dynamodb.BatchGetItemOutput:
		for i := range r.ConsumedCapacity {
			m.read(&r.ConsumedCapacity[i])
		}
	case *dynamodb.PutItemOutput:
		m.write(written, r.ConsumedCapacity)
	case *dynamodb.UpdateItemOutput:
		m.write(written, r.ConsumedCapacity)
	case *dynamodb.DeleteItemOutput:
		m.write(written, r.ConsumedCapacity)
	case *dynamodb.TransactWriteItemsOutput:
		m.count.WrittenItems += written
		for i := range r.ConsumedCapacity {
			m.write(0, &r.ConsumedCapacity[i])
		}
	}
}

func (m *Meter) read(c *types.ConsumedCapacity) {
	if c != nil && c.CapacityUnits != nil {
		m.count.ReadUnits += *c.CapacityUnits
	}
}

func (m *Meter) write(items int, c *types.ConsumedCapacity) {
	m.count.WrittenItems += items
	if c != nil && c.CapacityUnits != nil {
		m.count.WriteUnits += *c.CapacityUnits
	}
}
