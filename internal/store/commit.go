package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/guregu/dynamo/v2"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// TransactionItemsMax is how many items one transaction may write or check.
const TransactionItemsMax = 100

// Acts commits acts; it is the pipeline's port.
type Acts struct {
	db *DB
	// committed hears of every act that left something to be projected or published.
	committed func(table, tenant, actID string)
}

// NewActs makes the store of acts; committed, if any, is told of every act that waits for the relay.
func NewActs(db *DB, committed func(table, tenant, actID string)) *Acts {
	return &Acts{db: db, committed: committed}
}

// Begin limits the calls made with the context.
func (s *Acts) Begin(ctx context.Context, spec *op.Spec, tenant string) context.Context {
	return WithLimit(ctx, spec, tenant)
}

// Find gives the act that was committed under a key, or nil.
func (s *Acts) Find(ctx context.Context, spec *op.Spec, tenant, key string) (*op.Recorded, error) {
	row, found, err := Load[actRow](ctx, s.db, ActKey(spec.ActTable(), tenant, key))
	if err != nil || !found {
		return nil, err
	}
	return row.recorded(), nil
}

// Commit writes the act and everything it changes in one transaction.
func (s *Acts) Commit(ctx context.Context, spec *op.Spec, a *op.Act) error {
	keyText := a.Key
	if keyText == "" {
		keyText = a.ID
	}
	key := ActKey(spec.ActTable(), a.Tenant, keyText)
	row, writes, err := newActRow(a, key)
	if err != nil {
		return err
	}
	for _, w := range a.Writes() {
		writes = append(writes, w.(*Write))
	}
	if len(writes)+1 > TransactionItemsMax {
		return op.RuleTransaction.Err()
	}
	if err := s.db.recallAll(ctx, writes); err != nil {
		return err
	}
	tx, err := s.build(ctx, key, &row, writes)
	if err != nil {
		return err
	}
	if err = tx.Run(ctx); err != nil {
		err = outcome(err, writes)
	}
	// A commit whose answer was lost may have happened all the same: who is told of it looks, and at worst finds nothing.
	if s.committed != nil && (err == nil || fault.OfKind(err, fault.Unavailable)) {
		s.committed(key.Table, a.Tenant, a.ID)
	}
	return err
}

// build marshals each item once: the bytes that are hashed into the act are those that are written.
func (s *Acts) build(ctx context.Context, key Key, row *actRow, writes []*Write) (*dynamo.WriteTx, error) {
	items := make([]dynamo.Item, len(writes))
	row.Images = map[string][]byte{}
	for i, w := range writes {
		if w.item == nil {
			continue
		}
		item, err := s.db.Over(ctx, w.key.Table, w.item, w.was)
		if err != nil {
			return nil, err
		}
		items[i] = item
		row.Images[shortKey(key, w.key)] = imageHash(item)
	}
	tx := s.db.dynamo.WriteTx()
	marshalled, err := dynamo.MarshalItem(*row)
	if err != nil {
		return nil, fmt.Errorf("encode act: %w", err)
	}
	tx.Put(s.db.table(key.Table).Put(marshalled).If("attribute_not_exists(pk)"))
	for i, w := range writes {
		w.add(s.db, tx, items[i])
	}
	return tx, nil
}

// shortKey names a written item inside its act: without the tenant, and without the table where it is the act's own.
func shortKey(act, k Key) string {
	tenant, _, _ := strings.Cut(act.PK.text, sep)
	short := strings.TrimPrefix(k.PK.text, tenant+sep) + "/" + k.SK.text
	if k.Table != act.Table {
		return k.Table + ":" + short
	}
	return short
}

// outcome turns the store's refusal of a transaction into what it means.
func outcome(err error, writes []*Write) error {
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return storeError(err)
	}
	for i, r := range cancelled.CancellationReasons {
		if r.Code == nil || *r.Code != "ConditionalCheckFailed" {
			continue
		}
		if i == 0 {
			return op.ErrDuplicate
		}
		if refusal := writes[i-1].refusal; refusal != nil {
			return refusal
		}
		return fmt.Errorf("store: a condition without a refusal failed: %w", err)
	}
	for _, r := range cancelled.CancellationReasons {
		switch {
		case r.Code == nil:
		case *r.Code == "TransactionConflict" || *r.Code == "ThrottlingError" || *r.Code == "ProvisionedThroughputExceeded":
			return op.ErrConflict
		case *r.Code == invalidReason && r.Message != nil && oversize(*r.Message):
			return op.RuleTooLarge.Err().Because(err)
		}
	}
	return storeError(err)
}

// invalidReason is the code of a reason inside a transaction that would come again every time.
const invalidReason = "ValidationError"

// oversize tells whether the store says that an item, or a transaction as a whole, would be too large: it has no code for that.
func oversize(message string) bool {
	return strings.Contains(message, "maximum allowed size") || strings.Contains(message, "maximum size")
}

func storeError(err error) error {
	var busy *types.TransactionInProgressException
	var conflict *types.TransactionConflictException
	if errors.As(err, &busy) || errors.As(err, &conflict) {
		return op.ErrConflict
	}
	var denied *DeniedError
	var api smithy.APIError
	if errors.As(err, &denied) {
		return err
	}
	if errors.As(err, &api) && api.ErrorCode() == "ValidationException" {
		if oversize(api.ErrorMessage()) {
			return op.RuleTooLarge.Err().Because(err) // the caller's texts are: a record is one item
		}
		return err // a defect of ours: asking again would not help
	}
	return op.RuleUnavailable.Err().Because(err)
}

// settleOutcome turns the store's refusal of a settling transaction into what it means: any failed condition says that
// someone else was faster.
func settleOutcome(err error) error {
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		for _, r := range cancelled.CancellationReasons {
			if r.Code != nil && *r.Code == invalidReason {
				return err // it would fail every time
			}
		}
		return op.ErrConflict
	}
	return storeError(err)
}
