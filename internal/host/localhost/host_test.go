package localhost_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/host/localhost"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
	"backoffice/internal/store/storetest"
)

// names takes a token for the name of whoever sends it.
type names struct{ tenant string }

// Verify gives everybody every scope.
func (n names) Verify(_ context.Context, token string) (op.Identity, error) {
	return op.Identity{Tenant: n.tenant, Principal: "usr_" + token, Person: "per_" + token, Scopes: []string{"backoffice/platform", "backoffice/finance", "backoffice/migration"}}, nil
}

type served struct {
	*httptest.Server
	t   *testing.T
	kit *optest.Kit
	log *bytes.Buffer
}

func serve(t *testing.T, rate localhost.Rate) *served {
	t.Helper()
	s := &served{t: t, kit: optest.New(t, storetest.Open(t), nil), log: &bytes.Buffer{}}
	s.kit.Runtime.Log = slog.New(slog.NewJSONHandler(s.log, nil))
	h, err := localhost.New(t.Context(), s.kit.Env, s.kit.Runtime, names{s.kit.Tenant}, rate, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func (s *served) send(method, path, token, body string, change ...func(http.Header)) (*http.Response, op.Problem) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	req.Header.Set("Idempotency-Key", "key")
	for _, c := range change {
		c(req.Header)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	var p op.Problem
	if resp.StatusCode >= http.StatusBadRequest && json.Unmarshal(raw, &p) != nil {
		s.t.Fatalf("no problem: %d %s", resp.StatusCode, raw)
	}
	return resp, p
}

// A caller that sends too much is told when to come back, and is let in then; others notice nothing.
func TestRateLimit(t *testing.T) {
	s := serve(t, localhost.Rate{PerSecond: 0.5, Burst: 3})
	for n := range 3 {
		if resp, _ := s.send(http.MethodGet, "/finance/v1/entities", "ada", ""); resp.StatusCode != http.StatusOK {
			t.Fatalf("call %d: %d", n, resp.StatusCode)
		}
	}
	resp, p := s.send(http.MethodGet, "/finance/v1/entities", "ada", "")
	if resp.StatusCode != http.StatusTooManyRequests || p.Code != op.RuleThrottled.Code || resp.Header.Get("Retry-After") != "2" || !p.Retryable {
		t.Errorf("%d %+v, Retry-After %q", resp.StatusCode, p, resp.Header.Get("Retry-After"))
	}
	if resp, _ := s.send(http.MethodGet, "/finance/v1/entities", "bob", ""); resp.StatusCode != http.StatusOK {
		t.Errorf("another caller: %d", resp.StatusCode)
	}
	s.kit.Later(2 * time.Second)
	if resp, _ := s.send(http.MethodGet, "/finance/v1/entities", "ada", ""); resp.StatusCode != http.StatusOK {
		t.Errorf("after the time in Retry-After: %d", resp.StatusCode)
	}
	if resp, _ := s.send(http.MethodGet, "/finance/v1/entities", "ada", ""); resp.StatusCode != http.StatusTooManyRequests {
		t.Errorf("at once again: %d", resp.StatusCode)
	}
}

// Nor may anybody without a token try as often as they like: guests are counted by where they call from.
func TestRateLimitOfGuests(t *testing.T) {
	s := serve(t, localhost.Rate{PerSecond: 0.5, Burst: 3})
	signIn := func() int {
		resp, _ := s.send(http.MethodPost, "/platform/v1/sessions", "", "{}")
		return resp.StatusCode
	}
	for n := range 3 {
		if status := signIn(); status != http.StatusUnprocessableEntity {
			t.Fatalf("call %d: %d", n, status)
		}
	}
	if status := signIn(); status != http.StatusTooManyRequests {
		t.Errorf("the fourth at once: %d", status)
	}
	s.kit.Later(2 * time.Second)
	if status := signIn(); status != http.StatusUnprocessableEntity {
		t.Errorf("after two seconds: %d", status)
	}
}

// nobody may do anything.
type nobody struct{}

// Authorize refuses.
func (nobody) Authorize(context.Context, op.Identity, op.Spec, time.Time) (op.Grant, error) {
	return op.Grant{}, op.RuleForbidden.Err()
}

// Whoever asks for what they may not is recorded, once a minute and with how often it was since then; a mistake is not.
func TestRefusalsForLackOfRightAreRecorded(t *testing.T) {
	s := serve(t, localhost.Rate{})
	s.send(http.MethodPost, "/finance/v1/entities?colour=red", "ada", "{}")
	s.kit.Runtime.Authz = nobody{}
	const record = `"msg":"right refused","tenant":"%s","principal":"usr_%s","session":"","operation":"finance.list-entities","code":"%s","count":%d}`
	recorded := func(who string, count int) int {
		return strings.Count(s.log.String(), fmt.Sprintf(record, s.kit.Tenant, who, op.RuleForbidden.Code, count))
	}
	for range 3 {
		s.send(http.MethodGet, "/finance/v1/entities", "ada", "")
	}
	s.send(http.MethodGet, "/finance/v1/entities", "bob", "")
	s.kit.Later(time.Minute)
	s.send(http.MethodGet, "/finance/v1/entities", "ada", "")
	if n := strings.Count(s.log.String(), "right refused"); n != 3 || recorded("ada", 1) != 1 || recorded("bob", 1) != 1 || recorded("ada", 3) != 1 {
		t.Errorf("%d records in %s", n, s.log)
	}
}

// A key counts for one principal and one operation: the same key is another act from somebody else, and for something else.
func TestKeysBelongToPrincipalAndOperation(t *testing.T) {
	s := serve(t, localhost.Rate{})
	const entity = `{"name":"Keys Ltd","baseCurrency":"GBP","fiscalYearStart":4}`
	for _, c := range []struct{ path, who, body, replayed string }{
		{"/finance/v1/entities", "ada", entity, ""},
		{"/finance/v1/entities", "ada", entity, "true"},
		{"/finance/v1/entities", "bob", entity, ""},
		{"/finance/v1/parties", "ada", `{"name":"Keys Ltd","kind":"supplier"}`, ""},
	} {
		if resp, p := s.send(http.MethodPost, c.path, c.who, c.body); resp.StatusCode != http.StatusCreated || resp.Header.Get("Idempotency-Replayed") != c.replayed {
			t.Errorf("%s by %s: %d %+v, replayed %q", c.path, c.who, resp.StatusCode, p, resp.Header.Get("Idempotency-Replayed"))
		}
	}
}

// An act keeps which fields of the record it changed, from what to what.
func TestActsKeepWhatTheyChanged(t *testing.T) {
	s := serve(t, localhost.Rate{})
	made, _ := s.send(http.MethodPost, "/finance/v1/entities", "ada", `{"name":"Keys Ltd","baseCurrency":"GBP","fiscalYearStart":4}`)
	if resp, p := s.send(http.MethodPatch, made.Header.Get("Location"), "ada", `{"name":"Locks Ltd"}`, func(h http.Header) { h.Set("If-Match", `"v1"`) }); resp.StatusCode != http.StatusOK {
		t.Fatalf("%d %+v", resp.StatusCode, p)
	}
	db := s.kit.Env.DB
	stored, err := db.Client().Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String(db.TableName("finance"))})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, item := range stored.Items {
		if changes, ok := item["chg"].(*types.AttributeValueMemberS); ok {
			told = append(told, changes.Value)
		}
	}
	if id := path.Base(made.Header.Get("Location")); len(told) != 1 || !strings.HasPrefix(told[0], `[{"record":"`+id+`","field":"/name","old":"\"Keys Ltd\"","new":"\"Locks Ltd\""}`) {
		t.Errorf("the acts tell %q", told)
	}
}

