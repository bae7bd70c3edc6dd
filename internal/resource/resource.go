// Package resource makes the five uniform operations of a kind of reference record: create, get, update, archive, list. A new
// kind costs its fields with their validation, one literal, and its line in the domain's list of operations.
package resource

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// Kind describes a kind of reference record. D are the domain's ports, F the fields that callers send, T the record as it is
// shown: a struct that embeds Head and F.
type Kind[D, F, T any] struct {
	Domain      string // finance
	Table       string
	Name        string // cost-rate: names the operations create-cost-rate, …
	Plural      string // cost-rates: names the path and the permissions
	Title       string // for summaries, e.g. "a supplier or customer"
	Description string // for the creating operation
	Prefix      string // of generated ids; empty when Place gives natural keys
	Example     string // body that creates one
	Given       []string
	Change      string // merge patch that is valid after Example
	Within      string // what a list must name when records stand within something, e.g. "<entity id>.<dimension>"; empty for none
	WithinLike  string // example of it

	Keeper func(D) Keeper
	Join   func(Head, F) T
	Split  func(T) (Head, F)
	// Place gives the natural place of a record: what it stands within, and its key there. Nil for generated ids.
	Place func(F) (within, key string)
	// Check holds the fields against the rest of the store; before is nil for a new record. Nil for nothing to check.
	Check func(ctx context.Context, c *op.Call, d D, before *T, f F) error
	// Also adds what else an act on a record writes; before is nil for a new record. Nil for nothing.
	Also func(c *op.Call, d D, before *T, after T)
	// Distinct gives what no two records may share besides their keys, and the refusal of the second: a batch made in one
	// act looks among its own items, where the store could not tell one from the other. Nil for nothing.
	Distinct func(F) (key string, taken error)
	// Entity tells which entity a record belongs to; nil for records that all entities of a tenant share.
	Entity func(F) string
	// Uses is the access that Check and Also need.
	Uses []*op.Contribution
}

// Head is what every reference record has.
type Head struct {
	ID        string    `json:"id"`
	Archived  bool      `json:"archived"`
	CreatedAt time.Time `json:"createdAt"`
	Version   int       `json:"version"`
}

// RecordVersion gives the version for the ETag.
func (h Head) RecordVersion() int { return h.Version }

// Stored is a record as a Keeper holds it.
type Stored struct {
	Kind   string // the plural
	Within string // "" for none
	Key    string // id, or the natural key within
	Head   Head
	Fields json.RawMessage
	// Members are the names that this release knows of the fields, for a keeper that puts them over those of a newer release.
	Members []string
}

// Place is where a record stands.
type Place struct{ Within, Key string }

// Keeper stores reference records; the store kit has one for every table.
type Keeper interface {
	Load(ctx context.Context, tenant, kind, within, key string) (s Stored, found bool, err error)
	// LoadMany gives those of the records that are there, in any order.
	LoadMany(ctx context.Context, tenant, kind string, places []Place) ([]Stored, error)
	List(ctx context.Context, tenant, kind, within string, limit int, after map[string]string) (all []Stored, next map[string]string, err error)
	Add(act *op.Act, s Stored, taken error)
	Save(act *op.Act, s Stored, was int)
}

// The rules of reference records.
var (
	RuleTaken    = fault.Rule{Code: "REC-001", Kind: fault.Invalid, Text: "A record with this key exists.", Help: "Choose another key, or change the record that has it."}
	RuleArchived = fault.Rule{Code: "REC-002", Kind: fault.Conflict, Text: "The record is archived.", Help: "An archived record is neither changed nor archived again."}
	RuleMoved    = fault.Rule{Code: "REC-003", Kind: fault.Invalid, Text: "The key of a record cannot be changed.", Help: "Archive the record and make a new one."}
)

// Rules lists the rules of reference records.
func Rules() []fault.Rule { return []fault.Rule{RuleTaken, RuleArchived, RuleMoved} }

// Ref names a record in the path.
type Ref struct {
	ID string `path:"id" json:"-" doc:"Id of the record"`
}

// CreateIn is the input of a creating operation.
type CreateIn[F any] struct {
	Fields F `body:"whole" json:"-"`
}

// Validate runs the fields' own checks.
func (in *CreateIn[F]) Validate(c *fault.Collector) {
	if v, ok := any(&in.Fields).(op.Validator); ok {
		v.Validate(c)
	}
}

// Schema is the fields': in a batch the input is an item.
func (CreateIn[F]) Schema(r op.Registry) *op.Schema { return op.SchemaOf[F](r) }

