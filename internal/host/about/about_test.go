package about_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"backoffice/docs"
	"backoffice/internal/catalog"
	"backoffice/internal/fault"
	"backoffice/internal/host/about"
	"backoffice/internal/op"
	"backoffice/internal/store/storetest"
)

// made is made once for all tests: it reads two megabytes of documents.
var made = sync.OnceValues(func() (*about.Pages, error) {
	return about.New(func(context.Context) error { return nil })
})

func get(t *testing.T, path string) *op.Response {
	t.Helper()
	pages, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return pages.Answer(t.Context(), &op.Request{ID: "req_1", Address: path})
}

// health asks a system whose store is reached like this.
func health(t *testing.T, reach func(context.Context) error) *op.Response {
	t.Helper()
	pages, err := about.New(reach)
	if err != nil {
		t.Fatal(err)
	}
	return pages.Answer(t.Context(), &op.Request{ID: "req_1", Address: "/health"})
}

// The type of every problem document leads to a page, which tells of the rule and holds nothing that a browser would run.
func TestEveryRuleHasItsPage(t *testing.T) {
	for _, rule := range catalog.Rules() {
		var p op.Problem
		if err := json.Unmarshal(op.Refuse(rule.Err(), "req_1").Body, &p); err != nil {
			t.Fatal(err)
		}
		resp := get(t, p.Type)
		if resp.Status != http.StatusOK || !strings.Contains(string(resp.Body), "<h1>"+rule.Code+"</h1>") || resp.Header.Get("Content-Type") != "text/html; charset=utf-8" ||
			!strings.Contains(resp.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Fatalf("%s: %d %v %s", p.Type, resp.Status, resp.Header, resp.Body)
		}
	}
}

func TestRulesAreListedByCode(t *testing.T) {
	var list about.RuleList
	if err := json.Unmarshal(get(t, "/problems").Body, &list); err != nil {
		t.Fatal(err)
	}
	for i, r := range list.Data {
		if i > 0 && list.Data[i-1].Code >= r.Code || r.Status < http.StatusBadRequest || r.Text == "" {
			t.Errorf("rule %d is %+v", i, r)
		}
	}
	if want := about.ListRules(catalog.Rules()); len(want.Data) != len(list.Data) || len(list.Data) == 0 {
		t.Errorf("%d rules are listed, the catalogue has %d: run `make gen`", len(list.Data), len(want.Data))
	}
	twice := about.ListRules([]fault.Rule{op.RuleNoToken, op.RuleOrigin, op.RuleNoToken})
	if len(twice.Data) != 2 {
		t.Errorf("%+v", twice)
	}
}

// Documents are JSON, kept for a while, and small enough for a function to answer.
func TestDocumentsAreServed(t *testing.T) {
	const functionAnswerBytesMax = 5_500_000
	paths := []string{"/openapi.json", "/problems"}
	for _, d := range docs.Domains() {
		paths = append(paths, "/"+d+"/v1/openapi.json")
	}
	if len(paths) != len(catalog.Domains())+2 {
		t.Errorf("documents %v", paths)
	}
	for _, path := range paths {
		resp := get(t, path)
		escaped, err := json.Marshal(string(resp.Body))
		if err != nil || resp.Status != http.StatusOK || !json.Valid(resp.Body) || resp.Header.Get("Content-Type") != "application/json" ||
			!strings.HasPrefix(resp.Header.Get("Cache-Control"), "public, max-age=") || len(escaped) > functionAnswerBytesMax {
			t.Errorf("%s: %d %v, %d bytes, %v", path, resp.Status, resp.Header, len(escaped), err)
		}
	}
}

// Health is that the tables can be reached. Why they cannot stays inside.
func TestHealthIsThatTheTablesCanBeReached(t *testing.T) {
	db := storetest.Open(t)
	resp := health(t, func(ctx context.Context) error { return db.Reach(ctx, storetest.Tables...) })
	if resp.Status != http.StatusOK || strings.TrimSpace(string(resp.Body)) != `{"status":"ok"}` || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v %s", resp.Status, resp.Header, resp.Body)
	}
	resp = health(t, func(ctx context.Context) error { return db.Reach(ctx, "nowhere") })
	if resp.Status != http.StatusServiceUnavailable || resp.Problem.Code != op.RuleUnavailable.Code || strings.Contains(string(resp.Body), "nowhere") || resp.Problem.Cause == nil {
		t.Errorf("%d %s", resp.Status, resp.Body)
	}
	slow := health(t, func(ctx context.Context) error {
		if _, limited := ctx.Deadline(); !limited {
			return nil
		}
		return errors.New("limited")
	})
	if slow.Status != http.StatusServiceUnavailable {
		t.Error("a store that never answers is waited for without end")
	}
}

func TestOtherPathsHaveNoPage(t *testing.T) {
	for _, path := range []string{"", "/", "/problems/", "/problems/API-999", "/problems/API-001/", "/nowhere/v1/openapi.json", "/problems/<script>"} {
		if resp := get(t, path); resp.Status != http.StatusNotFound || resp.Problem.Code != op.RuleNotFound.Code || strings.Contains(string(resp.Body), "script") {
			t.Errorf("%q: %d %s", path, resp.Status, resp.Body)
		}
	}
}
