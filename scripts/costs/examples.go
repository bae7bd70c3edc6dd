package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	"backoffice/internal/catalog"
	"backoffice/internal/finance"
	"backoffice/internal/metrics"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

// request is a call of an operation's example.
type request struct {
	spec   *op.Spec
	who    caller
	path   map[string]string
	query  string
	body   string
	header http.Header
}

// cost is what one operation's example cost.
type cost struct {
	spec   *op.Spec
	count  store.Count
	events int // that its act announces
	took   time.Duration
	none   string // the reason why it was not called
}

// operationCosts calls every operation's example, each in a system and a tenant of its own, from a warm process: the caller's
// rights are known, and numbers are leased.
func operationCosts(ctx context.Context) ([]cost, error) {
	var out []cost
	for _, o := range catalog.Operations() {
		c := cost{spec: o.Describe(), none: o.Describe().ExemptFrom("example")}
		if c.none == "" {
			var err error
			if c, err = alone(ctx, o); err != nil {
				return nil, fmt.Errorf("%s: %w", c.spec.ID, err)
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// alone measures one operation in a system of its own.
func alone(ctx context.Context, o op.Operation) (cost, error) {
	s, err := open(ctx)
	if err != nil {
		return cost{}, err
	}
	defer s.engine.Close() //nolint:errcheck // in memory
	t, err := s.tenant(ctx)
	if err != nil {
		return cost{}, err
	}
	return t.measure(ctx, o)
}

func (t *tenant) measure(ctx context.Context, o op.Operation) (cost, error) {
	spec := o.Describe()
	if spec.Name() != finance.RecordJournal.Spec.Name() && slices.Contains(spec.Uses, &finance.Posting) {
		if _, err := t.run(ctx, finance.RecordJournal.Spec.ID); err != nil { // leases the block of numbers
			return cost{}, err
		}
	}
	r, err := t.prepare(ctx, o)
	if err != nil {
		return cost{}, err
	}
	if spec.ID == finance.RecordJournal.Spec.ID {
		if _, err := t.call(ctx, r); err != nil {
			return cost{}, err
		}
		r.header.Set("Idempotency-Key", t.key())
	}
	if err := t.warm(ctx, r.who); err != nil {
		return cost{}, err
	}
	var m store.Meter
	ctx, sample := metrics.With(store.WithMeter(ctx, &m))
	start := time.Now()
	_, err = t.call(ctx, r)
	return cost{spec: spec, count: m.Count(), events: int(sample.Value(metrics.Events)), took: time.Since(start)}, err
}

// warm has the process know the caller's rights, as it does for a minute after any call.
func (t *tenant) warm(ctx context.Context, who caller) error {
	o, err := catalog.Find("platform.list-permissions")
	if err != nil {
		return err
	}
	_, err = t.call(ctx, request{spec: o.Describe(), who: who, header: http.Header{}})
	return err
}

func (t *tenant) key() string {
	t.keys++
	return "costs-" + strconv.Itoa(t.keys)
}

// prepare runs what an example depends on and gives the example as a request.
func (t *tenant) prepare(ctx context.Context, o op.Operation) (request, error) {
	spec := o.Describe()
	r := request{spec: spec, who: t.maker, path: map[string]string{}, header: http.Header{}}
	if spec.Example.OtherPerson {
		r.who = t.second
	}
	for _, given := range spec.Example.Given {
		if _, err := t.run(ctx, given); err != nil {
			return r, err
		}
	}
	texts := []string{spec.Example.Path, spec.Example.Query, spec.Example.Body}
	for i := range texts {
		var err error
		if texts[i], err = t.fill(ctx, texts[i]); err != nil {
			return r, err
		}
	}
	for pair := range strings.FieldsSeq(texts[0]) {
		name, value, _ := strings.Cut(pair, "=")
		r.path[name] = value
	}
	r.query, r.body = texts[1], texts[2]
	if spec.Kind != op.Query {
		r.header.Set("Idempotency-Key", t.key())
	}
	if err := t.s.settle(ctx, t.id); err != nil {
		return r, err
	}
	if spec.IfMatch {
		if err := t.match(ctx, &r); err != nil {
			return r, err
		}
	}
	t.s.now = t.s.now.Add(spec.Example.After)
	return r, nil
}

// run calls an operation's example once in the tenant, and gives its answer.
func (t *tenant) run(ctx context.Context, id string) ([]byte, error) {
	if body, done := t.done[id]; done {
		return body, nil
	}
	o, err := catalog.Find(id)
	if err != nil {
		return nil, err
	}
	r, err := t.prepare(ctx, o)
	if err != nil {
		return nil, err
	}
	resp, err := t.call(ctx, r)
	if err != nil {
		return nil, err
	}
	t.done[id] = resp.Body.Bytes()
	return t.done[id], nil
}

// call sends a request through the host, within the process, so that the context's meter counts.
func (t *tenant) call(ctx context.Context, r request) (*httptest.ResponseRecorder, error) {
	rec := httptest.NewRecorder()
	if !r.spec.HTTP() {
		body, err := t.s.host.Invoke(ctx, r.spec.ID, r.who.Tenant, r.header.Get("Idempotency-Key"), []byte(r.body))
		rec.Body = bytes.NewBuffer(body)
		return rec, err
	}
	path := parameter.ReplaceAllStringFunc(r.spec.Path(), func(p string) string { return url.PathEscape(r.path[strings.Trim(p, "{}")]) })
	req, err := http.NewRequestWithContext(ctx, r.spec.Method(), "http://costs.test"+path+"?"+r.query, strings.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	req.Header = r.header
	req.Header.Set("Content-Type", "application/json")
	if r.spec.Public == "" {
		req.Header.Set("Authorization", "Bearer "+r.who.token())
	}
	t.s.host.ServeHTTP(rec, req)
	if rec.Code >= http.StatusBadRequest {
		return nil, fmt.Errorf("%s is answered with %d %s", r.spec.ID, rec.Code, rec.Body)
	}
	return rec, nil
}

var (
	parameter   = regexp.MustCompile(`\{([A-Za-z]+)\}`)
	placeholder = regexp.MustCompile(`\$\{([a-z]+\.[a-z0-9-]+)\.([A-Za-z0-9.]+)\}`)
)

// fill puts the members of other examples' answers into a text.
func (t *tenant) fill(ctx context.Context, text string) (string, error) {
	var failed error
	out := placeholder.ReplaceAllStringFunc(text, func(found string) string {
		m := placeholder.FindStringSubmatch(found)
		body, err := t.run(ctx, m[1])
		var node any
		if err == nil {
			err = json.Unmarshal(body, &node)
		}
		if err != nil {
			failed = err
			return ""
		}
		secret, shown := strings.CutSuffix(m[2], ".totp")
		if !shown {
			return member(node, m[2])
		}
		code, err := totp.GenerateCode(member(node, secret), t.s.clock()) // what an authenticator with the secret shows
		failed = errors.Join(failed, err)
		return code
	})
	return out, failed
}

func member(node any, path string) string {
	for name := range strings.SplitSeq(path, ".") {
		switch n := node.(type) {
		case map[string]any:
			node = n[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(n) {
				return ""
			}
			node = n[i]
		}
	}
	return fmt.Sprint(node)
}

// match reads the version of the record that a call changes, by the query at the record's own address.
func (t *tenant) match(ctx context.Context, r *request) error {
	upTo := func(path string) string { return path[:strings.LastIndex(path, "}")+1] }
	want := parameter.ReplaceAllString(upTo(r.spec.Path()), "{}")
	for _, o := range catalog.Operations() {
		get := o.Describe()
		if get.Method() != http.MethodGet || parameter.ReplaceAllString(get.Path(), "{}") != want {
			continue
		}
		q := request{spec: get, who: t.maker, path: map[string]string{}, header: http.Header{}}
		mine, theirs := parameter.FindAllString(r.spec.Path(), -1), parameter.FindAllString(get.Path(), -1)
		for i, name := range theirs {
			q.path[strings.Trim(name, "{}")] = r.path[strings.Trim(mine[i], "{}")]
		}
		resp, err := t.call(ctx, q)
		if err != nil {
			return err
		}
		r.header.Set("If-Match", resp.Header().Get("ETag"))
		return nil
	}
	return fmt.Errorf("%s asks for If-Match, and no query reads %s", r.spec.ID, want)
}
