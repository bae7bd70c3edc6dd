package verify

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/store"
)

// past is what the acts of both copies say of the items.
type past struct {
	acts   []knownAct
	byID   map[string]int
	trails map[string]*trail // by image name
}

// knownAct is an act: one that the torn tables hold, or one that only the later copy has.
type knownAct struct {
	id     string
	place  place
	sum    [sha256.Size]byte // as it was committed
	marked bool              // it waits for the relay
	here   bool              // the torn tables have it, or are to get it
	both   bool              // both copies have it
	raw    item              // of an act that only the later copy has
}

// trail is every act that wrote an item.
type trail struct {
	place   place
	strokes []stroke
	there   bool // the torn tables have the item
	suspect *suspect
	lost    bool // it is fleeting, and the later copy has it and the torn tables have not
}

// stroke is one act's write of an item. Half of the hash tells two states of an item apart well enough, in half the memory.
type stroke struct {
	act  int
	half [sha256.Size / 2]byte
}

// suspect is an item that is not as the acts beside it say.
type suspect struct {
	half    [sha256.Size / 2]byte
	version int // 0 for an item without one
}

func half(it item) [sha256.Size / 2]byte {
	sum := digest(it)
	return [sha256.Size / 2]byte(sum[:sha256.Size/2])
}

// vouched tells whether a mending deals with an item: its act has its hash. The parts of an act are among them.
func vouched(p place) bool {
	switch classOf(p) {
	case recorded, fleeting:
		return true
	case act:
		return strings.HasPrefix(p.sk, "P|")
	default:
		return false
	}
}

func isAct(p place) bool { return p.kind() == "ACT" && p.sk == "A" }

// read gathers the acts of both copies, and what of the torn tables does not go with theirs.
func (m *mender) read(ctx context.Context) error {
	m.past = &past{byID: map[string]int{}, trails: map[string]*trail{}}
	if err := each(ctx, m.torn, func(table string, it item) {
		if p := placeOf(table, it); isAct(p) {
			m.past.add(p, it, true)
		}
	}); err != nil {
		return err
	}
	if err := each(ctx, m.torn, m.readTorn); err != nil {
		return err
	}
	var other error
	if err := each(ctx, m.later, func(table string, it item) {
		if err := m.readLater(placeOf(table, it), it); other == nil {
			other = err
		}
	}); err != nil {
		return err
	}
	if other == nil && len(m.past.acts) > 0 && !slices.ContainsFunc(m.past.acts, func(a knownAct) bool { return a.both }) {
		other = fmt.Errorf("%w: the two have no act in common", ErrNotLater)
	}
	return other
}

// add notes an act and what it wrote.
func (h *past) add(p place, it item, here bool) {
	n := len(h.acts)
	_, marked := it["pend"]
	a := knownAct{id: it.text("id"), place: p, sum: digest(it, "pend", "pat", "don"), marked: marked, here: here}
	if !here {
		a.raw = it
	}
	h.acts = append(h.acts, a)
	h.byID[a.id] = n
	for short, v := range it.inner("img") {
		b, ok := v.(*types.AttributeValueMemberB)
		if !ok || len(b.Value) != sha256.Size {
			continue
		}
		t := h.trail(imageName(p, short))
		t.strokes = append(t.strokes, stroke{n, [sha256.Size / 2]byte(b.Value[:sha256.Size/2])})
	}
}

func (h *past) trail(name string) *trail {
	t := h.trails[name]
	if t == nil {
		table, key, _ := strings.Cut(name, " ")
		slash := strings.LastIndexByte(key, '/')
		t = &trail{place: place{table, key[:slash], key[slash+1:]}}
		h.trails[name] = t
	}
	return t
}

// readTorn holds an item of the torn tables against their own acts.
func (m *mender) readTorn(table string, it item) {
	p := placeOf(table, it)
	m.counters.read(p, it)
	m.cleared.read(p, it)
	if p.kind() == "CHAIN" {
		m.chainOf(p)
	}
	if !vouched(p) {
		return
	}
	t := m.past.trail(p.imageName())
	t.there = true
	if !m.past.stands(t, it) {
		t.suspect = &suspect{half(it), it.whole("v")}
	}
}

// stands tells whether an item is what the acts that the torn tables have, or are to get, leave there. Each act that writes a
// record makes one version of it, so the version tells whether all of them count: two acts that ran at the same time are known
// by no clock.
func (h *past) stands(t *trail, it item) bool {
	sum, n, found := half(it), 0, false
	for _, s := range t.strokes {
		if h.acts[s.act].here {
			n++
			found = found || s.half == sum
		}
	}
	return found && (classOf(t.place) == fleeting || it["v"] == nil || it.whole("v") == n)
}

// readLater notes an act that only the later copy has, and a fleeting item that the torn tables lack: nothing but a later copy
// can tell that such an item is not gone for good.
func (m *mender) readLater(p place, it item) error {
	switch {
	case isAct(p):
		i, there := m.past.byID[it.text("id")]
		if !there {
			m.past.add(p, it, false)
			return nil
		}
		m.past.acts[i].both = true
		if m.past.acts[i].sum != digest(it, "pend", "pat", "don") {
			return fmt.Errorf("%w: act %s is not the same in both", ErrNotLater, it.text("id"))
		}
	case p.table == "finance" && p.kind() == "NUM":
		m.counters.later[p.String()] = p
	case classOf(p) == fleeting:
		if t := m.past.trail(p.imageName()); !t.there {
			t.lost = true
		}
	}
	return nil
}

// get reads an item; nil when there is none.
func get(ctx context.Context, db *store.DB, p place) (item, error) {
	out, err := db.Client().GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(db.TableName(p.table)), ConsistentRead: aws.Bool(true),
		Key: item{"pk": &types.AttributeValueMemberS{Value: p.pk}, "sk": &types.AttributeValueMemberS{Value: p.sk}}})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", p, err)
	}
	return out.Item, nil
}
