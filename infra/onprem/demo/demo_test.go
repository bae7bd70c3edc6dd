package demo_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backoffice/infra/onprem/demo"
	"backoffice/infra/onprem/system"
	"backoffice/internal/boclient"
	"backoffice/internal/clock"
	"backoffice/internal/platform/platformwire"
)

var update = flag.Bool("update", false, "write the golden files anew")

// house is a running system with a demo company in it, or on its way into it.
type house struct {
	t     *testing.T
	dir   string
	sys   *system.System
	clock *demo.Clock
}

func open(t *testing.T, dir string) *house {
	t.Helper()
	h := &house{t: t, dir: dir, clock: demo.NewClock(clock.System)}
	var err error
	if h.sys, err = system.Open(t.Context(), system.Options{Dir: dir, Address: "http://127.0.0.1:1", Clock: h.clock.Now}); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) close() {
	if err := h.sys.Close(); err != nil {
		h.t.Error(err)
	}
}

func (h *house) options(handler http.Handler) demo.Options {
	return demo.Options{Handler: handler, Dir: h.dir, Clock: h.clock,
		Claim: func(ctx context.Context) (string, error) { return platformwire.OfferClaim(ctx, h.sys.Env) }}
}

// as signs one of the demo's people in over real HTTP.
func (h *house) as(server *httptest.Server, who int) *boclient.Client {
	h.t.Helper()
	c := &boclient.Client{Base: server.URL}
	var tokens struct {
		AccessToken string `json:"accessToken"`
	}
	p := demo.People()[who]
	if err := c.Post(h.t.Context(), "/platform/v1/sessions", map[string]string{"email": p.Email, "password": p.Password}, &tokens); err != nil {
		h.t.Fatal(err)
	}
	c.Bearer = tokens.AccessToken
	return c
}

func (h *house) report(c *boclient.Client, path string) string {
	h.t.Helper()
	a, err := c.Do(h.t.Context(), boclient.Call{Method: http.MethodGet, Path: path})
	if err != nil {
		h.t.Fatal(err)
	}
	return string(a.Body)
}

// trialBalances are what the golden file holds: both year ends, and a day in the middle of a month.
func (h *house) trialBalances(c *boclient.Client, entity string) string {
	var b strings.Builder
	for _, day := range []string{"2024-04-01", "2025-03-31", "2025-08-17", "2026-03-31"} {
		b.WriteString(day + "\r\n" + h.report(c, "/finance/v1/reports/trial-balance?format=csv&entity="+entity+"&asOf="+day))
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs:\n%s", name, got)
	}
}

// The company is the same in every directory, its periods stand as they should, and four eyes hold.
func TestCompany(t *testing.T) {
	h := open(t, t.TempDir())
	defer h.close()
	company, err := demo.Open(t.Context(), h.options(h.sys.Host))
	if err != nil || !company.Fresh {
		t.Fatal(company, err)
	}
	server := httptest.NewServer(h.sys.Host)
	defer server.Close()
	mina, owen := h.as(server, 1), h.as(server, 2)
	golden(t, "trial-balances.csv", h.trialBalances(mina, company.Entity))
	golden(t, "profit-and-loss-sales.csv", h.report(mina, "/finance/v1/reports/profit-and-loss?format=csv&dimension=cost-centre:SALES&asOf=2026-03-31&entity="+company.Entity))
	golden(t, "balance-sheet.csv", h.report(mina, "/finance/v1/reports/balance-sheet?format=csv&asOf=2026-03-31&entity="+company.Entity))
	h.periods(mina, company.Entity)
	h.fourEyes(mina, owen, company.Entity)
	again, err := demo.Open(t.Context(), h.options(nothing{t}))
	if err != nil || again.Fresh || again.Entity != company.Entity {
		t.Error("the second start gave", again, err)
	}
}

// nothing fails when it is called.
type nothing struct{ t *testing.T }

// ServeHTTP notes the call that should not be.
func (n nothing) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	n.t.Error("called:", r.Method, r.URL)
}

