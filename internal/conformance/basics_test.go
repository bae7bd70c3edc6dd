package conformance

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

// The example works in a fresh tenant, and says where what it made can be found.
func checkExample(t *testing.T, s *subject) {
	a := s.ready(t).works(t, "the example")
	where := a.Header.Get("Location")
	if s.spec.Status == http.StatusCreated || s.spec.Status == http.StatusAccepted {
		if where != "" && !strings.HasPrefix(where, "/"+s.spec.Domain()+"/v1/") && s.spec.Status == http.StatusCreated {
			t.Errorf("Location %q lies outside the domain", where)
		}
	}
	if where == "" {
		return
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.sys.server.URL+where, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.Maker.Token())
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("nothing stands at the Location %s: %d", where, resp.StatusCode)
	}
}

// A command leaves exactly one act, with its status and only the events that its spec declares.
func checkAct(t *testing.T, s *subject) {
	r := s.ready(t)
	before := s.acts(t)
	r.works(t, "the example")
	after := s.acts(t)
	if len(after) != len(before)+1 {
		t.Fatalf("%d acts where there were %d", len(after), len(before))
	}
	act := after[len(after)-1]
	if act.status != s.spec.SuccessStatus() {
		t.Errorf("the act has status %d", act.status)
	}
	for _, e := range act.events {
		if !slices.ContainsFunc(s.spec.AllEmits(), func(d *op.Event) bool { return d.Type == e.Type }) {
			t.Errorf("the act holds %s, which the spec does not declare", e.Type)
		}
		if e.Subject == "" {
			t.Errorf("an event %s without a subject", e.Type)
		}
	}
	if len(act.events) == 0 && len(s.spec.Emits) > 0 {
		t.Error("the spec declares events, but the act of the example holds none")
	}
}

// recorded is an act of one operation as it stands in the store.
type recorded struct {
	id     string
	status int
	events []op.Emitted
}

// acts gives the acts of the operation in the tenant, in the order in which they were made.
func (s *subject) acts(t *testing.T) []recorded {
	t.Helper()
	var out []recorded
	s.sys.each(t, func(_ string, raw map[string]any) {
		pk, _ := raw["pk"].(string)
		if raw["op"] != s.spec.ID || raw["sk"] != "A" || !strings.HasPrefix(pk, s.ID+"|ACT|") {
			return
		}
		a := recorded{}
		a.id, _ = raw["id"].(string)
		if n, ok := raw["st"].(interface{ Int64() (int64, error) }); ok {
			status, err := n.Int64()
			if err != nil {
				t.Fatal(err)
			}
			a.status = int(status)
		}
		if text, ok := raw["ev"].(string); ok {
			if err := json.Unmarshal([]byte(text), &a.events); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, a)
	})
	slices.SortFunc(out, func(a, b recorded) int { return strings.Compare(a.id, b.id) })
	return out
}

// Without a token, or with one that cannot be read, there is no entry.
func checkToken(t *testing.T, s *subject) {
	r := s.ready(t)
	before := s.sys.snapshot(t)
	bare := r.but(func(r *request) { r.NoToken = true })
	bare.refuses(t, http.StatusUnauthorized, op.RuleNoToken, "no token")
	for _, header := range []string{"Bearer", "Bearer ", "Bearer " + marker, "Basic " + marker, marker} {
		bare.but(func(r *request) { r.Header.Set("Authorization", header) }).refuses(t, http.StatusUnauthorized, op.RuleNoToken, "a bad token")
	}
	s.sys.unchanged(t, before, "a call without a token")
}

// Without the right the call is refused before anything about the record is told.
func checkRight(t *testing.T, s *subject) {
	r := s.ready(t).but(func(r *request) { r.Who.Refused = []string{s.spec.Right()} })
	before := s.sys.snapshot(t)
	r.refuses(t, http.StatusForbidden, op.RuleForbidden, "no right")
	r.but(func(r *request) { r.Body = []byte("{"); r.Header.Del("If-Match") }).refuses(t, http.StatusForbidden, op.RuleForbidden, "no right, and a bad request")
	if len(r.Path) > 0 {
		r.but(unknownIDs).refuses(t, http.StatusForbidden, op.RuleForbidden, "no right, and no record")
	}
	s.sys.unchanged(t, before, "a call without the right")
}

