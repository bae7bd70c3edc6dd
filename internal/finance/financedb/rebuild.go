package financedb

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"backoffice/internal/clock"
	"backoffice/internal/finance"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

const (
	rebuildSchema = 1
	// rebuildWritesMax leaves room in a step's transaction for its act, its job, the rebuild itself and the chain's head.
	rebuildWritesMax = store.TransactionItemsMax - 4
	// discardRowsMax keeps the rows of one transaction, each of up to some forty kilobytes, under its four megabytes.
	discardRowsMax = 60
	// partitionsMax is how many partitions a step looks through, most of which are empty.
	partitionsMax = 200
	// linksAtOnce is how many links of the chain a step reads, and entriesMax how many entries it writes.
	linksAtOnce = 20
	entriesMax  = 5000
	// actsAhead is how many acts have their journals read at once.
	actsAhead = 60
)

type rebuildRow struct {
	store.Row
	ID        string `dynamo:"id"`
	Job       string `dynamo:"job"`
	Phase     string `dynamo:"ph"`
	Link      int    `dynamo:"ln,omitempty"`
	Skip      int    `dynamo:"sp,omitempty"`
	Piece     int    `dynamo:"pc,omitempty"`
	Entity    string `dynamo:"e,omitempty"`
	Partition string `dynamo:"pt,omitempty"`
	Found     int    `dynamo:"nf,omitempty"`
	Removed   int    `dynamo:"nr,omitempty"`
	Added     int    `dynamo:"na,omitempty"`
	Reason    string `dynamo:"why,omitempty"`
	At        string `dynamo:"at"`
}

func rebuildKey(tenant string) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "REBUILD"), SK: store.At("R")}
}

// Projections makes the projections anew.
type Projections struct {
	db        *store.DB
	projector *Projector
}

// NewProjections makes the maker.
func NewProjections(db *store.DB) *Projections {
	return &Projections{db: db, projector: NewProjector(db)}
}

// Rebuild gives the tenant's latest rebuild.
func (s *Projections) Rebuild(ctx context.Context, tenant string) (finance.Rebuild, error) {
	r, found, err := store.Load[rebuildRow](ctx, s.db, rebuildKey(tenant))
	if err != nil || !found {
		return finance.Rebuild{}, err
	}
	at, err := clock.Parse(r.At)
	return finance.Rebuild{ID: r.ID, Job: r.Job, Phase: finance.RebuildPhase(r.Phase), Link: r.Link, Skip: r.Skip, Piece: r.Piece, Entity: r.Entity,
		Partition: r.Partition, Found: r.Found, Removed: r.Removed, Added: r.Added, Reason: r.Reason, At: at, Version: r.Version}, err
}

// Save puts the rebuild over the version that was read, 0 for none.
func (s *Projections) Save(act *op.Act, r finance.Rebuild, was int) {
	k := rebuildKey(act.Tenant)
	row := rebuildRow{Row: store.NewRow(k.PK, k.SK, rebuildSchema, r.Version), ID: r.ID, Job: r.Job, Phase: string(r.Phase), Link: r.Link, Skip: r.Skip,
		Piece: r.Piece, Entity: r.Entity, Partition: r.Partition, Found: r.Found, Removed: r.Removed, Added: r.Added, Reason: r.Reason, At: clock.Format(r.At)}
	if was == 0 {
		act.Write(store.Create(table, row, op.ErrConflict))
		return
	}
	act.Write(store.Replace(table, row, was))
}

// Hold keeps acts out of the projections.
func (s *Projections) Hold(ctx context.Context, act *op.Act, by string) error {
	return adding(act)(s.db.Hold(ctx, table, act.Tenant, by))
}

// Release lets acts into the projections.
func (s *Projections) Release(ctx context.Context, act *op.Act) error {
	return adding(act)(s.db.Release(ctx, table, act.Tenant))
}

func adding(act *op.Act) func(*store.Write, error) error {
	return func(w *store.Write, err error) error {
		if err == nil {
			act.Write(w)
		}
		return err
	}
}

// Forget has acts that wait forget which of their parts were taken up.
func (s *Projections) Forget(ctx context.Context, act *op.Act) (int, error) {
	writes, err := s.db.ForgetParts(ctx, table, act.Tenant, rebuildWritesMax)
	for _, w := range writes {
		act.Write(w)
	}
	return len(writes), err
}

// past comes after every id and every partition key.
const past = "~"

// Discard deletes rows of the projections, entity by entity and partition by partition in the order of their keys. Where it
// stands is named and not counted: a dimension that is added meanwhile moves nothing.
func (s *Projections) Discard(ctx context.Context, act *op.Act, r finance.Rebuild) (finance.Rebuild, bool, error) {
	room := discardRowsMax
	for looked := 0; looked < partitionsMax; {
		entity, err := s.entityFrom(ctx, act.Tenant, r.Entity)
		if err != nil || entity == "" {
			return r, err == nil, err
		}
		if r.Entity != entity {
			r.Entity, r.Partition = entity, ""
		}
		all, err := s.partitions(ctx, act.Tenant, entity)
		if err != nil {
			return r, false, err
		}
		for _, pk := range all {
			if pk.String() <= r.Partition {
				continue
			}
			if looked++; looked > partitionsMax {
				return r, false, nil
			}
			n, whole, err := s.discardRows(ctx, act, pk, room)
			if err != nil {
				return r, false, err
			}
			r.Removed, room = r.Removed+n, room-n
			if !whole {
				return r, false, nil
			}
			r.Partition = pk.String()
		}
		r.Entity += past
	}
	return r, false, nil
}