// A body over the operation's limit is refused, however long it goes on.
func TestBodyCap(t *testing.T) {
	s := serve(t, localhost.Rate{})
	resp, p := s.send(http.MethodPost, "/finance/v1/entities", "ada", `{"name":"`+strings.Repeat("x", 3<<20)+`"}`)
	if resp.StatusCode != http.StatusRequestEntityTooLarge || p.Code != op.RuleTooLarge.Code {
		t.Errorf("%d %+v", resp.StatusCode, p)
	}
}

// What cannot be read whole is refused with a problem, as the cloud's front door does: nothing is dropped, guessed or led elsewhere.
func TestNothingIsGuessed(t *testing.T) {
	s := serve(t, localhost.Rate{})
	const entities = "/finance/v1/entities"
	for _, c := range []struct {
		method, path string
		status       int
		rule         string
	}{
		{http.MethodGet, entities + "?%zz", http.StatusBadRequest, op.RuleType.Code},
		{http.MethodGet, entities + "?limit=1;limit=2", http.StatusBadRequest, op.RuleType.Code},
		{http.MethodGet, "/" + entities, http.StatusNotFound, op.RuleNoRoute.Code},
		{http.MethodPost, "/finance/v1/../v1/entities", http.StatusNotFound, op.RuleNoRoute.Code},
		{http.MethodGet, entities + "/", http.StatusNotFound, op.RuleNoRoute.Code},
		{http.MethodOptions, entities, http.StatusNotFound, op.RuleMethod.Code},
	} {
		if resp, p := s.send(c.method, c.path, "ada", ""); resp.StatusCode != c.status || p.Code != c.rule {
			t.Errorf("%s %s: %d %+v", c.method, c.path, resp.StatusCode, p)
		}
	}
	twice := func(h http.Header) { h.Add("Idempotency-Key", "another") }
	if resp, p := s.send(http.MethodPost, entities, "ada", `{"name":"Two Keys Ltd","baseCurrency":"GBP","fiscalYearStart":4}`, twice); resp.StatusCode != http.StatusBadRequest || p.Code != op.RuleKeyMissing.Code {
		t.Errorf("two keys: %d %+v", resp.StatusCode, p)
	}
	for scheme, want := range map[string]int{"Bearer": http.StatusOK, "bearer": http.StatusOK, "Basic": http.StatusUnauthorized} {
		if resp, p := s.send(http.MethodGet, entities, "", "", func(h http.Header) { h.Set("Authorization", scheme+" ada") }); resp.StatusCode != want {
			t.Errorf("%s: %d %+v", scheme, resp.StatusCode, p)
		}
	}
}

