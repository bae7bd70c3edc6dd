package op

import (
	"path"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"backoffice/internal/civil"
	"backoffice/internal/money"
)

// paramValuesMax is how many values a parameter takes that is a list and states no limit of its own.
const paramValuesMax = 50

// SchemaPrefix is where schemas stand in an OpenAPI document.
const SchemaPrefix = "#/components/schemas/"

// Registry is where an input that describes itself registers the types it is made of.
type Registry = huma.Registry

// Schema is what such an input says of itself.
type Schema = huma.Schema

// SchemaOf gives the schema of a type, registering it by name.
func SchemaOf[T any](r Registry) *Schema {
	t := reflect.TypeFor[T]()
	return r.Schema(t, true, t.Name())
}

// The documents' forms of the value packages' types, which know nothing of OpenAPI.
type (
	moneyForm struct {
		Amount   string `json:"amount" pattern:"^-?(0|[1-9][0-9]{0,14})(\\.[0-9]+)?$" maxLength:"24" example:"1234.50" doc:"Decimal amount with at most the currency's decimals"`
		Currency string `json:"currency" pattern:"^[A-Z]{3}$" example:"GBP" doc:"ISO 4217 code"`
	}
	dateForm   string
	periodForm string
	rateForm   string
)

// Schema describes an accounting date.
func (dateForm) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date", Pattern: `^\d{4}-\d{2}-\d{2}$`, Examples: []any{"2026-11-30"}}
}

// Schema describes an accounting period.
func (periodForm) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: `^\d{4}-\d{2}$`, Examples: []any{"2026-11"}}
}

// Schema describes a decimal quantity, rate or percentage.
func (rateForm) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: `^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`, Examples: []any{"0.20"}}
}

// NewRegistry makes a registry of schemas that knows the value types and names each type after its package.
func NewRegistry() huma.Registry {
	r := huma.NewMapRegistry(SchemaPrefix, nameSchema)
	r.RegisterTypeAlias(reflect.TypeFor[money.Money](), reflect.TypeFor[moneyForm]())
	r.RegisterTypeAlias(reflect.TypeFor[money.Rate](), reflect.TypeFor[rateForm]())
	r.RegisterTypeAlias(reflect.TypeFor[civil.Date](), reflect.TypeFor[dateForm]())
	r.RegisterTypeAlias(reflect.TypeFor[civil.Period](), reflect.TypeFor[periodForm]())
	return r
}

func nameSchema(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := huma.DefaultSchemaNamer(t, hint)
	switch t {
	case reflect.TypeFor[moneyForm]():
		return "Money"
	}
	if pkg := path.Base(t.PkgPath()); pkg != "." && pkg != "op" && pkg != "money" && pkg != "civil" {
		name = strings.ToUpper(pkg[:1]) + pkg[1:] + name
	}
	return name
}

// shape is what decoding needs to know of an input type: its parameters and its body's schema.
type shape struct {
	params   []Param
	hasBody  bool
	merge    int // index of the merge-patch field, or -1
	whole    int // index of the field that is the whole body, or -1
	body     *huma.Schema
	registry huma.Registry
}

// Param is one path or query parameter of an operation.
type Param struct {
	Name     string
	In       string // path or query
	Required bool
	Schema   *huma.Schema
	index    []int
	list     bool
}

var shapes sync.Map // reflect.Type -> *shape; what it holds follows from the type alone

func shapeOf(t reflect.Type) *shape {
	if s, ok := shapes.Load(t); ok {
		return s.(*shape)
	}
	s := Describe(NewRegistry(), t)
	shapes.Store(t, s)
	return s
}

// Describe lists an input type's parameters and gives its body's schema, registering named schemas.
func Describe(r huma.Registry, t reflect.Type) *shape {
	s := &shape{merge: -1, whole: -1, registry: r}
	s.walk(r, t, nil)
	switch {
	case s.merge >= 0:
		s.hasBody = true
		s.body = patchSchema(r, t.Field(s.merge).Type)
	case s.whole >= 0:
		s.hasBody = true
		s.body = r.Schema(t.Field(s.whole).Type, true, t.Field(s.whole).Type.Name())
	case hasBodyFields(t):
		s.hasBody = true
		s.body = r.Schema(t, true, t.Name())
	}
	bound(r, s.body, map[*huma.Schema]bool{})
	return s
}

// Params gives the parameters in their order of declaration.
func (s *shape) Params() []Param { return s.params }

// Body gives the schema of the request body, nil for none.
func (s *shape) Body() *huma.Schema { return s.body }

func (s *shape) walk(r huma.Registry, t reflect.Type, at []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int(nil), at...), i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			s.walk(r, f.Type, index)
			continue
		}
		switch f.Tag.Get("body") {
		case "merge":
			s.merge = i
			continue
		case "whole":
			s.whole = i
			continue
		}
		for _, in := range []string{"path", "query"} {
			name := f.Tag.Get(in)
			if name == "" {
				continue
			}
			schema := huma.SchemaFromField(r, f, "")
			if schema.Type == huma.TypeArray && schema.MaxItems == nil {
				limit := paramValuesMax
				schema.MaxItems = &limit
				schema.PrecomputeMessages()
			}
			s.params = append(s.params, Param{Name: name, In: in, Schema: schema, index: index,
				Required: in == "path" || f.Tag.Get("required") == "true", list: f.Type.Kind() == reflect.Slice})
		}
	}
}

func hasBodyFields(t reflect.Type) bool {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			if hasBodyFields(f.Type) {
				return true
			}
			continue
		}
		if name := f.Tag.Get("json"); name != "" && name != "-" {
			return true
		}
	}
	return false
}

// patchSchema is the schema of a JSON Merge Patch over a type: the same members, none required, null allowed.
func patchSchema(r huma.Registry, t reflect.Type) *huma.Schema {
	inner := reflect.New(t).Elem().Interface().(interface{ patchType() reflect.Type }).patchType()
	full := r.Schema(inner, false, inner.Name())
	out := *full
	out.Required = nil
	out.PrecomputeMessages()
	return &out
}
