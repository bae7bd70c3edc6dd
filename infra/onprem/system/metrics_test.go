package system_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"backoffice/infra/onprem/system"
	"backoffice/internal/catalog"
	"backoffice/internal/clock"
	"backoffice/internal/metrics"
	"backoffice/internal/platform/platformwire"
)

// ask sends a request through the system within the process.
func ask(t *testing.T, s *system.System, method, path, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://host.test"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {"key-1"}}
	rec := httptest.NewRecorder()
	s.Host.ServeHTTP(rec, req)
	return rec.Body.String()
}

// The host tells of itself what the functions tell in the cloud, by the same names, and nothing of anybody.
func TestTheHostShowsTheFunctionsMetrics(t *testing.T) {
	now := clock.Fixed(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	s, err := system.Open(t.Context(), system.Options{Dir: t.TempDir(), Address: "http://host.test", Clock: now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	code, err := platformwire.OfferClaim(t.Context(), s.Env)
	if err != nil {
		t.Fatal(err)
	}
	claim := `{"code":"` + code + `","organisation":"Secret Ltd","name":"Ailsa Secret","email":"ailsa@secret.test","password":"a long secret password"}`
	claimed := ask(t, s, http.MethodPost, "/platform/v1/first-administrator", claim)
	ask(t, s, http.MethodPost, "/platform/v1/first-administrator", `{"code":"hunter2"}`)
	for _, d := range catalog.Domains() {
		if _, err := s.Host.Invoke(t.Context(), d.Name+".sweep-acts", "", "", nil); err != nil {
			t.Fatal(err)
		}
	}
	have := ask(t, s, http.MethodGet, "/metrics", "")
	want := map[metrics.Name]string{metrics.Calls: "platform.claim-first-administrator", metrics.Acts: "platform.claim-first-administrator",
		metrics.ClientErrors: "platform.claim-first-administrator", metrics.StoreCalls: "platform.claim-first-administrator", metrics.WriteUnits: "platform.claim-first-administrator",
		metrics.OldestWaitingAct: "finance.sweep-acts", metrics.ParkedActs: "finance.sweep-acts"}
	for _, m := range metrics.All() {
		operation, asked := want[m.Name]
		domain, _, _ := strings.Cut(operation, ".")
		if line := metrics.PrometheusName(m) + `{domain="` + domain + `",operation="` + operation + `"} `; asked && !strings.Contains(have, line) {
			t.Errorf("%q is missing in\n%s\nafter %s", line, have, claimed)
		}
	}
	for _, s := range []string{"ailsa", "secret", "Secret", "hunter2", "ten_", "usr_"} {
		if strings.Contains(have, s) {
			t.Errorf("/metrics holds %q", s)
		}
	}
}
