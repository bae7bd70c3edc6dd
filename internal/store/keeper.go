package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"

	"backoffice/internal/clock"
	"backoffice/internal/op"
	"backoffice/internal/resource"
)

// Keeper stores reference records of every kind in one table:
//
//	<tenant>|RES|<kind>|<within> | <key> | the record, its fields as JSON
type Keeper struct {
	db    *DB
	table string
}

// NewKeeper makes the keeper of a table.
func NewKeeper(db *DB, table string) *Keeper { return &Keeper{db: db, table: table} }

const recordSchema = 1

// recordRow is a reference record. Its fields stand as JSON in the form of the interface, which only ever grows.
type recordRow struct {
	Row
	ID       string `dynamo:"id"`
	Archived bool   `dynamo:"x,omitempty"`
	At       string `dynamo:"at"`
	Fields   string `dynamo:"f"`

	members []string // that the kind's type knows
}

// merge keeps members of the stored fields that the kind's type does not know.
func (r recordRow) merge(stored, next dynamo.Item) error {
	var was, is map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal([]byte(textOf(stored["f"])), &was), json.Unmarshal([]byte(r.Fields), &is)); err != nil {
		return fmt.Errorf("merge the fields of %s: %w", r.ID, err)
	}
	more := false
	for name, v := range was {
		if !slices.Contains(r.members, name) {
			is[name], more = v, true
		}
	}
	if !more {
		return nil
	}
	text, err := json.Marshal(is)
	next["f"] = &types.AttributeValueMemberS{Value: string(text)}
	return err
}

// RecordKey names a reference record.
func RecordKey(table, tenant, kind, within, key string) Key {
	return Key{Table: table, PK: In(tenant, "RES", kind, within), SK: At(key)}
}

func (k *Keeper) row(tenant string, s resource.Stored) recordRow {
	key := RecordKey(k.table, tenant, s.Kind, s.Within, s.Key)
	return recordRow{Row: NewRow(key.PK, key.SK, recordSchema, s.Head.Version), ID: s.Head.ID, Archived: s.Head.Archived,
		At: clock.Format(s.Head.CreatedAt), Fields: string(s.Fields), members: s.Members}
}

func (r recordRow) stored(kind, within string) (resource.Stored, error) {
	at, err := clock.Parse(r.At)
	return resource.Stored{Kind: kind, Within: within, Key: Part(r.SK), Fields: json.RawMessage(r.Fields),
		Head: resource.Head{ID: r.ID, Archived: r.Archived, CreatedAt: at, Version: r.Version}}, err
}

// Load reads a record.
func (k *Keeper) Load(ctx context.Context, tenant, kind, within, key string) (resource.Stored, bool, error) {
	r, found, err := Load[recordRow](ctx, k.db, RecordKey(k.table, tenant, kind, within, key))
	if err != nil || !found {
		return resource.Stored{}, false, err
	}
	s, err := r.stored(kind, within)
	return s, err == nil, err
}

// LoadMany reads records of one kind together.
func (k *Keeper) LoadMany(ctx context.Context, tenant, kind string, places []resource.Place) ([]resource.Stored, error) {
	rows, wants := make([]recordRow, len(places)), make([]*Want, len(places))
	for i, p := range places {
		wants[i] = &Want{Key: RecordKey(k.table, tenant, kind, p.Within, p.Key), Into: &rows[i]}
	}
	if err := k.db.LoadAll(ctx, wants...); err != nil {
		return nil, err
	}
	out := make([]resource.Stored, 0, len(places))
	for i, p := range places {
		if !wants[i].Found {
			continue
		}
		s, err := rows[i].stored(kind, p.Within)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// List reads records in the order of their keys.
func (k *Keeper) List(ctx context.Context, tenant, kind, within string, limit int, after map[string]string) ([]resource.Stored, map[string]string, error) {
	rows, next, err := Scan[recordRow](ctx, k.db, Range{Table: k.table, PK: In(tenant, "RES", kind, within), Limit: limit, After: after})
	if err != nil {
		return nil, nil, err
	}
	out := make([]resource.Stored, len(rows))
	for i, r := range rows {
		if out[i], err = r.stored(kind, within); err != nil {
			return nil, nil, err
		}
	}
	return out, next, nil
}

// Add puts a new record; taken is the refusal when its key is.
func (k *Keeper) Add(act *op.Act, s resource.Stored, taken error) {
	act.Write(Create(k.table, k.row(act.Tenant, s), taken))
}

// Save puts a record over its former version.
func (k *Keeper) Save(act *op.Act, s resource.Stored, was int) {
	act.Write(Replace(k.table, k.row(act.Tenant, s), was))
}
