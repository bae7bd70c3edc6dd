package metrics

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"

	"backoffice/internal/op"
)

// Totals sums samples for as long as a process lives, for Prometheus to read.
type Totals struct {
	mu     sync.Mutex
	series map[Name]map[string]float64 // by labels
	events map[string]int
	slow   map[string]int // number of invocations, by labels, for the mean of Latency
}

// NewTotals makes empty totals.
func NewTotals() *Totals {
	return &Totals{series: map[Name]map[string]float64{}, events: map[string]int{}, slow: map[string]int{}}
}

// Take adds a sample of an operation's invocation.
func (t *Totals) Take(spec *op.Spec, s *Sample) {
	labels := fmt.Sprintf("%s=%q,%s=%q", DimensionDomain, spec.Domain(), DimensionOperation, spec.ID)
	s.mu.Lock()
	defer s.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	for n, v := range s.values {
		if t.series[n] == nil {
			t.series[n] = map[string]float64{}
		}
		if n == Latency { // a distribution: its sum and its count say more than its last value
			t.series[n][labels] += v
			t.slow[labels]++
			continue
		}
		if gauge(n) {
			t.series[n][labels] = v
		} else {
			t.series[n][labels] += v
		}
	}
	for e, n := range s.events {
		t.events[e] += n
	}
}

func gauge(n Name) bool {
	for _, m := range All() {
		if m.Name == n {
			return m.Kind == Gauge
		}
	}
	return false
}

// Write writes the totals in the text form that Prometheus reads.
func (t *Totals) Write(w io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range All() {
		rows := t.series[m.Name]
		if len(rows) == 0 {
			continue
		}
		if m.Name == Latency {
			t.writeLatency(w, m, rows)
			continue
		}
		name, kind := PrometheusName(m), "gauge"
		if m.Kind == Counter {
			kind = "counter"
		}
		fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", name, m.Help, name, kind)
		for _, labels := range sortedLabels(rows) {
			fmt.Fprintf(w, "%s{%s} %g\n", name, labels, rows[labels])
		}
	}
	if len(t.events) > 0 {
		const name = "backoffice_events_by_type_total"
		fmt.Fprintf(w, "# HELP %s Events of the acts committed, by type\n# TYPE %s counter\n", name, name)
		for _, e := range sortedTypes(t.events) {
			fmt.Fprintf(w, "%s{event=%q} %d\n", name, e, t.events[e])
		}
	}
}

func (t *Totals) writeLatency(w io.Writer, m Metric, rows map[string]float64) {
	name := PrometheusName(m)
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s summary\n", name, m.Help, name)
	for _, labels := range sortedLabels(rows) {
		fmt.Fprintf(w, "%s_sum{%s} %g\n%s_count{%s} %d\n", name, labels, rows[labels], name, labels, t.slow[labels])
	}
}

// PrometheusName spells a metric's name as Prometheus does: OldestWaitingAct, in seconds, is
// backoffice_oldest_waiting_act_seconds.
func PrometheusName(m Metric) string {
	var b strings.Builder
	b.WriteString("backoffice")
	for _, r := range string(m.Name) {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	switch {
	case m.Kind == Counter:
		b.WriteString("_total")
	case m.Unit != Count:
		b.WriteString("_" + strings.ToLower(string(m.Unit)))
	}
	return b.String()
}

func sortedLabels(rows map[string]float64) []string {
	out := make([]string, 0, len(rows))
	for l := range rows {
		out = append(out, l)
	}
	sort.Strings(out)
	return out
}
