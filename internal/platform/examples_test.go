package platform_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
	"backoffice/internal/platform/right"
)

var placeholder = regexp.MustCompile(`\$\{platform\.([a-z-]+)\.([A-Za-z]+)\}`)

// examples runs the examples of all operations, each after those that it names, and keeps the answers.
type examples struct {
	t     *testing.T
	s     *platformtest.System
	token string
	done  map[string]platformtest.Answer
}

func (e *examples) run(name string) platformtest.Answer {
	e.t.Helper()
	if a, ok := e.done[name]; ok {
		return a
	}
	spec := find(e.t, name).Describe()
	for _, given := range spec.Example.Given {
		e.run(strings.TrimPrefix(given, "platform."))
	}
	c := platformtest.Call{Op: name, Token: e.token, Path: e.fill(spec.Example.Path), Query: spec.Example.Query, Body: e.fill(spec.Example.Body)}
	if spec.Public != "" {
		c.Token = ""
	}
	if spec.IfMatch {
		c.Match = e.version(spec, c.Path)
	}
	c.Key = "example-" + name
	a := e.s.Do(c).Want(spec.SuccessStatus())
	e.done[name] = a
	if spec.Writes() {
		e.repeat(spec, c, a)
	}
	return a
}

// repeat asks again with the same key: the answer is the first one.
func (e *examples) repeat(spec *op.Spec, c platformtest.Call, first platformtest.Answer) {
	e.t.Helper()
	again := e.s.Do(c).Want(first.Status)
	if again.Header.Get("Idempotency-Replayed") != "true" || again.Header.Get("ETag") != first.Header.Get("ETag") ||
		spec.ExemptFrom("replay") == "" && string(again.Body) != string(first.Body) {
		e.t.Errorf("%s, repeated: %v %s, first %s", spec.ID, again.Header, again.Body, first.Body)
	}
}

// version reads the version of the record that a call changes.
func (e *examples) version(spec *op.Spec, path string) int {
	_, id, _ := strings.Cut(strings.Fields(path)[len(strings.Fields(path))-1], "=")
	read := map[string]string{"ten": "get-tenant tenantId", "per": "get-person personId", "usr": "get-user userId", "rol": "get-role roleId",
		"key": "get-service-key keyId"}[id[:3]]
	if read == "" {
		return 1 // a role assignment just made
	}
	if strings.Contains(spec.Route, "/second-factor") {
		read = "get-second-factor userId"
	}
	name, param, _ := strings.Cut(read, " ")
	a := e.s.Do(platformtest.Call{Op: name, Token: e.token, Path: param + "=" + id}).Want(200)
	return int(a.Member("version").(float64))
}

func (e *examples) fill(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		m := placeholder.FindStringSubmatch(p)
		return e.run(m[1]).Text(m[2])
	})
}

func find(t *testing.T, name string) op.Operation {
	t.Helper()
	for _, o := range platform.Operations() {
		if o.Describe().Name() == name {
			return o
		}
	}
	t.Fatalf("no operation %s", name)
	return nil
}

// abroad tells whether an example depends on another domain's, as those about jobs do, or on an authenticator: the walk of the catalogue runs them.
func abroad(spec *op.Spec) bool {
	text := spec.Example.Path + spec.Example.Body + strings.Join(spec.Example.Given, " ")
	return strings.Contains(text, "migration.") || strings.Contains(text, ".totp")
}

// Every operation's example works, after those that it names, in a tenant that has just been made.
func TestEveryExampleWorks(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	e := &examples{t: t, s: s, token: token, done: map[string]platformtest.Answer{}}
	for _, o := range platform.Operations() {
		if o.Describe().ExemptFrom("example") == "" && !abroad(o.Describe()) {
			e.run(o.Describe().Name())
		}
	}
	here := slices.DeleteFunc(platform.Operations(), func(o op.Operation) bool { return abroad(o.Describe()) || o.Describe().ExemptFrom("example") != "" })
	if len(e.done) < len(here) {
		t.Errorf("%d examples ran of %d: %v", len(e.done), len(here), slices.Sorted(maps.Keys(e.done)))
	}
}

// Every operation says what it is and asks for a right that a role can name.
func TestEverySpecIsWhole(t *testing.T) {
	rules := map[string]bool{}
	for _, r := range platform.Rules() {
		if rules[r.Code] || r.Text == "" || r.Help == "" || !strings.HasPrefix(r.Code, "PLT-") {
			t.Errorf("rule %+v", r)
		}
		rules[r.Code] = true
	}
	for _, o := range platform.Operations() {
		spec := o.Describe()
		if spec.Summary == "" || !right.IsRight(spec.Right()) || spec.Domain() != platform.Table || spec.HTTP() && !strings.Contains(spec.Route, " /platform/v1/") {
			t.Errorf("%s: %+v", spec.ID, spec)
		}
		if spec.Example.Body != "" && !json.Valid([]byte(placeholder.ReplaceAllString(spec.Example.Body, "x"))) {
			t.Errorf("%s: example is no JSON", spec.ID)
		}
		if (spec.Method() == "PATCH" || spec.Method() == "PUT" || spec.Method() == "DELETE") && !spec.IfMatch {
			t.Errorf("%s changes a record without If-Match", spec.ID)
		}
	}
}
