package localhost

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"sort"
	"strings"
	"sync"
	"time"

	"backoffice/internal/catalog"
	"backoffice/internal/host/about"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

// version tells which build this is, as the Go tool stamps it into a program that is built within its repository.
func version() string {
	info, ok := debug.ReadBuildInfo()
	return versionOf(info, ok)
}

// versionOf gives the version that a build was stamped with; `go run` and tests are not.
func versionOf(info *debug.BuildInfo, ok bool) string {
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "development"
	}
	return info.Main.Version
}

// describe adds what the system says about itself: the pages that it has in the cloud, too, its version and its metrics.
func (h *Host) describe(db *store.DB) error {
	var domains []string
	for _, d := range catalog.Domains() {
		domains = append(domains, d.Name)
	}
	pages, err := about.New(func(ctx context.Context) error {
		if h.sound != nil {
			if err := h.sound(); err != nil {
				return err
			}
		}
		return db.Reach(ctx, domains...)
	})
	if err != nil {
		return err
	}
	for _, route := range about.Routes() {
		if !strings.Contains(route, "{domain}") {
			h.mux.HandleFunc(route, h.show(pages))
			continue
		}
		for _, d := range domains {
			h.mux.HandleFunc(strings.Replace(route, "{domain}", d, 1), h.show(pages))
		}
	}
	h.mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) { answer(w, map[string]string{"version": version()}) })
	h.mux.HandleFunc("GET /metrics", h.serveMetrics)
	return nil
}

func (h *Host) show(pages *about.Pages) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		resp := pages.Answer(r.Context(), &op.Request{ID: requestID(r), Address: r.URL.Path})
		if resp.Problem != nil {
			h.refused(w, r, "about", resp.Problem)
		}
		write(w, resp)
	}
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
