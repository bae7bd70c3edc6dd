package stacks

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/watch"
	"backoffice/internal/catalog"
)

// Watch says whom a stage wakes, and what it may cost.
type Watch struct {
	AlarmEmail string `json:"alarmEmail"`
	// Runbooks is the address of the repository's files, with a slash at its end, that alarms put before "docs/runbooks/…".
	Runbooks  string  `json:"runbooks"`
	BudgetUSD float64 `json:"budgetUSD"` // a month; 0 for no budget
}

func (s Settings) validateWatch() error {
	w := s.Stage.Watch
	var all []error
	if w.AlarmEmail != "" && !strings.Contains(w.AlarmEmail, "@") {
		all = append(all, fmt.Errorf("stage %s: alarmEmail %q is no address", s.Name, w.AlarmEmail))
	}
	if w.Runbooks != "" && (!strings.HasPrefix(w.Runbooks, "https://") || !strings.HasSuffix(w.Runbooks, "/")) {
		all = append(all, fmt.Errorf("stage %s: runbooks %q is no address that begins with https:// and ends in a slash", s.Name, w.Runbooks))
	}
	if w.BudgetUSD < 0 {
		all = append(all, fmt.Errorf("stage %s: budgetUSD is less than nothing", s.Name))
	}
	return errors.Join(all...)
}

// observer is what watches a stage, before it knows any domain.
func (s Settings) observer() watch.Stage {
	return watch.Stage{Prefix: s.Prefix(), Tables: s.TablePrefix(), Name: s.Name, Runbooks: s.Stage.Watch.Runbooks, Email: s.Stage.Watch.AlarmEmail, BudgetUSD: s.Stage.Watch.BudgetUSD}
}

// webACLMetric is the name under which WAF counts what the web ACL as a whole did. WAF keeps All and Default_Action for itself.
func (s Settings) webACLMetric() string { return s.Prefix() + "-web-acl" }

// observe makes the stacks that watch the others. It is called after all others are made, since each of their queues is given
// its alarm.
func observe(app awscdk.App, s Settings) {
	stage := s.observer()
	stage.Beside(app)
	others := *app.Node().Children()
	plain := s.newStack(app, "watch", "Alarm topic, alarms on single metrics, dashboards")
	for _, other := range others {
		plain.AddStackDependency(awscdk.Stack_Of(other), jsii.String("it reads named values, and watches what is there"))
	}
	queries := s.newStack(app, "watch-queries", "Alarms on queries, the alarm of alarms, saved searches, budget")
	queries.AddMetadata(jsii.String("Unproven"), jsii.String("the emulator knows no alarms on queries or sums, no alarm of alarms, no saved searches and no budgets"))
	queries.AddStackDependency(plain, jsii.String("its alarms go to the topic"))
	stage.Domains, stage.About = s.watched(plain), read(plain, "Api"+aboutName, s.parameter(aboutName, "api"))
	stage.Watch(plain)
	stage.Domains = s.watched(queries)
	stage.Account(queries)
	if s.Stage.Edge != nil {
		observeEdge(app, s)
	}
}

// observeEdge makes the alarms of the front door, and a topic for them, in the region where its metrics are.
func observeEdge(app awscdk.App, s Settings) {
	full := s.Prefix() + "-watch-edge"
	stack := awscdk.NewStack(app, jsii.String(full), &awscdk.StackProps{StackName: jsii.String(full), Description: jsii.String("Alarms of the front door"),
		Env: &awscdk.Environment{Region: jsii.String(edgeRegion)}, TerminationProtection: jsii.Bool(s.Stage.TerminationProtection)})
	s.observer().Edge(stack, s.webACLMetric())
}

// watched gives the domains with the names of their HTTP APIs, as a stack reads them when it is deployed.
func (s Settings) watched(stack awscdk.Stack) []watch.Domain {
	byName := map[string]catalog.Domain{}
	for _, d := range s.Domains {
		byName[d.Name] = d
	}
	var out []watch.Domain
	for _, name := range s.tables() {
		d, there := byName[name]
		if !there {
			continue // only its table is needed: it has no operations that could be watched
		}
		w := watch.Domain{Domain: d}
		if hasRoutes(d) {
			w.API = read(stack, "Api"+name, s.parameter(name, "api"))
		}
		out = append(out, w)
	}
	return out
}
