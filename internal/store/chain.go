package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/guregu/dynamo/v2"

	"backoffice/internal/op"
)

// The audit chain of a tenant in a table: links in their order, each over a batch of acts, each holding the hash of the one
// before. The relay adds a link in the transaction that settles its acts.
//
//	<tenant>|CHAIN | HEAD     | number and hash of the last link; who holds the projections
//	<tenant>|CHAIN | L<n>     | link: its acts with their hashes, the hash before, its own hash
//
// The order of the chain is also the order of the change feed.

// LinkItems is how many items of a settling transaction the chain takes.
const LinkItems = 2

const chainSchema = 1

type headRow struct {
	Row
	Number    int    `dynamo:"n"`
	Hash      string `dynamo:"h"`
	Held      string `dynamo:"hld,omitempty"`
	Pending   string `dynamo:"pend,omitempty"`
	PendingAt string `dynamo:"pat,omitempty"`
}

type linkRow struct {
	Row
	Number int    `dynamo:"n"`
	Before string `dynamo:"b,omitempty"`
	Hash   string `dynamo:"h"`
	Acts   Packed `dynamo:"a"` // JSON of []ChainedAct
}

// ChainedAct is an act as the chain holds it.
type ChainedAct struct {
	Act       string `json:"act"`
	Key       string `json:"key"` // of the act's item: its partition key without the tenant
	Operation string `json:"op"`
	Record    string `json:"record,omitempty"`
	Version   int    `json:"version,omitempty"`
	Hash      string `json:"hash"`
}

// Link is one link of a tenant's audit chain.
type Link struct {
	Number int
	Before string
	Hash   string
	Acts   []ChainedAct
}

func headKey(table, tenant string) Key {
	return Key{Table: table, PK: In(tenant, "CHAIN"), SK: At("HEAD")}
}

func linkKey(table, tenant string, n int) Key {
	return Key{Table: table, PK: In(tenant, "CHAIN"), SK: At(fmt.Sprintf("L%012d", n))}
}

// actHash is the SHA-256 of an act as it was committed: without the marks of what has been done with it since.
func actHash(item dynamo.Item) []byte {
	committed := make(dynamo.Item, len(item))
	for name, v := range item {
		if name != "pend" && name != "pat" && name != "don" {
			committed[name] = v
		}
	}
	return imageHash(committed)
}

// nextLink makes the writes that add acts to the chain: a link, and the head moved on to it.
func (d *DB) nextLink(ctx context.Context, acts []PendingAct) ([]*Write, error) {
	table, tenant := acts[0].Key.Table, acts[0].Tenant
	head, found, err := Load[headRow](ctx, d, headKey(table, tenant))
	if err != nil {
		return nil, err
	}
	link := Link{Number: head.Number + 1, Before: head.Hash}
	for _, a := range acts {
		if head.Held != "" && a.Project != "" {
			return nil, errHeld
		}
		link.Acts = append(link.Acts, ChainedAct{Act: a.ID, Key: a.Key.PK.text[len(tenant)+1:], Operation: a.Operation, Record: a.result.ID,
			Version: a.result.Version, Hash: hex.EncodeToString(a.hash)})
	}
	raw, err := json.Marshal(link.Acts)
	if err != nil {
		return nil, err
	}
	link.Hash = linkHash(link.Number, link.Before, raw)
	lk, hk := linkKey(table, tenant, link.Number), headKey(table, tenant)
	row := linkRow{Row: NewRow(lk.PK, lk.SK, chainSchema, 0), Number: link.Number, Before: link.Before, Hash: link.Hash, Acts: Packed(raw)}
	next := head
	next.Row, next.Number, next.Hash = NewRow(hk.PK, hk.SK, chainSchema, head.Version+1), link.Number, link.Hash
	move := Replace(table, next, head.Version)
	if !found {
		move = Create(table, next, op.ErrConflict)
	}
	return []*Write{Create(table, row, op.ErrConflict), move}, nil
}

func linkHash(number int, before string, acts []byte) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\n%s\n%s", number, before, acts))
	return hex.EncodeToString(sum[:])
}

// BrokenChainError names the first thing in an audit chain that does not hold.
type BrokenChainError struct {
	Link int
	Act  string // "" when the link itself is broken
	What string
}

// Error says what is broken, and where.
func (e *BrokenChainError) Error() string {
	if e.Act == "" {
		return fmt.Sprintf("audit chain: link %d: %s", e.Link, e.What)
	}
	return fmt.Sprintf("audit chain: link %d, act %s: %s", e.Link, e.Act, e.What)
}

