package localhost

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"sort"
	"sync"
	"time"

	"backoffice/docs"
	"backoffice/internal/catalog"
	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// Version is the build's version, set by the linker.
var Version = "development"

// describe adds what the system says about itself: health, version, OpenAPI, the rules, and metrics.
func (h *Host) describe() {
	h.mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { answer(w, map[string]string{"status": "ok"}) })
	h.mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) { answer(w, map[string]string{"version": Version}) })
	h.mux.HandleFunc("GET /openapi.json", document(docs.OpenAPI))
	for _, d := range catalog.Domains() {
		if own, err := docs.DomainOpenAPI(d.Name); err == nil { // a domain has none before the first `make gen`
			h.mux.HandleFunc("GET /"+d.Name+"/v1/openapi.json", document(own))
		}
	}
	rules := map[string]fault.Rule{}
	for _, r := range catalog.Rules() {
		rules[r.Code] = r
	}
	h.mux.HandleFunc("GET /problems", func(w http.ResponseWriter, _ *http.Request) { answer(w, listRules(rules)) })
	h.mux.HandleFunc("GET /problems/{code}", func(w http.ResponseWriter, r *http.Request) {
		rule, ok := rules[r.PathValue("code")]
		if !ok {
			write(w, op.Refuse(op.RuleNotFound.Err(), requestID(r)))
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, "<!doctype html><html lang=\"en-GB\"><title>%[1]s</title><h1>%[1]s</h1><p>Status %[2]d</p><p>%[3]s</p><p>%[4]s</p></html>\n",
			html.EscapeString(rule.Code), op.StatusOf(rule.Kind), html.EscapeString(rule.Text), html.EscapeString(rule.Help))
	})
	h.mux.HandleFunc("GET /metrics", h.serveMetrics)
}

func document(content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(content)
	}
}

// RuleView is a rule as /problems lists it.
type RuleView struct {
	Code   string `json:"code"`
	Status int    `json:"status"`
	Text   string `json:"text"`
	Help   string `json:"help"`
}

func listRules(rules map[string]fault.Rule) map[string][]RuleView {
	out := []RuleView{}
	for _, r := range rules {
		out = append(out, RuleView{Code: r.Code, Status: op.StatusOf(r.Kind), Text: r.Text, Help: r.Help})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Code < out[j].Code })
	return map[string][]RuleView{"data": out}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return // the client has gone
	}
}

// stats counts requests by route and status, for /metrics.
type stats struct {
	mu    sync.Mutex
	calls map[string]int64
	took  map[string]time.Duration
}

func newStats() *stats { return &stats{calls: map[string]int64{}, took: map[string]time.Duration{}} }

func (s *stats) count(route string, status int, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := fmt.Sprintf("route=%q,status=\"%d\"", route, status)
	s.calls[key]++
	s.took[key] += took
}

// write writes the counters in the text form that Prometheus reads.
func (s *stats) write(w io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := make([]string, 0, len(s.calls))
	for k := range s.calls {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	_, _ = fmt.Fprintln(w, "# TYPE backoffice_requests_total counter\n# TYPE backoffice_request_seconds_total counter")
	for _, k := range keys {
		_, _ = fmt.Fprintf(w, "backoffice_requests_total{%s} %d\nbackoffice_request_seconds_total{%s} %.6f\n", k, s.calls[k], k, s.took[k].Seconds())
	}
}
