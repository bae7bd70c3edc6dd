package store_test

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/fault"
	"backoffice/internal/op"
	"backoffice/internal/resource"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
)

const formNow = 2

// thisRow is a record as this release knows it.
type thisRow struct {
	store.Row
	G1PK string `dynamo:"g1pk"`
	G1SK string `dynamo:"g1sk"`
	Name string `dynamo:"n"`
	Note string `dynamo:"o,omitempty"`
}

// laterRow is the same record as a newer release writes it, which has added two attributes.
type laterRow struct {
	thisRow
	Colour string         `dynamo:"c"`
	Limits map[string]int `dynamo:"l"`
}

// shelf is a store with one record, and an operation that may read and write it.
type shelf struct {
	t    *testing.T
	db   *store.DB
	acts *store.Acts
	spec *op.Spec
	key  store.Key
}

func newShelf(t *testing.T, schema int) *shelf {
	db := storetest.Open(t)
	pk, sk := store.In(tenant, "TEST"), store.At("1")
	s := &shelf{t: t, db: db, acts: store.NewActs(db, nil), key: store.Key{Table: "finance", PK: pk, SK: sk},
		spec: &op.Spec{ID: "finance.test", Kind: op.Command, Access: []op.Access{{Table: "finance", Do: op.Get | op.List | op.Put | op.Update, Indexes: store.IndexG1}}}}
	row := thisRow{Row: store.NewRow(pk, sk, schema, 1), G1PK: store.In(tenant, "ALL").String(), G1SK: "1", Name: "Ailsa", Note: "to be taken away"}
	s.must(s.commit(t.Context(), "act_1", store.Create("finance", laterRow{thisRow: row, Colour: "red", Limits: map[string]int{"day": 3}}, nil)))
	return s
}

// begin is a call of the operation.
func (s *shelf) begin() context.Context { return s.acts.Begin(s.t.Context(), s.spec, tenant) }

func (s *shelf) commit(ctx context.Context, id string, w *store.Write) error {
	act := &op.Act{ID: id, Tenant: tenant, Operation: s.spec.ID}
	act.Write(w)
	return s.acts.Commit(ctx, s.spec, act)
}

func (s *shelf) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shelf) later() laterRow {
	s.t.Helper()
	row, found, err := store.Load[laterRow](s.t.Context(), s.db, s.key)
	if err != nil || !found {
		s.t.Fatal(found, err)
	}
	return row
}

// ways are all ways to read a record.
func ways() map[string]func(ctx context.Context, s *shelf) (thisRow, error) {
	scan := func(index string, pk store.Partition) func(ctx context.Context, s *shelf) (thisRow, error) {
		return func(ctx context.Context, s *shelf) (thisRow, error) {
			rows, _, err := store.Scan[thisRow](ctx, s.db, store.Range{Table: "finance", Index: index, PK: pk})
			if err != nil || len(rows) != 1 {
				return thisRow{}, err
			}
			return rows[0], nil
		}
	}
	return map[string]func(ctx context.Context, s *shelf) (thisRow, error){
		"load": func(ctx context.Context, s *shelf) (thisRow, error) {
			row, _, err := store.Load[thisRow](ctx, s.db, s.key)
			return row, err
		},
		"load all": func(ctx context.Context, s *shelf) (row thisRow, err error) {
			return row, s.db.LoadAll(ctx, &store.Want{Key: s.key, Into: &row})
		},
		"shared": func(ctx context.Context, s *shelf) (thisRow, error) {
			row, _, err := store.LoadShared(ctx, s.db, s.key, func(r thisRow) (thisRow, error) { return r, nil })
			return row, err
		},
		"partition": scan("", store.In(tenant, "TEST")),
		"index":     scan(store.IndexG1, store.In(tenant, "ALL")),
	}
}

// However an operation of this release has read a record, writing it keeps what a newer release added, and takes away what it
// means to take away itself.
func TestUnknownAttributesAreKept(t *testing.T) {
	for _, way := range slices.Sorted(maps.Keys(ways())) {
		t.Run(way, func(t *testing.T) {
			s := newShelf(t, formNow)
			for range 2 { // twice: what is shared is decoded once
				ctx := s.begin()
				row, err := ways()[way](ctx, s)
				s.must(err)
				was := row.Version
				row.Version, row.Name, row.Note = was+1, "Mina", ""
				s.must(s.commit(ctx, "act_"+string(rune('a'+was)), store.Replace("finance", row, was)))
			}
			if now := s.later(); now.Version != 3 || now.Name != "Mina" || now.Note != "" || now.Colour != "red" || now.Limits["day"] != 3 {
				t.Errorf("%+v", now)
			}
		})
	}
}

// The act vouches for the record as it was written, what it did not know included.
func TestActsVouchForWhatWasKept(t *testing.T) {
	s := newShelf(t, formNow)
	ctx := s.begin()
	row, _, err := store.Load[thisRow](ctx, s.db, s.key)
	s.must(err)
	row.Version = 2
	s.must(s.commit(ctx, "act_2", store.Replace("finance", row, 1)))
	scribe := newShelf(t, formNow) // the same record, written whole by the newer release
	whole := scribe.later()
	whole.Version = 2
	scribe.must(scribe.commit(t.Context(), "act_2", store.Replace("finance", whole, 1)))
	image := func(s *shelf) types.AttributeValue {
		out, err := s.db.Client().GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(s.db.TableName("finance")),
			Key: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: tenant + "|ACT|act_2"}, "sk": &types.AttributeValueMemberS{Value: "A"}}})
		s.must(err)
		return out.Item["img"].(*types.AttributeValueMemberM).Value["TEST/1"]
	}
	a, b := image(s).(*types.AttributeValueMemberB).Value, image(scribe).(*types.AttributeValueMemberB).Value
	if len(a) == 0 || string(a) != string(b) {
		t.Errorf("%x, and of the same record written whole %x", a, b)
	}
}

