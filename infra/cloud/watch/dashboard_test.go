package watch_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"backoffice/internal/catalog"
	"backoffice/internal/metrics"
)

// What CloudWatch takes of a dashboard.
const (
	columnsMax       = 24
	widgetMetricsMax = 500
	domainWidgetsMin = 12
)

func TestDashboardsShowEveryDomainAndTheBusiness(t *testing.T) {
	have := dashboards(t)
	if len(have) != len(catalog.Domains())+1 {
		t.Errorf("%d dashboards", len(have))
	}
	for _, d := range catalog.Domains() {
		if n := len(have[prefix+"-"+d.Name].Widgets); n < domainWidgetsMin {
			t.Errorf("%s shows %d widgets", d.Name, n)
		}
	}
	for name, d := range have {
		taken := map[string]bool{}
		for _, w := range d.Widgets {
			at := fmt.Sprint(w.X, w.Y)
			if taken[at] || w.X+w.Width > columnsMax || w.Height == 0 || len(w.Properties.Metrics) > widgetMetricsMax || w.Type == "metric" && len(w.Properties.Metrics) == 0 {
				t.Errorf("%s: widget %q is misplaced or empty", name, w.Properties.Title)
			}
			taken[at] = true
			for _, m := range w.Properties.Metrics {
				checkLine(t, name, m)
			}
		}
	}
}

// checkLine wants a line of our own namespace to be a metric that functions write, or an event.
func checkLine(t *testing.T, where string, raw json.RawMessage) {
	t.Helper()
	var terms []any
	if err := json.Unmarshal(raw, &terms); err != nil {
		t.Fatal(err)
	}
	if terms[0] != metrics.Namespace {
		return
	}
	name, _ := terms[1].(string)
	if !strings.Contains(name, ".") && !slices.ContainsFunc(metrics.All(), func(m metrics.Metric) bool { return string(m.Name) == name }) {
		t.Errorf("%s draws %s, which nobody writes", where, name)
	}
}

// The business sees every kind of event that there is: a new operation's events need no word here.
func TestTheBusinessSeesEveryEvent(t *testing.T) {
	drawn := ""
	for _, w := range dashboards(t)[prefix+"-business"].Widgets {
		for _, m := range w.Properties.Metrics {
			drawn += string(m)
		}
	}
	for _, o := range catalog.Operations() {
		for _, e := range o.Describe().AllEmits() {
			if !strings.Contains(drawn, `"`+e.Type+`"`) {
				t.Errorf("%s of %s is not drawn", e.Type, o.Describe().ID)
			}
		}
	}
}