func (h *house) periods(c *boclient.Client, entity string) {
	h.t.Helper()
	var years struct {
		Data []struct {
			Periods []struct{ State string }
		}
	}
	if err := json.Unmarshal([]byte(h.report(c, "/finance/v1/fiscal-years?entity="+entity)), &years); err != nil {
		h.t.Fatal(err)
	}
	count := map[string]int{}
	for _, y := range years.Data {
		for _, p := range y.Periods {
			count[p.State]++
		}
	}
	if count["locked"] != 12 || count["closed"] != 9 || count["open"] != 15 {
		h.t.Error("periods:", count)
	}
}

// fourEyes shows that whoever drafted may not post, that a colleague may, and that the colleague keeps no books.
func (h *house) fourEyes(mina, owen *boclient.Client, entity string) {
	h.t.Helper()
	var drafts struct {
		Data []struct{ ID, Description string }
	}
	if err := json.Unmarshal([]byte(h.report(mina, "/finance/v1/journals?state=draft&entity="+entity)), &drafts); err != nil {
		h.t.Fatal(err)
	}
	if len(drafts.Data) != 3 {
		h.t.Fatalf("%d drafts, not 3", len(drafts.Data))
	}
	post := func(c *boclient.Client, journal string) error {
		_, err := c.Do(h.t.Context(), boclient.Call{Method: http.MethodPost, Path: "/finance/v1/journals/" + journal + "/post", IfMatch: `"v1"`})
		return err
	}
	for _, d := range drafts.Data {
		h.refused(post(mina, d.ID), "FIN-JRN-021")
		if strings.Contains(d.Description, "wrong") {
			h.refused(post(owen, d.ID), "FIN-JRN-001")
		} else if err := post(owen, d.ID); err != nil {
			h.t.Error(d.Description, err)
		}
	}
	h.refused(owen.Post(h.t.Context(), "/finance/v1/dimension-values", map[string]string{"entity": entity, "dimension": "project", "code": "X", "name": "X"}, nil), "API-018")
}

// refused wants a refusal whose code, or the code of whose first field, is the given one.
func (h *house) refused(err error, code string) {
	h.t.Helper()
	p, ok := errors.AsType[*boclient.Problem](err)
	if !ok || p.Code != code && (len(p.Errors) == 0 || p.Errors[0].Code != code) {
		h.t.Errorf("got %v, not %s", err, code)
	}
}

// cut ends the context at the n-th call, as the end of the process would.
type cut struct {
	http.Handler
	left int
	end  context.CancelFunc
}

// ServeHTTP passes calls on until the end.
func (c *cut) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.left--
	c.Handler.ServeHTTP(w, r)
	if c.left == 0 { // the call took effect, its answer is never seen
		c.end()
	}
}

// A set-up that is cut off anywhere is completed by the next starts, and gives the books of an undisturbed one.
func TestCutOff(t *testing.T) {
	dir := t.TempDir()
	for _, calls := range []int{1, 2, 9, 45, 30, 40} {
		h := open(t, dir)
		ctx, end := context.WithCancel(t.Context())
		if _, err := demo.Open(ctx, h.options(&cut{Handler: h.sys.Host, left: calls, end: end})); err == nil {
			t.Fatalf("complete after %d calls", calls)
		}
		end()
		h.close()
	}
	h := open(t, dir)
	defer h.close()
	company, err := demo.Open(t.Context(), h.options(h.sys.Host))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h.sys.Host)
	defer server.Close()
	mina := h.as(server, 1)
	golden(t, "trial-balances.csv", h.trialBalances(mina, company.Entity))
	h.periods(mina, company.Entity)
}

// Where somebody keeps books already, nothing is set up.
func TestTaken(t *testing.T) {
	h := open(t, t.TempDir())
	defer h.close()
	o := h.options(nothing{t})
	o.Claim = func(context.Context) (string, error) { return "", nil }
	if _, err := demo.Open(t.Context(), o); !errors.Is(err, demo.ErrTaken) {
		t.Error(err)
	}
}
