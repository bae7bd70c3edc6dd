package watch_test

import (
	"encoding/json"
	"fmt"
	"regexp"
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

// A search of a domain's dashboard finds what is the domain's, by the names that it has in an account, and nothing of another.
func TestSearchesFindWhatIsTheDomains(t *testing.T) {
	searches := 0
	for _, d := range catalog.Domains() {
		for _, w := range dashboards(t)[prefix+"-"+d.Name].Widgets {
			for _, m := range w.Properties.Metrics {
				found := searched.FindStringSubmatch(string(m))
				if found == nil {
					continue
				}
				searches++
				for _, other := range catalog.Domains() {
					for _, name := range []string{prefix + "-" + other.Name + "-take-up-acts", prefix + "-" + other.Name + "-1-DeadLetters-1A2B3C4D5E6F"} {
						if finds(found[1], name) != (other.Name == d.Name) {
							t.Errorf("%s of %s: finds %s: %t", w.Properties.Title, d.Name, name, finds(found[1], name))
						}
					}
				}
			}
		}
	}
	if searches < 4*len(catalog.Domains()) {
		t.Errorf("%d searches", searches)
	}
}

var searched = regexp.MustCompile(`SEARCH\('\{[^}]*\} ([^']*)'`)

// finds tells whether CloudWatch's search finds a metric by the name of its function or queue: each term must be a word of it, or,
// in quotes, the whole of it. The metric's own name, which is in quotes, is left aside.
func finds(terms, name string) bool {
	words := strings.Split(name, "-")
	for term := range strings.FieldsSeq(terms) {
		of, value, designated := strings.Cut(term, "=")
		switch {
		case designated && strings.HasPrefix(of, "MetricName"):
		case designated || strings.Contains(term, `"`):
			if strings.Trim(value, `\"`) != name {
				return false
			}
		case !slices.Contains(words, term):
			return false
		}
	}
	return true
}