// entityFrom gives the first entity that does not come before an id, "" when there is none.
func (s *Projections) entityFrom(ctx context.Context, tenant, id string) (string, error) {
	r := store.Range{Table: table, PK: store.In(tenant, "ENT"), Limit: 1}
	if id != "" {
		from := store.At(id)
		r.From = &from
	}
	rows, _, err := store.Scan[entityRow](ctx, s.db, r)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return fromEntityRow(rows[0]).ID, nil
}

// discardRows deletes up to a number of a partition's rows, and tells whether none is left.
func (s *Projections) discardRows(ctx context.Context, act *op.Act, pk store.Partition, room int) (n int, whole bool, err error) {
	rows, _, err := store.Scan[store.Row](ctx, s.db, store.Range{Table: table, PK: pk, Limit: room + 1})
	if err != nil {
		return 0, false, err
	}
	for _, row := range rows[:min(room, len(rows))] {
		act.Write(store.Discard(store.Key{Table: table, PK: pk, SK: store.AtText(row.SK)}))
	}
	return min(room, len(rows)), len(rows) <= room, nil
}

// partitions lists every partition in which the projections of an entity can stand, in order.
func (s *Projections) partitions(ctx context.Context, tenant, entity string) ([]store.Partition, error) {
	chart, err := s.projector.books.Chart(ctx, tenant, entity)
	if err != nil {
		return nil, err
	}
	calendar, err := s.projector.books.Calendar(ctx, tenant, entity)
	if err != nil {
		return nil, err
	}
	out := []store.Partition{store.In(tenant, "REG", entity), store.In(tenant, "NO", entity)}
	for account := range chart.Accounts.All() {
		out = append(out, store.In(tenant, "LED", entity, account))
	}
	views := []string{""}
	for _, d := range chart.Dimensions {
		views = append(views, d.Code)
	}
	for _, v := range chart.Views {
		if len(v) > 1 {
			views = append(views, strings.Join(v, "+"))
		}
	}
	for _, v := range views {
		out = append(out, store.In(tenant, "BAL", entity, viewName(v)))
		for p := range calendar.Periods {
			out = append(out, store.In(tenant, "DAY", entity, viewName(v), p.String()))
		}
	}
	slices.SortFunc(out, func(a, b store.Partition) int { return strings.Compare(a.String(), b.String()) })
	return out, nil
}

// Add takes up as many acts of the chain as one transaction holds.
func (s *Projections) Add(ctx context.Context, act *op.Act, r finance.Rebuild) (finance.Rebuild, bool, error) {
	acts, last, more, err := s.db.ChainedActs(ctx, table, act.Tenant, r.Link, linksAtOnce)
	if err != nil {
		return r, false, err
	}
	b, next, err := s.gather(ctx, acts, r)
	if err != nil {
		return r, false, err
	}
	writes, err := b.writes()
	if err != nil {
		return r, false, err
	}
	if next == r.Skip && len(acts) > next { // one act that is too large for one transaction
		pieces := (len(writes) + rebuildWritesMax - 1) / rebuildWritesMax
		writes = writes[r.Piece*rebuildWritesMax : min((r.Piece+1)*rebuildWritesMax, len(writes))]
		if r.Piece++; r.Piece == pieces {
			r.Piece, next = 0, next+1
		}
	}
	for _, w := range writes {
		act.Write(w)
	}
	r.Added += next - r.Skip
	if next == len(acts) {
		r.Link, r.Skip = last, 0
		return r, !more, nil
	}
	first := slices.IndexFunc(acts, func(a store.PendingAct) bool { return a.Link == acts[next].Link })
	r.Link, r.Skip = acts[next].Link-1, next-first
	return r, false, nil
}

// gather adds acts to a batch, from the one where the rebuild stands to the one that does not fit; next is the first that it
// did not take. Where even the first does not fit, the batch holds that one, and next stays where it was.
func (s *Projections) gather(ctx context.Context, acts []store.PendingAct, r finance.Rebuild) (b *batch, next int, err error) {
	if r.Skip >= len(acts) {
		return newBatch("", ""), len(acts), nil
	}
	reading := s.projector.reading()
	reading.again = true
	b = newBatch(acts[r.Skip].Tenant, acts[r.Skip].ID)
	entries := 0
	for i := r.Skip; i < len(acts); i++ {
		if (i-r.Skip)%actsAhead == 0 {
			if err := reading.ahead(ctx, acts[i:min(i+actsAhead, len(acts))]); err != nil {
				return b, i, err
			}
		}
		one := newBatch(b.tenant, b.mark)
		if err := reading.load(ctx, acts[i], one); err != nil {
			return b, i, fmt.Errorf("act %s: %w", acts[i].ID, err)
		}
		fits := b.size(one) <= rebuildWritesMax
		entries += one.lines()
		switch {
		case i == r.Skip && !fits:
			return one, i, nil
		case !fits || entries > entriesMax && i > r.Skip:
			return b, i, nil
		}
		b.add(one)
	}
	return b, len(acts), nil
}

// lines counts the lines in a batch.
func (b *batch) lines() int {
	n := 0
	for _, rows := range b.entries {
		n += len(rows)
	}
	return n
}