// A route that is no operation may give itself more time than calls have.
func TestRoutesMayTakeTheirTime(t *testing.T) {
	s := serve(t, localhost.Rate{})
	s.Config.Handler.(*localhost.Host).Handle("GET /slow/{what}", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Hour)); err != nil {
			t.Error(err)
		}
	}))
	if resp, _ := s.send(http.MethodGet, "/slow/file", "", ""); resp.StatusCode != http.StatusOK {
		t.Error(resp.StatusCode)
	}
}

// The log tells of every request by ids and routes, and of nothing that a caller sent.
func TestTheLogHoldsNothingThatWasSent(t *testing.T) {
	s := serve(t, localhost.Rate{})
	const canary = "xylophone-canary"
	for _, c := range [][3]string{
		{http.MethodPost, "/finance/v1/entities", `{"name":"` + canary + `","baseCurrency":"` + canary + `"}`},
		{http.MethodPost, "/finance/v1/parties", `{"name":"` + canary + `","kind":"supplier"}`},
		{http.MethodGet, "/finance/v1/entities/" + canary, ""},
		{http.MethodGet, "/finance/v1/accounts?entity=" + canary, ""},
		{http.MethodGet, "/" + canary, ""},
		{http.MethodPost, "/platform/v1/sessions", `{"email":"` + canary + `@example.com","password":"` + canary + `"}`},
	} {
		resp, _ := s.send(c[0], c[1], "ada", c[2])
		if id := resp.Header.Get("X-Request-Id"); !strings.Contains(s.log.String(), id) {
			t.Errorf("%s %s: the log does not know the request %s", c[0], c[1], id)
		}
	}
	if strings.Contains(s.log.String(), canary) || strings.Contains(s.log.String(), "Bearer") {
		t.Errorf("the log holds what was sent: %s", s.log)
	}
}

// A store that failed answers what is read: health tells of it all the same, or nobody would start the host anew.
func TestHealthTellsOfAStoreThatFailed(t *testing.T) {
	s := serve(t, localhost.Rate{})
	var failure error
	s.Config.Handler.(*localhost.Host).Watch(func() error { return failure })
	if resp, _ := s.send(http.MethodGet, "/health", "", ""); resp.StatusCode != http.StatusOK {
		t.Errorf("sound: %d", resp.StatusCode)
	}
	failure = errors.New("no space left")
	if resp, p := s.send(http.MethodGet, "/health", "", ""); resp.StatusCode != http.StatusServiceUnavailable || strings.Contains(p.Detail, "space") {
		t.Errorf("failed: %d %+v", resp.StatusCode, p)
	}
}

// What the host says of itself needs no token.
func TestSelfDescription(t *testing.T) {
	s := serve(t, localhost.Rate{})
	for _, path := range []string{"/health", "/version", "/openapi.json", "/problems", "/problems/API-001", "/finance/v1/openapi.json", "/metrics"} {
		if resp, p := s.send(http.MethodGet, path, "", ""); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %+v", path, resp.StatusCode, p)
		}
	}
	if resp, p := s.send(http.MethodGet, "/nowhere", "", ""); resp.StatusCode != http.StatusNotFound || p.Code != op.RuleNoRoute.Code {
		t.Errorf("%d %+v", resp.StatusCode, p)
	}
}
