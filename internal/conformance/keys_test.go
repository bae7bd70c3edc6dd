package conformance

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"backoffice/internal/op"
)

// A write carries a key of printable characters.
func checkKey(t *testing.T, s *subject) {
	r := s.ready(t)
	before := s.sys.snapshot(t)
	r.but(func(r *request) { r.Header.Del("Idempotency-Key") }).refuses(t, http.StatusBadRequest, op.RuleKeyMissing, "no key")
	for _, key := range []string{"a b", "ü", strings.Repeat("k", 256)} {
		r.withKey(key).refuses(t, http.StatusBadRequest, op.RuleKeyMissing, "a bad key")
	}
	s.sys.unchanged(t, before, "a call without a key")
	r.withKey(strings.Repeat("k", 255)).works(t, "the longest key")
}

// The same call again gives the same answer and does nothing, whatever has become of the record since.
func checkReplay(t *testing.T, s *subject) {
	r := s.ready(t)
	first := r.works(t, "the example")
	after := s.sys.snapshot(t)
	for range 2 {
		again := r.works(t, "the same call again")
		if s.spec.HTTP() && again.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("the same call again is no replay: %v", again.Header)
		}
		if again.Status != first.Status || string(again.Body) != string(first.Body) {
			t.Errorf("first %s\nthen %s", first, again)
		}
		for _, name := range []string{"ETag", "Location", "Content-Type"} {
			if first.Header.Get(name) != again.Header.Get(name) {
				t.Errorf("%s was %q and is %q", name, first.Header.Get(name), again.Header.Get(name))
			}
		}
	}
	s.sys.unchanged(t, after, "a replay")
	if first.Header.Get("Idempotency-Replayed") != "" {
		t.Error("the first answer calls itself a replay")
	}
	// The key is the caller's own: under another's it is a call of its own.
	other := r.but(func(r *request) { r.Who = s.Second }).send(t)
	if other.Header.Get("Idempotency-Replayed") != "" && s.Second.User != r.Who.User {
		t.Errorf("another caller's key replays this one's act: %s", other)
	}
}

const twins = 4

// Of several calls at once under one key, one has an effect and the others get its answer, or are told to ask again.
func checkTwins(t *testing.T, s *subject) {
	r := s.ready(t)
	before := len(s.acts(t))
	answers := make([]answer, twins)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = r.send(t) })
	}
	wg.Wait()
	made := 0
	body := ""
	for _, a := range answers {
		switch {
		case a.OK():
			if a.Header.Get("Idempotency-Replayed") == "" {
				made++
			}
			if body != "" && body != string(a.Body) && s.spec.ExemptFrom("replay") == "" {
				t.Errorf("two answers under one key: %s and %s", body, a.Body)
			}
			body = string(a.Body)
		case a.Status != http.StatusConflict || a.Header.Get("Retry-After") == "":
			t.Errorf("one of %d calls under one key answers %s", twins, a)
		}
	}
	if acts := len(s.acts(t)) - before; acts != 1 || s.spec.HTTP() && made != 1 {
		t.Errorf("%d acts, %d first answers", acts, made)
	}
}

// A key stands for one request: another one under it is refused.
func checkKeyReused(t *testing.T, s *subject) {
	r := s.ready(t)
	r.works(t, "the example")
	before := s.sys.snapshot(t)
	s.altered(t, r).refuses(t, http.StatusUnprocessableEntity, op.RuleKeyReused, "another request under the same key")
	s.sys.unchanged(t, before, "another request under the same key")
}

// altered gives another request that can be read as well as the example.
func (s *subject) altered(t *testing.T, r *request) *request {
	t.Helper()
	if s.form.body == nil {
		if s.spec.IfMatch {
			return r.but(func(r *request) { r.Header.Set("If-Match", `"v99999"`) })
		}
		return r.but(unknownIDs)
	}
	for _, p := range s.form.places(parse(t, r.Body)) {
		if p.filled && p.schema.Type == huma.TypeString && p.schema.Pattern == "" && p.schema.Format == "" && len(p.schema.Enum) == 0 && p.schema.MaxLength != nil && *p.schema.MaxLength >= 40 {
			text, _ := at(parse(t, r.Body), p.tokens).(string)
			if !anID.MatchString(text) {
				return r.with(t, p, "Another text")
			}
		}
	}
	return r.but(func(r *request) { r.Body = append(r.Body, ' ') })
}

// A refusal does not use up its key.
func checkKeyAfterRefusal(t *testing.T, s *subject) {
	r := s.ready(t)
	refusals := []*request{r.but(func(r *request) { r.Body = append(r.Body, '{') })}
	if s.spec.HTTP() && s.spec.Public == "" {
		refusals = append(refusals, r.but(setting("colour", "1")), r.but(func(r *request) { r.Who.Refused = []string{s.spec.Right()} }))
	}
	if s.spec.IfMatch {
		refusals = append(refusals, r.but(func(r *request) { r.Header.Set("If-Match", `"v99999"`) }))
	}
	for i, refused := range refusals {
		if a := refused.send(t); a.OK() {
			t.Fatalf("refusal %d works: %s", i, a)
		}
	}
	if a := r.works(t, "the key of refused calls"); a.Header.Get("Idempotency-Replayed") != "" {
		t.Errorf("a refusal was replayed: %s", a)
	}
}

// A change names the version that its caller saw.
func checkIfMatch(t *testing.T, s *subject) {
	r := s.ready(t)
	before := s.sys.snapshot(t)
	r.but(func(r *request) { r.Header.Del("If-Match") }).refuses(t, http.StatusPreconditionRequired, op.RuleMatchNeeded, "no If-Match")
	r.but(func(r *request) { r.Header.Set("If-Match", `"v99999"`) }).refuses(t, http.StatusPreconditionFailed, op.RuleStale, "a stale If-Match")
	for _, form := range []string{"*", "v1", `W/"v1"`, `"v0"`, `"v01"`, `"v1", "v2"`, `"` + marker + `"`, `"v99999999999"`} {
		r.but(func(r *request) { r.Header.Set("If-Match", form) }).refuses(t, http.StatusBadRequest, op.RuleMatchForm, "If-Match: "+form)
	}
	s.sys.unchanged(t, before, "a change without the right version")
	a := r.works(t, "the example")
	if now := s.etag(t, r); now == r.Header.Get("If-Match") {
		t.Errorf("the change left the version as it was: %s", a)
	}
	r.withKey("stale-"+s.Key()).refuses(t, http.StatusPreconditionFailed, op.RuleStale, "the same version again")
}

// A dry run answers as the act would, and keeps nothing.
func checkDryRun(t *testing.T, s *subject) {
	r := s.ready(t)
	before := s.sys.snapshot(t)
	dry := r.but(setting("dryRun", "true"))
	a := dry.works(t, "a dry run")
	if s.spec.Writes() && a.Header.Get("Dry-Run") != "true" {
		t.Errorf("a dry run without its header: %v", a.Header)
	}
	dry.works(t, "a dry run again")
	s.sys.unchanged(t, before, "a dry run")
	if b := r.but(setting("dryRun", "false")).works(t, "dryRun=false"); b.Header.Get("Dry-Run") != "" || b.Header.Get("Idempotency-Replayed") != "" {
		t.Errorf("after a dry run the call itself is taken for one: %v", b.Header)
	}
}
