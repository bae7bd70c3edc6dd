package conformance

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"pgregory.net/rapid"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

// The usual seed and number of changed calls for each operation; -rapid.seed and -rapid.checks say otherwise.
const (
	usualSeed   = "7"
	usualChecks = "30"
	changesMax  = 4
	nestingMax  = 4
)

func unlessSet(t *testing.T, name, value string) {
	t.Helper()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if given {
		return
	}
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
}

// Whatever a call says, it is answered as every call is: no defect, a success or a problem as documented, nothing echoed; and a
// dry run keeps nothing. Each operation's example is changed at random, by values that its schemas allow and by others.
func TestRandomCalls(t *testing.T) {
	unlessSet(t, "rapid.seed", usualSeed)
	unlessSet(t, "rapid.checks", usualChecks)
	unlessSet(t, "rapid.nofailfile", "true") // the seed that is printed is enough
	only := os.Getenv("WALK")
	for _, o := range catalog.Operations() {
		spec := o.Describe()
		if !strings.Contains(spec.ID, only) {
			continue
		}
		t.Run(spec.ID, func(t *testing.T) {
			t.Parallel()
			s := &subject{o: o, spec: spec, form: formOf(o), sys: open(t)}
			s.tenant = s.sys.tenant(t)
			example := s.ready(t)
			tally := map[bool]int{}
			rapid.Check(t, func(rt *rapid.T) { tally[s.random(t, rt, example)]++ })
			t.Logf("%d worked, %d were refused", tally[true], tally[false])
		})
	}
}

// random sends one changed call, and tells whether it worked.
func (s *subject) random(t *testing.T, rt *rapid.T, example *request) bool {
	r := example.but(func(r *request) { s.scramble(rt, r) })
	if s.spec.Writes() {
		r = r.withKey(s.Key())
	}
	if s.spec.IfMatch {
		if etag, err := example.ETag(t.Context()); err == nil {
			r.Header.Set("If-Match", etag)
		}
	}
	dry := s.spec.Kind == op.Command && s.spec.ExemptFrom("dry-run") == "" && rapid.Bool().Draw(rt, "dry run")
	if !dry {
		return r.sendIn(t.Context(), rt).OK()
	}
	r = r.but(setting("dryRun", "true"))
	before := s.sys.snapshot(t)
	a := r.sendIn(t.Context(), rt)
	if !s.sys.same(t, before) {
		rt.Fatalf("a dry run wrote: %s", a)
	}
	return a.OK()
}

// same tells whether the store holds what it held.
func (s *system) same(t *testing.T, before snapshot) bool {
	t.Helper()
	after := s.snapshot(t)
	if len(after) != len(before) {
		return false
	}
	for key, item := range before {
		if after[key] != item {
			return false
		}
	}
	return true
}

// scramble changes a call in a few places: in its body, its path, or its query.
func (s *subject) scramble(rt *rapid.T, r *request) {
	for range rapid.IntRange(1, changesMax).Draw(rt, "changes") {
		switch where := rapid.IntRange(0, 9).Draw(rt, "where"); {
		case where == 0 && len(r.Path) > 0:
			for _, name := range slices.Sorted(maps.Keys(r.Path)) { // in one order, so that a seed means the same every time
				if !strings.Contains(rapid.SampledFrom([]string{name, "other"}).Draw(rt, "parameter"), "other") {
					r.Path[name] = "x" + text().Draw(rt, "id") // a part of an address that is not empty
				}
			}
		case where <= 3 && len(s.queryParams()) > 0:
			p := rapid.SampledFrom(s.queryParams()).Draw(rt, "parameter")
			r.Query.Set(p.Name, s.parameter(p.Schema).Draw(rt, "value"))
		case s.form.body != nil:
			s.scrambleBody(rt, r)
		}
	}
}

func (s *subject) parameter(schema *huma.Schema) *rapid.Generator[string] {
	return rapid.Custom(func(rt *rapid.T) string {
		v := s.value(schema, 0).Draw(rt, "parameter")
		if text, ok := v.(string); ok {
			return text
		}
		raw, err := json.Marshal(v)
		if err != nil {
			rt.Fatal(err)
		}
		return strings.Trim(string(raw), `[]"`)
	})
}