// A record whose form has changed since is read, and not written over: not at once, not later, not by who read it.
func TestNewerFormsAreLeftAlone(t *testing.T) {
	for _, way := range slices.Sorted(maps.Keys(ways())) {
		s := newShelf(t, formNow+1)
		ctx := s.begin()
		row, err := ways()[way](ctx, s)
		if err != nil || row.Name != "Ailsa" {
			t.Fatalf("%s: %+v, %v", way, row, err)
		}
		row.Row, row.Name = store.NewRow(s.key.PK, s.key.SK, formNow, 2), "Mina"
		err = s.commit(ctx, "act_2", store.Replace("finance", row, 1))
		if !fault.Is(err, op.RuleNewer.Code) || !fault.OfKind(err, fault.Unavailable) {
			t.Errorf("%s: %v", way, err)
		}
		if now := s.later(); now.Name != "Ailsa" || now.Schema != formNow+1 || now.Colour != "red" {
			t.Errorf("%s: %+v", way, now)
		}
	}
}

// An older form is upgraded, and what the upgrade leaves behind goes: it is not mistaken for something newer.
func TestOlderFormsAreWrittenAnew(t *testing.T) {
	s := newShelf(t, formNow-1)
	ctx := s.begin()
	row, _, err := store.Load[thisRow](ctx, s.db, s.key)
	s.must(err)
	row.Row = store.NewRow(s.key.PK, s.key.SK, formNow, 2)
	s.must(s.commit(ctx, "act_2", store.Replace("finance", row, 1)))
	if now := s.later(); now.Schema != formNow || now.Colour != "" || now.Limits != nil {
		t.Errorf("%+v", now)
	}
}

// A record that is written over without having been read is read then.
func TestUnreadRecordsAreReadWhenTheyAreWrittenOver(t *testing.T) {
	s := newShelf(t, formNow)
	row := thisRow{Row: store.NewRow(s.key.PK, s.key.SK, formNow, 2), G1PK: store.In(tenant, "ALL").String(), G1SK: "1", Name: "Mina"}
	s.must(s.commit(s.begin(), "act_2", store.Replace("finance", row, 1)))
	if now := s.later(); now.Version != 2 || now.Name != "Mina" || now.Colour != "red" {
		t.Errorf("%+v", now)
	}
}

// What was read is kept for the version that was read: who was overtaken decides again over the new one.
func TestWhoIsOvertakenKeepsTheNewest(t *testing.T) {
	s := newShelf(t, formNow)
	ctx := s.begin()
	row, _, err := store.Load[thisRow](ctx, s.db, s.key)
	s.must(err)
	faster := s.later()
	faster.Version, faster.Colour = 2, "blue"
	s.must(s.commit(t.Context(), "act_2", store.Replace("finance", faster, 1)))
	row.Version = 2
	if err := s.commit(ctx, "act_3", store.Replace("finance", row, 1)); err != op.ErrConflict { //nolint:errorlint // the very value asks to decide again
		t.Fatalf("%v", err)
	}
	row, _, err = store.Load[thisRow](ctx, s.db, s.key)
	s.must(err)
	row.Version = 3
	s.must(s.commit(ctx, "act_3", store.Replace("finance", row, 2)))
	if now := s.later(); now.Version != 3 || now.Colour != "blue" {
		t.Errorf("%+v", now)
	}
}

// Fields of a reference record stand inside one attribute; there, too, what a newer release added is kept.
func TestUnknownFieldsOfReferenceRecordsAreKept(t *testing.T) {
	s := newShelf(t, formNow)
	keeper := store.NewKeeper(s.db, "finance")
	save := func(ctx context.Context, id, fields string, version int, members ...string) error {
		act := &op.Act{ID: id, Tenant: tenant, Operation: s.spec.ID}
		record := resource.Stored{Kind: "boxes", Key: "box_1", Head: resource.Head{ID: "box_1", Version: version}, Fields: json.RawMessage(fields), Members: members}
		if version == 1 {
			keeper.Add(act, record, nil)
		} else {
			keeper.Save(act, record, version-1)
		}
		return s.acts.Commit(ctx, s.spec, act)
	}
	s.must(save(t.Context(), "act_2", `{"name":"A","note":"n","colour":"red","size":{"high":3}}`, 1))
	ctx := s.begin()
	_, found, err := keeper.Load(ctx, tenant, "boxes", "", "box_1")
	if err != nil || !found {
		t.Fatal(found, err)
	}
	s.must(save(ctx, "act_3", `{"name":"B"}`, 2, "name", "note"))
	now, _, err := keeper.Load(t.Context(), tenant, "boxes", "", "box_1")
	s.must(err)
	var fields map[string]any
	s.must(json.Unmarshal(now.Fields, &fields))
	if len(fields) != 3 || fields["name"] != "B" || fields["colour"] != "red" || fields["size"].(map[string]any)["high"] != 3.0 {
		t.Errorf("%s", now.Fields)
	}
}