// Links reads a stretch of the chain: up to limit links after a number.
func (d *DB) Links(ctx context.Context, table, tenant string, after, limit int) ([]Link, error) {
	from, to := linkKey(table, tenant, after+1).SK, At("M")
	rows, _, err := Scan[linkRow](ctx, d, Range{Table: table, PK: In(tenant, "CHAIN"), From: &from, To: &to, Limit: limit})
	if err != nil {
		return nil, err
	}
	out := make([]Link, len(rows))
	for i, r := range rows {
		out[i] = Link{Number: r.Number, Before: r.Before, Hash: r.Hash}
		if err := json.Unmarshal([]byte(r.Acts), &out[i].Acts); err != nil {
			return nil, &BrokenChainError{Link: r.Number, What: "its acts cannot be read"}
		}
		if r.Hash != linkHash(r.Number, r.Before, []byte(r.Acts)) {
			return nil, &BrokenChainError{Link: r.Number, What: "its hash does not match its content"}
		}
	}
	return out, nil
}

const linksAtOnce = 100

// VerifyChain checks a tenant's whole chain in a table: every link follows the one before, the head is the last, and every
// act is there as it was committed. It gives the number of acts, or a BrokenChainError for the first that does not hold.
func (d *DB) VerifyChain(ctx context.Context, table, tenant string) (acts int, err error) {
	for at, more := 0, true; more; {
		var n int
		if n, at, more, err = d.verifyStretch(ctx, table, tenant, at, linksAtOnce); err != nil {
			return acts + n, err
		}
		acts += n
	}
	return acts, nil
}

// verifyStretch checks up to limit links after one that is taken as checked, and at the end of the chain its head.
func (d *DB) verifyStretch(ctx context.Context, table, tenant string, after, limit int) (acts, last int, more bool, err error) {
	head, err := d.head(ctx, table, tenant)
	if err != nil {
		return 0, after, false, err
	}
	before, err := d.link(ctx, table, tenant, after)
	if err != nil {
		return 0, after, false, err
	}
	links, err := d.Links(ctx, table, tenant, after, limit)
	if err != nil {
		return 0, after, false, err
	}
	for _, l := range links {
		if l.Number > head.Number { // added since the head was read
			return acts, before.Number, false, nil
		}
		if l.Number != before.Number+1 || l.Before != before.Hash {
			return acts, before.Number, false, &BrokenChainError{Link: l.Number, What: "it does not follow the link before it"}
		}
		if err := d.verifyActs(ctx, table, tenant, l); err != nil {
			return acts, before.Number, false, err
		}
		acts += len(l.Acts)
		before = l
	}
	if len(links) == limit {
		return acts, before.Number, true, nil
	}
	if head.Number != before.Number || head.Hash != before.Hash {
		return acts, before.Number, false, &BrokenChainError{Link: before.Number, What: "the head names another link as the last"}
	}
	return acts, before.Number, false, nil
}

// head reads the head of the chain; that of a chain without links is the zero one.
func (d *DB) head(ctx context.Context, table, tenant string) (headRow, error) {
	head, found, err := Load[headRow](ctx, d, headKey(table, tenant))
	if err != nil || found {
		return head, err
	}
	links, err := d.Links(ctx, table, tenant, 0, 1)
	if err != nil || len(links) == 0 {
		return head, err
	}
	// The first link comes with the head, perhaps just now: a head that is still not there has been taken away.
	if head, found, err = Load[headRow](ctx, d, headKey(table, tenant)); err == nil && !found {
		err = &BrokenChainError{Link: links[0].Number, What: "the head is missing"}
	}
	return head, err
}

// link reads one link; that before the first is the zero one.
func (d *DB) link(ctx context.Context, table, tenant string, n int) (Link, error) {
	if n == 0 {
		return Link{}, nil
	}
	links, err := d.Links(ctx, table, tenant, n-1, 1)
	if err == nil && (len(links) == 0 || links[0].Number != n) {
		err = &BrokenChainError{Link: n, What: "it is missing"}
	}
	if err != nil {
		return Link{}, err
	}
	return links[0], nil
}

func (d *DB) verifyActs(ctx context.Context, table, tenant string, l Link) error {
	_, err := d.actsOf(ctx, table, tenant, l)
	return err
}

// actsOf reads a link's acts and holds them against the link.
func (d *DB) actsOf(ctx context.Context, table, tenant string, l Link) ([]actRow, error) {
	rows := make([]actRow, len(l.Acts))
	wants := make([]*Want, len(l.Acts))
	for i, a := range l.Acts {
		wants[i] = &Want{Key: Key{Table: table, PK: Partition{tenant + sep + a.Key}, SK: At("A")}, Into: &rows[i]}
	}
	if err := d.LoadAll(ctx, wants...); err != nil {
		return nil, err
	}
	for i, a := range l.Acts {
		switch {
		case !wants[i].Found:
			return nil, &BrokenChainError{Link: l.Number, Act: a.Act, What: "the act is missing"}
		case hex.EncodeToString(actHash(wants[i].raw)) != a.Hash:
			return nil, &BrokenChainError{Link: l.Number, Act: a.Act, What: "the act is not what was committed"}
		}
	}
	return rows, nil
}

// IsBrokenChain tells whether an error says that an audit chain does not hold.
func IsBrokenChain(err error) bool {
	var b *BrokenChainError
	return errors.As(err, &b)
}
