package store

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"sort"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"

	"backoffice/internal/clock"
	"backoffice/internal/op"
)

const (
	actSchema = 1
	// pendingShards spreads a tenant's pending acts over this many keys of the index.
	pendingShards = 4
	// projectedMark ends the index key of an act that balances have to take up: reports count those, and only those.
	projectedMark = "P"
	// changesBytesMax is how much of the field-level changes stands in the act itself; more is spilled to a part.
	changesBytesMax = 24 << 10
)

// actRow is an act as it is stored: idempotency record, audit entry and outbox in one item.
type actRow struct {
	Row
	ID        string            `dynamo:"id"`
	Operation string            `dynamo:"op"`
	Principal string            `dynamo:"by"`
	Person    string            `dynamo:"per,omitempty"`
	Session   string            `dynamo:"ses,omitempty"`
	Hash      string            `dynamo:"rh,omitempty"`
	At        string            `dynamo:"at"`
	Status    int               `dynamo:"st"`
	Record    string            `dynamo:"rid,omitempty"`
	RecordVer int               `dynamo:"rv,omitempty"`
	Others    []string          `dynamo:"oth,omitempty"`
	Project   string            `dynamo:"prj,omitempty"`
	Changes   string            `dynamo:"chg,omitempty"`
	Spilled   string            `dynamo:"spl,omitempty"` // SHA-256 of the changes that stand in the part
	Events    string            `dynamo:"ev,omitempty"`
	Images    map[string][]byte `dynamo:"img,omitempty"` // short key -> SHA-256 of what was written there
	Pending   string            `dynamo:"pend,omitempty"`
	PendingAt string            `dynamo:"pat,omitempty"`
	Done      []int             `dynamo:"don,set,omitempty"` // parts of a large act that projections have taken up
}

type partRow struct {
	Row
	Text string `dynamo:"txt"`
}

// ActKey names an act by its idempotency key's hash, or, where a call has none, by its id.
func ActKey(table, tenant, key string) Key {
	return Key{Table: table, PK: In(tenant, "ACT", key), SK: At("A")}
}

func newActRow(a *op.Act, key Key) (actRow, []*Write, error) {
	r := actRow{Row: NewRow(key.PK, key.SK, actSchema, 0), ID: a.ID, Operation: a.Operation, Principal: a.Principal, Person: a.Person,
		Session: a.Session, Hash: a.RequestHash, At: clock.Format(a.At), Status: a.Status, Record: a.Result.ID,
		RecordVer: a.Result.Version, Others: a.Others, Project: a.Project}
	if len(a.Events) > 0 {
		raw, err := json.Marshal(a.Events)
		if err != nil {
			return r, nil, err
		}
		r.Events = string(raw)
	}
	r.Pending, r.PendingAt = PendingShard(a.Tenant, shardOf(a.ID)).text, a.ID
	if a.Project != "" {
		r.PendingAt += projectedMark
	}
	spilled, err := r.setChanges(a, key)
	return r, spilled, err
}

func (r *actRow) setChanges(a *op.Act, key Key) ([]*Write, error) {
	if len(a.Changes) == 0 {
		return nil, nil
	}
	raw, err := json.Marshal(a.Changes)
	if err != nil {
		return nil, err
	}
	if len(raw) <= changesBytesMax {
		r.Changes = string(raw)
		return nil, nil
	}
	sum := sha256.Sum256(raw)
	r.Spilled = fmt.Sprintf("%x", sum)
	part := partRow{Row: NewRow(key.PK, At("P", r.Spilled), actSchema, 0), Text: string(raw)}
	return []*Write{Create(key.Table, part, op.ErrDuplicate)}, nil
}

// PendingShard is the key of one shard of a tenant's pending acts in the index.
func PendingShard(tenant string, shard int) Partition { return In(tenant, "PEND", strconv.Itoa(shard)) }

func shardOf(actID string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(actID))
	return int(h.Sum32() % pendingShards)
}

func (r actRow) recorded() *op.Recorded {
	at, err := clock.Parse(r.At)
	if err != nil {
		panic("store: act with an unreadable instant: " + r.ID)
	}
	return &op.Recorded{ID: r.ID, RequestHash: r.Hash, Status: r.Status, Result: op.Ref{ID: r.Record, Version: r.RecordVer}, Others: r.Others, At: at}
}

// imageHash is the SHA-256 of an item in a canonical form: attributes by name, each with its type.
func imageHash(item dynamo.Item) []byte {
	h := sha256.New()
	hashMap(h.Write, item)
	return h.Sum(nil)
}

func hashMap(write func([]byte) (int, error), m map[string]types.AttributeValue) {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		_, _ = write([]byte(strconv.Quote(n)))
		hashValue(write, m[n])
	}
}

func hashValue(write func([]byte) (int, error), v types.AttributeValue) {
	put := func(kind, text string) { _, _ = write([]byte(kind + strconv.Quote(text))) }
	switch t := v.(type) {
	case *types.AttributeValueMemberS:
		put("S", t.Value)
	case *types.AttributeValueMemberN:
		put("N", t.Value)
	case *types.AttributeValueMemberBOOL:
		put("T", strconv.FormatBool(t.Value))
	case *types.AttributeValueMemberB:
		put("B", string(t.Value))
	case *types.AttributeValueMemberNULL:
		put("0", "")
	case *types.AttributeValueMemberL:
		put("L", strconv.Itoa(len(t.Value)))
		for _, e := range t.Value {
			hashValue(write, e)
		}
	case *types.AttributeValueMemberM:
		put("M", strconv.Itoa(len(t.Value)))
		hashMap(write, t.Value)
	case *types.AttributeValueMemberSS:
		put("SS", strconv.Itoa(len(t.Value)))
		for _, e := range sortedCopy(t.Value) {
			put("S", e)
		}
	case *types.AttributeValueMemberNS:
		put("NS", strconv.Itoa(len(t.Value)))
		for _, e := range sortedCopy(t.Value) {
			put("N", e)
		}
	default:
		panic(fmt.Sprintf("store: no canonical form for %T", v))
	}
}

func sortedCopy(in []string) []string {
	out := append([]string(nil), in...)
	sort.Strings(out)
	return out
}