var anID = regexp.MustCompile(`\b([a-z]{2,5}_[0-9A-Z]{18})[0-9A-HJKMNP-TV-Z]{8}\b`)

const unknownTail = "${1}ZZZZZZZZ"

// unknownIDs puts ids of no record in the place of those that the request names.
func unknownIDs(r *request) {
	for name, v := range r.Path {
		r.Path[name] = anID.ReplaceAllString(v, unknownTail)
	}
	for name, values := range r.Query {
		for i, v := range values {
			r.Query[name][i] = anID.ReplaceAllString(v, unknownTail)
		}
	}
	r.Body = anID.ReplaceAll(r.Body, []byte(unknownTail))
}

// Another tenant's record answers exactly like none.
func checkOtherTenant(t *testing.T, s *subject) {
	r := s.ready(t)
	unknown := r.but(unknownIDs)
	if unknown.URL() == r.URL() && string(unknown.Body) == string(r.Body) {
		return // the example refers to no record
	}
	stranger, _ := s.fresh(t)
	before := s.sys.snapshot(t)
	theirs := r.but(func(r *request) { r.Who = stranger.Caller(s.spec) }).withKey("stranger-1").send(t)
	none := unknown.but(func(r *request) { r.Who = stranger.Caller(s.spec) }).withKey("stranger-2").send(t)
	if theirs.Status != none.Status || alike(theirs) != alike(none) {
		t.Errorf("another tenant's record answers %s\nbut none answers %s", theirs, none)
	}
	if theirs.OK() && (s.spec.Kind == op.Command || len(r.Path) > 0) {
		t.Errorf("another tenant's record can be reached: %s", theirs)
	}
	s.sys.unchanged(t, before, "a stranger's call")
	own := s.ready(t).works(t, "the owner's call")
	if s.spec.Kind == op.Query && theirs.OK() && alike(own) == alike(theirs) && len(s.spec.Example.Given) > 0 {
		t.Errorf("a stranger sees what the owner sees: %s", theirs)
	}
}

// alike is an answer's body without what differs from one call to the next: the request's id, and ids as they were sent.
func alike(a answer) string {
	text := regexp.MustCompile(`urn:request:[A-Za-z0-9_]+`).ReplaceAllString(string(a.Body), "urn:request:")
	return anID.ReplaceAllString(text, unknownTail)
}

// A method that no operation takes at this address is refused as a problem and does nothing.
func checkMethod(t *testing.T, s *subject) {
	r := s.ready(t)
	before := s.sys.snapshot(t)
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
		if taken(method, s.spec.Path()) {
			continue
		}
		a := r.but(func(r *request) { r.Method = method }).send(t)
		if a.Status != http.StatusNotFound {
			t.Errorf("%s answers %s", method, a)
		} else if method != http.MethodHead && a.problem(t).Code != op.RuleMethod.Code {
			t.Errorf("%s answers %s", method, a)
		}
	}
	s.sys.unchanged(t, before, "a method that is not taken")
}

// taken tells whether any operation has a method at an address. A query at /x/{id} takes the address /x/record-batch, too.
func taken(method, path string) bool {
	for _, o := range catalog.Operations() {
		s := o.Describe()
		if s.Method() == method && matches(s.Path(), path) {
			return true
		}
	}
	return false
}

func matches(template, path string) bool {
	a, b := strings.Split(template, "/"), strings.Split(path, "/")
	if len(a) != len(b) {
		return false
	}
	for i, part := range a {
		if part != b[i] && !strings.HasPrefix(part, "{") {
			return false
		}
	}
	return true
}