// UnmarshalJSON reads the fields.
func (in *CreateIn[F]) UnmarshalJSON(raw []byte) error { return json.Unmarshal(raw, &in.Fields) }

// UpdateIn is the input of a changing operation.
type UpdateIn[F any] struct {
	Ref
	Patch op.Merge[F] `body:"merge" json:"-"`
}

// ListIn is the input of a listing operation.
type ListIn struct {
	op.PageOf
	Within   string `query:"within" json:"-" maxLength:"120" doc:"What the records stand within, for kinds that stand within something"`
	Archived bool   `query:"archived" json:"-" doc:"Whether archived records are listed too"`
}

func (k *Kind[D, F, T]) path() string { return "/" + k.Domain + "/v1/" + k.Plural }

func (k *Kind[D, F, T]) spec(verb, name, method, path, right string) op.Spec {
	return op.Spec{ID: k.Domain + "." + verb + "-" + name, Kind: op.Command, Route: method + " " + path, Permission: k.Plural + "." + right,
		Summary: strings.ToUpper(verb[:1]) + verb[1:] + " " + k.Title, Access: []op.Access{{Table: k.Table, Do: op.Get | op.Put}}, Uses: k.Uses,
		Example: op.Example{Path: "id=${" + k.Domain + ".create-" + k.Name + ".id}"}}
}

// Create is the operation that makes a record.
func (k *Kind[D, F, T]) Create() *op.Op[D, CreateIn[F], T] {
	s := k.spec("create", k.Name, "POST", k.path(), "create")
	s.Status, s.Description, s.Example = 201, k.Description, op.Example{Body: k.Example, Given: k.Given}
	return &op.Op[D, CreateIn[F], T]{Spec: s, Handle: k.create, Again: func(ctx context.Context, c *op.Call, d D, _ CreateIn[F], was op.Recorded) (T, error) {
		return k.load(ctx, c, d, was.Result.ID)
	}}
}

// Get is the operation that reads a record.
func (k *Kind[D, F, T]) Get() *op.Op[D, Ref, T] {
	s := k.spec("get", k.Name, "GET", k.path()+"/{id}", "read")
	s.Kind, s.Access, s.Summary, s.Uses = op.Query, []op.Access{{Table: k.Table, Do: op.Get}}, "Read "+k.Title, nil
	return &op.Op[D, Ref, T]{Spec: s, Handle: func(ctx context.Context, c *op.Call, d D, in Ref) (T, error) { return k.load(ctx, c, d, in.ID) }}
}

// Update is the operation that changes a record by a merge patch.
func (k *Kind[D, F, T]) Update() *op.Op[D, UpdateIn[F], T] {
	s := k.spec("update", k.Name, "PATCH", k.path()+"/{id}", "update")
	s.Summary, s.IfMatch, s.Example.Body = "Change "+k.Title, true, k.Change
	return &op.Op[D, UpdateIn[F], T]{Spec: s, Handle: k.update, Again: func(ctx context.Context, c *op.Call, d D, _ UpdateIn[F], was op.Recorded) (T, error) {
		return k.load(ctx, c, d, was.Result.ID)
	}}
}

// Archive is the operation that takes a record out of use; it stays readable.
func (k *Kind[D, F, T]) Archive() *op.Op[D, Ref, T] {
	s := k.spec("archive", k.Name, "POST", k.path()+"/{id}/archive", "archive")
	s.IfMatch = true
	return &op.Op[D, Ref, T]{Spec: s, Handle: k.archive, Again: func(ctx context.Context, c *op.Call, d D, _ Ref, was op.Recorded) (T, error) {
		return k.load(ctx, c, d, was.Result.ID)
	}}
}

// List is the operation that lists records in the order of their keys.
func (k *Kind[D, F, T]) List() *op.Op[D, ListIn, op.Records[T]] {
	s := k.spec("list", k.Plural, "GET", k.path(), "read")
	s.Kind, s.Access, s.Summary, s.Uses = op.Query, []op.Access{{Table: k.Table, Do: op.List}}, "List "+strings.ReplaceAll(k.Plural, "-", " "), nil
	s.Example = op.Example{Given: []string{k.Domain + ".create-" + k.Name}}
	if k.Within != "" {
		s.Description, s.Example.Query = "Lists the records within "+k.Within+".", "within="+k.WithinLike
	}
	return &op.Op[D, ListIn, op.Records[T]]{Spec: s, Handle: k.list}
}
