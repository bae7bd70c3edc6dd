package conformance

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

// tenant is a fresh tenant and what the examples run in it have answered.
type tenant struct {
	sys    *system
	id     string
	maker  caller
	second caller // another person of the same tenant
	done   map[string]answer
	keys   int
}

// caller gives who calls an operation's example.
func (tn *tenant) caller(spec *op.Spec) caller {
	if spec.Example.OtherPerson {
		return tn.second
	}
	return tn.maker
}

func (tn *tenant) key() string {
	tn.keys++
	return "walk-" + strconv.Itoa(tn.keys)
}

// prepare runs what an operation's example depends on, and gives the example as a request that is ready to be sent. By then
// nothing is pending: the projections hold all that was done before.
func (tn *tenant) prepare(t *testing.T, o op.Operation) *request {
	t.Helper()
	spec := o.Describe()
	for _, given := range spec.Example.Given {
		tn.run(t, given)
	}
	r := &request{sys: tn.sys, spec: spec, who: tn.caller(spec), path: map[string]string{}, header: http.Header{}}
	for pair := range strings.FieldsSeq(tn.fill(t, spec.Example.Path)) {
		name, value, _ := strings.Cut(pair, "=")
		r.path[name] = value
	}
	query, err := url.ParseQuery(tn.fill(t, spec.Example.Query))
	if err != nil {
		t.Fatalf("%s: the example's query: %v", spec.ID, err)
	}
	r.query = query
	if body := tn.fill(t, spec.Example.Body); body != "" {
		r.body = []byte(body)
	}
	if spec.Kind != op.Query {
		r.header.Set("Idempotency-Key", tn.key())
	}
	tn.sys.settle(t, tn.id)
	if spec.IfMatch {
		r.header.Set("If-Match", tn.etag(t, r))
	}
	tn.sys.advance(spec.Example.After)
	return r
}

// run makes sure that an operation's example has been called in this tenant, and gives its answer.
func (tn *tenant) run(t *testing.T, id string) answer {
	t.Helper()
	if a, done := tn.done[id]; done {
		return a
	}
	o, err := catalog.Find(id)
	if err != nil {
		t.Fatal(err)
	}
	a := tn.prepare(t, o).send(t)
	if a.status >= http.StatusBadRequest {
		t.Fatalf("the example of %s, which others build on, is refused: %s", id, a)
	}
	tn.done[id] = a
	return a
}

var placeholder = regexp.MustCompile(`\$\{([a-z]+\.[a-z0-9-]+)\.([A-Za-z0-9.]+)\}`)

// fill puts the members of other examples' answers into a text.
func (tn *tenant) fill(t *testing.T, text string) string {
	t.Helper()
	return placeholder.ReplaceAllStringFunc(text, func(found string) string {
		m := placeholder.FindStringSubmatch(found)
		v := member(t, tn.run(t, m[1]), m[2])
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Trim(string(raw), `"`)
	})
}

func member(t *testing.T, a answer, path string) any {
	t.Helper()
	var node any
	if err := json.Unmarshal(a.body, &node); err != nil {
		t.Fatalf("an answer that others refer to is no JSON: %s", a)
	}
	for name := range strings.SplitSeq(path, ".") {
		switch n := node.(type) {
		case map[string]any:
			node = n[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(n) {
				t.Fatalf("no entry %s of %s in %s", name, path, a)
			}
			node = n[i]
		}
		if node == nil {
			t.Fatalf("no member %s in %s", path, a)
		}
	}
	return node
}

// etag reads the record that a call is about, by the query that stands at the record's own address.
func (tn *tenant) etag(t *testing.T, r *request) string {
	t.Helper()
	get, path := reader(r.spec)
	if get == nil {
		t.Fatalf("%s asks for If-Match, but no query reads %s: where is a caller to learn the version?", r.spec.ID, path)
	}
	q := &request{sys: tn.sys, spec: get, who: tn.maker, path: map[string]string{}, header: http.Header{}, query: url.Values{}}
	mine, theirs := pathNames(r.spec.Path()), pathNames(get.Path())
	for i, name := range theirs {
		q.path[name] = r.path[mine[i]]
	}
	a := q.send(t)
	if a.header.Get("ETag") == "" {
		t.Fatalf("%s gives no ETag: %s", get.ID, a)
	}
	return a.header.Get("ETag")
}

var parameter = regexp.MustCompile(`\{([A-Za-z]+)\}`)

func pathNames(template string) []string {
	var out []string
	for _, m := range parameter.FindAllStringSubmatch(template, -1) {
		out = append(out, m[1])
	}
	return out
}

// reader finds the query that reads the record an operation acts on: its path up to the last parameter.
func reader(spec *op.Spec) (*op.Spec, string) {
	path := spec.Path()
	path = parameter.ReplaceAllString(path[:strings.LastIndex(path, "}")+1], "{}")
	for _, o := range catalog.Operations() {
		s := o.Describe()
		if s.Method() == http.MethodGet && parameter.ReplaceAllString(s.Path(), "{}") == path {
			return s, path
		}
	}
	return nil, path
}