func (s *subject) scrambleBody(rt *rapid.T, r *request) {
	var tree any
	if err := json.Unmarshal(r.Body, &tree); err != nil {
		return // an earlier change made it no JSON
	}
	places := slices.DeleteFunc(s.form.places(tree), func(p place) bool { return !fits(tree, p.tokens) })
	if len(places) == 0 {
		return
	}
	p := rapid.SampledFrom(places).Draw(rt, "place")
	switch how := rapid.IntRange(0, 9).Draw(rt, "how"); {
	case how == 0 && p.filled && strings.Trim(p.tokens[len(p.tokens)-1], "0123456789") != "":
		tree = drop(tree, p.tokens)
	case how == 1:
		tree = put(tree, p.tokens, wild(0).Draw(rt, "anything"))
	default:
		tree = put(tree, p.tokens, s.value(p.schema, 0).Draw(rt, "value"))
	}
	raw, err := json.Marshal(tree)
	if err != nil {
		rt.Fatal(err)
	}
	r.Body = raw
}

// fits tells whether a place can be written to: an earlier change may have put a list where an object was.
func fits(node any, tokens []string) bool {
	for _, token := range tokens {
		switch n := node.(type) {
		case map[string]any:
			node = n[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i >= len(n) {
				return false
			}
			node = n[i]
		case nil:
		default:
			return false
		}
	}
	return true
}

// value makes a value as a schema describes it, as far as a schema tells.
func (s *subject) value(schema *huma.Schema, depth int) *rapid.Generator[any] {
	return rapid.Custom(func(rt *rapid.T) any {
		schema := s.form.deref(schema)
		switch {
		case schema == nil || depth > nestingMax:
			return wild(depth).Draw(rt, "anything")
		case len(schema.Enum) > 0:
			return rapid.SampledFrom(schema.Enum).Draw(rt, "choice")
		case schema.Type == huma.TypeObject:
			return s.object(rt, schema, depth)
		case schema.Type == huma.TypeArray:
			list := []any{}
			for range rapid.IntRange(0, 3).Draw(rt, "entries") {
				list = append(list, s.value(schema.Items, depth+1).Draw(rt, "entry"))
			}
			return list
		case schema.Type == huma.TypeBoolean:
			return rapid.Bool().Draw(rt, "flag")
		case schema.Type == huma.TypeInteger || schema.Type == huma.TypeNumber:
			return rapid.SampledFrom([]int{0, 1, -1, 2, 50, 99, 100, 101, 200, 1 << 31, 1 << 53}).Draw(rt, "number")
		case schema.Format == "date":
			return rapid.SampledFrom([]string{"2026-04-30", "2026-04-01", "2024-02-29", "2026-02-29", "2026-04-05", "2026-04-06", "0001-01-01", "9999-12-31"}).Draw(rt, "date")
		case schema.Pattern != "":
			return rapid.StringMatching(schema.Pattern).Draw(rt, "text of the pattern")
		}
		return text().Draw(rt, "text")
	})
}

func (s *subject) object(rt *rapid.T, schema *huma.Schema, depth int) any {
	m := map[string]any{}
	names := make([]string, 0, len(schema.Properties))
	for name := range schema.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if slices.Contains(schema.Required, name) || rapid.Bool().Draw(rt, "there") {
			m[name] = s.value(schema.Properties[name], depth+1).Draw(rt, name)
		}
	}
	if inner, open := schema.AdditionalProperties.(*huma.Schema); open {
		m[rapid.SampledFrom([]string{"cost-centre", "project", "colour"}).Draw(rt, "name")] = s.value(inner, depth+1).Draw(rt, "member")
	}
	return m
}

// text makes texts that are unusual in some way; all hold the marker, which no refusal may repeat.
func text() *rapid.Generator[string] {
	return rapid.Custom(func(rt *rapid.T) string {
		around := rapid.SampledFrom([]string{"", " ", "|", "%", "/", "\x00", "\u202e", "😀", "é", "'", "=", "\n", "${x.y}", "<b>"})
		return around.Draw(rt, "before") + marker + around.Draw(rt, "after")
	})
}

// wild makes any JSON value.
func wild(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(rt *rapid.T) any {
		switch rapid.IntRange(0, 6).Draw(rt, "kind") {
		case 0:
			return nil
		case 1:
			return rapid.Bool().Draw(rt, "flag")
		case 2:
			return json.RawMessage(rapid.SampledFrom([]string{"0", "-0", "1e400", "1E-400", "0.1", "12345678901234567890123"}).Draw(rt, "number"))
		case 3:
			if depth < nestingMax {
				return []any{wild(depth+1).Draw(rt, "entry")}
			}
			return []any{}
		case 4:
			if depth < nestingMax {
				return map[string]any{"colour": wild(depth+1).Draw(rt, "member")}
			}
			return map[string]any{}
		}
		return text().Draw(rt, "text")
	})
}
