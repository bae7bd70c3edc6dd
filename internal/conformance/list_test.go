package conformance

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"backoffice/internal/catalog"
	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/op"
)

func isList(s *subject) bool { return s.hasParam("limit") && s.hasParam("cursor") }

// listing is a page as every list answers.
type listing struct {
	Data []json.RawMessage `json:"data"`
	Page op.Page           `json:"page"`
}

const pagesMax = 500

// A list pages without a gap or a repeat, within its limits, and its cursors belong to it alone.
func checkList(t *testing.T, s *subject) {
	r := s.ready(t)
	s.more(t)
	for _, value := range []string{"0", "201", "-1"} {
		r.but(setting("limit", value)).points(t, http.StatusBadRequest, op.RuleRange, "limit", "limit="+value)
	}
	for _, value := range []string{marker, "AA", strings.Repeat("A", 2000)} {
		r.but(setting("cursor", value)).points(t, http.StatusBadRequest, op.RuleCursor, "cursor", "a cursor that is none")
	}
	whole := read(t, r.but(setting("limit", "200")).works(t, "a whole list"))
	if len(whole.Data) == 0 {
		t.Fatal("the example's list is empty: it proves nothing")
	}
	var parts []json.RawMessage
	cursor := ""
	for range pagesMax {
		a := r.but(setting("limit", "1")).but(func(r *request) {
			if cursor != "" {
				r.Query.Set("cursor", cursor)
			}
		}).works(t, "a page")
		p := read(t, a)
		parts = append(parts, p.Data...)
		if p.Page.Limit != 1 || len(p.Data) > 1 || p.Page.HasMore != (p.Page.Next != "") {
			t.Errorf("a page of one: %s", a)
		}
		if link := a.Header.Get("Link"); p.Page.HasMore != strings.Contains(link, `rel="next"`) {
			t.Errorf("hasMore is %v, but Link is %q", p.Page.HasMore, link)
		}
		if p.Page.HasMore {
			s.foreign(t, r, p.Page.Next)
		}
		if cursor = p.Page.Next; cursor == "" || len(parts) > len(whole.Data) {
			break
		}
	}
	if !whole.Page.HasMore && !slices.EqualFunc(whole.Data, parts, func(a, b json.RawMessage) bool { return string(a) == string(b) }) {
		t.Errorf("%d records in one page, %d in pages of one", len(whole.Data), len(parts))
	}
}

func read(t *testing.T, a answer) listing {
	t.Helper()
	var l listing
	if err := json.Unmarshal(a.Body, &l); err != nil || l.Data == nil {
		t.Fatalf("no list: %v: %s", err, a)
	}
	return l
}

// foreign holds a cursor against another tenant's list, and against one that was tampered with.
func (s *subject) foreign(t *testing.T, r *request, cursor string) {
	t.Helper()
	stranger := s.sys.tenant(t)
	a := r.but(setting("cursor", cursor)).but(func(r *request) { r.Who = stranger.Maker }).send(t)
	if a.OK() || a.problem(t).Code != op.RuleCursor.Code && a.Status != http.StatusNotFound {
		t.Errorf("another tenant's cursor answers %s", a)
	}
	spoilt := []byte(cursor)
	spoilt[len(spoilt)/2] ^= 1
	r.but(setting("cursor", string(spoilt))).points(t, http.StatusBadRequest, op.RuleCursor, "cursor", "a changed cursor")
}

// more calls the commands again on which the example directly depends, so that there is something to page through. One that
// can be done only once refuses, which is as good.
func (s *subject) more(t *testing.T) {
	t.Helper()
	given := slices.Clone(s.spec.Example.Given)
	given = append(given, rehearsal.Named(s.spec.Example.Query+s.spec.Example.Path)...)
	for _, id := range given {
		o, err := catalog.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		if o.Describe().Kind == op.Command {
			s.prepare(t, o).send(t)
			s.prepare(t, o).send(t)
		}
	}
}
