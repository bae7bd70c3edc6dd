package policy

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"backoffice/internal/civil"
	"backoffice/internal/op"
	"backoffice/internal/platform/right"
)

var noon = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

func question() Question {
	return Question{Right: "finance.journals.post", Kind: op.Command, Tenant: "ten_1", Scopes: []string{"backoffice/finance"}, SessionOpen: true, At: noon}
}

func grant() Grant {
	return Grant{ID: "ras_1", Holder: "usr_1", Tenant: "ten_1", Role: "accountant", Rights: []string{"finance.*"}, Breadth: op.All}
}

var mina = Principal{ID: "usr_1", Tenant: "ten_1", Active: true}

func TestDecide(t *testing.T) {
	today := civil.FromTime(noon)
	for name, c := range map[string]struct {
		change func(p *Principal, g *Grant, q *Question)
		want   bool
	}{
		"a grant in force":       {func(*Principal, *Grant, *Question) {}, true},
		"a service key":          {func(p *Principal, g *Grant, _ *Question) { p.ID, g.Holder = "key_1", "key_1" }, true},
		"on its first day":       {func(_ *Principal, g *Grant, _ *Question) { g.From = today }, true},
		"on its last day":        {func(_ *Principal, g *Grant, _ *Question) { g.To = today }, true},
		"before its first day":   {func(_ *Principal, g *Grant, _ *Question) { g.From = today.AddDays(1) }, false},
		"after its last day":     {func(_ *Principal, g *Grant, _ *Question) { g.To = today.AddDays(-1) }, false},
		"made out to another":    {func(_ *Principal, g *Grant, _ *Question) { g.Holder = "usr_2" }, false},
		"of another tenant":      {func(_ *Principal, g *Grant, _ *Question) { g.Tenant = "ten_2" }, false},
		"for another domain":     {func(_ *Principal, g *Grant, _ *Question) { g.Rights = []string{"people.*"} }, false},
		"with what is no right":  {func(_ *Principal, g *Grant, _ *Question) { g.Rights = []string{"finance", "**", ""} }, false},
		"without rights":         {func(_ *Principal, g *Grant, _ *Question) { g.Rights = nil }, false},
		"to one who is disabled": {func(p *Principal, _ *Grant, _ *Question) { p.Active = false }, false},
		"in a closed session":    {func(_ *Principal, _ *Grant, q *Question) { q.SessionOpen = false }, false},
		"without the scope":      {func(_ *Principal, _ *Grant, q *Question) { q.Scopes = []string{"backoffice/people"} }, false},
		"without any scope":      {func(_ *Principal, _ *Grant, q *Question) { q.Scopes = nil }, false},
	} {
		p, g, q := mina, grant(), question()
		c.change(&p, &g, &q)
		d, err := New().Decide(p, []Grant{g}, q)
		if err != nil || d.Allowed != c.want {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
}

// The system does what it starts itself, and calls nothing over HTTPS, whatever somebody granted it.
func TestSystemPrincipal(t *testing.T) {
	system := Principal{ID: op.SystemPrincipal, Tenant: "ten_1", Active: true}
	g := grant()
	g.Holder = op.SystemPrincipal
	for kind, want := range map[op.Kind]bool{op.Task: true, op.Subscriber: true, op.Job: true, op.Command: false, op.Query: false, "": false} {
		q := question()
		q.Kind, q.Scopes = kind, nil
		d, err := New().Decide(system, []Grant{g}, q)
		if err != nil || d.Allowed != want || want && d.Breadth != op.All {
			t.Errorf("%q: %+v, %v", kind, d, err)
		}
	}
	q := question()
	q.Kind, q.Tenant = op.Task, "ten_2"
	if d, err := New().Decide(system, nil, q); err != nil || d.Allowed {
		t.Errorf("in another tenant: %+v, %v", d, err)
	}
	q = question()
	q.Kind = op.Task
	if d, err := New().Decide(mina, nil, q); err != nil || d.Allowed {
		t.Errorf("a user without a grant calls a task: %+v, %v", d, err)
	}
}

// A policy that cannot be evaluated denies, be it one that permits or one that forbids, which Cedar itself would skip.
func TestAnyErrorDenies(t *testing.T) {
	for name, faulty := range map[string]string{
		"a permit that fails":         `@id("x") permit (principal, action, resource) when { resource.missing == 1 };`,
		"a forbid that fails":         `@id("x") forbid (principal, action, resource) when { resource.missing == 1 };`,
		"a comparison of other types": `@id("x") forbid (principal, action, resource) when { context.day < "tomorrow" };`,
		"an overflow":                 `@id("x") forbid (principal, action, resource) when { 9223372036854775807 + context.day < 0 };`,
	} {
		e, err := parse(accessCedar, []byte(faulty))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		d, err := e.Decide(mina, []Grant{grant()}, question())
		if !errors.Is(err, ErrPolicy) || d.Allowed {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
		// One grant that fails spoils the whole question, even if another one would allow.
		narrow, err := parse(accessCedar, []byte(`@id("x") forbid (principal, action, resource == Grant::"ras_2") when { resource.missing == 1 };`))
		if err != nil {
			t.Fatal(err)
		}
		second := grant()
		second.ID = "ras_2"
		if d, err := narrow.Decide(mina, []Grant{grant(), second}, question()); !errors.Is(err, ErrPolicy) || d.Allowed {
			t.Errorf("a second grant that fails: %+v, %v", d, err)
		}
	}
	q := question()
	q.Right = "finance.*"
	if d, err := New().Decide(mina, []Grant{grant()}, q); !errors.Is(err, ErrPolicy) || d.Allowed {
		t.Errorf("a pattern as a question: %+v, %v", d, err)
	}
}

func TestPoliciesHaveNames(t *testing.T) {
	for _, text := range []string{`permit (principal, action, resource);`, `@id("a") permit (principal, action, resource); @id("a") forbid (principal, action, resource);`, `permit (`} {
		if _, err := parse([]byte(text)); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}

// model is the rules in plain Go, without Cedar.
func model(p Principal, grants []Grant, q Question) Decision {
	var d Decision
	byWidth := map[op.Breadth]int{op.Own: 1, op.Subordinates: 2, op.All: 3}
	today := q.At.Format("2006-01-02")
	covering := func(g Grant) bool {
		inForce := (g.From.IsZero() || g.From.String() <= today) && (g.To.IsZero() || today <= g.To.String())
		return inForce && g.Holder == p.ID && slices.ContainsFunc(g.Rights, func(r string) bool { return right.Covers(r, q.Right) })
	}
	scope := slices.Contains(q.Scopes, "backoffice/"+strings.Split(q.Right, ".")[0])
	everywhere, in := 0, map[string]int{}
	for _, g := range grants {
		switch ok := covering(g) && p.Active && q.SessionOpen && g.Tenant == p.Tenant; {
		case !ok:
		case !scope:
			d.NoScope = true
		case g.Entity == "":
			d.Allowed, everywhere = true, max(everywhere, byWidth[g.Breadth])
		default:
			d.Allowed, in[g.Entity] = true, max(in[g.Entity], byWidth[g.Breadth])
		}
		if covering(g) && g.Tenant == p.Tenant && !slices.Contains(d.Roles, g.Role) {
			d.Roles = append(d.Roles, g.Role)
		}
	}
	if !d.Allowed {
		return Decision{NoScope: d.NoScope}
	}
	names := []op.Breadth{"", op.Own, op.Subordinates, op.All}
	d.Breadth, d.Entities = names[everywhere], map[string]op.Breadth{}
	for entity, width := range in {
		if width > everywhere {
			d.Entities[entity] = names[width]
		}
	}
	slices.Sort(d.Roles)
	return d
}

func anyGrant() *rapid.Generator[Grant] {
	return rapid.Custom(func(t *rapid.T) Grant {
		day := func(name string) civil.Date {
			n := rapid.IntRange(-2, 3).Draw(t, name)
			if n == 3 {
				return civil.Date{}
			}
			return civil.FromTime(noon).AddDays(n)
		}
		return Grant{
			ID:      fmt.Sprintf("ras_%d", rapid.IntRange(1, 99).Draw(t, "id")),
			Holder:  rapid.SampledFrom([]string{"usr_1", "usr_1", "usr_1", "key_1"}).Draw(t, "holder"),
			Tenant:  rapid.SampledFrom([]string{"ten_1", "ten_1", "ten_1", "ten_2"}).Draw(t, "tenant"),
			Role:    rapid.SampledFrom([]string{"r1", "r2", "r3"}).Draw(t, "role"),
			Rights:  rapid.SliceOfN(rapid.SampledFrom([]string{"*", "a.*", "a.b.*", "a.b.c", "*.*.c", "a.*.d", "b.*", "nonsense"}), 0, 3).Draw(t, "rights"),
			Breadth: rapid.SampledFrom([]op.Breadth{op.Own, op.Subordinates, op.All}).Draw(t, "breadth"),
			From:    day("from"), To: day("to"),
			Entity: rapid.SampledFrom([]string{"", "", "ent_1", "ent_2"}).Draw(t, "entity"),
		}
	})
}

// A further grant never takes anything away.
func TestGrantsOnlyAdd(t *testing.T) {
	e := New()
	rapid.Check(t, func(t *rapid.T) {
		grants := rapid.SliceOfN(anyGrant(), 1, 5).Draw(t, "grants")
		q := Question{Right: "a.b.c", Kind: op.Query, Tenant: "ten_1", Scopes: []string{"backoffice/a"}, SessionOpen: true, At: noon}
		fewer, err := e.Decide(mina, grants[1:], q)
		if err != nil {
			t.Fatal(err)
		}
		more, err := e.Decide(mina, grants, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, entity := range []string{"", "ent_1", "ent_2"} {
			before, after := wider(fewer.Breadth, fewer.Entities[entity]), wider(more.Breadth, more.Entities[entity])
			if wider(after, before) != after {
				t.Fatalf("in %q: %q became %q", entity, before, after)
			}
		}
	})
}

// Whatever the grants, Cedar decides as the plain rules do.
func TestDecidesAsTheModel(t *testing.T) {
	e := New()
	allowed := 0
	rapid.Check(t, func(t *rapid.T) {
		p := Principal{ID: rapid.SampledFrom([]string{"usr_1", "key_1"}).Draw(t, "principal"), Tenant: "ten_1", Active: rapid.IntRange(0, 7).Draw(t, "active") > 0}
		grants := rapid.SliceOfN(anyGrant(), 0, 6).Draw(t, "grants")
		q := Question{Right: rapid.SampledFrom([]string{"a.b.c", "a.b.d", "b.b.c", "c.c.c"}).Draw(t, "right"), Kind: op.Query, Tenant: "ten_1",
			Scopes:      rapid.SampledFrom([][]string{{"backoffice/a", "backoffice/b", "backoffice/c"}, {"backoffice/a"}, nil}).Draw(t, "scopes"),
			SessionOpen: rapid.IntRange(0, 7).Draw(t, "open") > 0, At: noon}
		got, err := e.Decide(p, grants, q)
		if err != nil {
			t.Fatal(err)
		}
		if want := model(p, grants, q); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		if got.Allowed {
			allowed++
		}
	})
	if allowed == 0 {
		t.Error("no question was ever allowed: the generator proves nothing")
	}
}
