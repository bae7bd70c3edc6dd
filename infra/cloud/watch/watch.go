// Package watch tells people how the deployed system fares: alarms, each with its page in docs/runbooks, the topic that they
// go to, dashboards for each domain and for the business, a budget, and saved searches of the logs.
//
// Alarms on plain metrics and the dashboards stand in one stack, what needs more of CloudWatch in another: see [Stage.Account].
// An alarm on a resource whose name is given by CloudFormation stands beside it, in its own stack: see [Beside].
package watch

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"backoffice/internal/catalog"
	"backoffice/internal/host/lambdahost"
	"backoffice/internal/op"
)

// Stage is what is watched.
type Stage struct {
	Prefix string // of physical names
	Tables string // prefix of the tables' names
	Name   string
	// Runbooks comes before "docs/runbooks/…" in the alarms' descriptions, so that the link can be followed: the address of the
	// repository's files, with a slash at its end. Without one the path is the repository's own.
	Runbooks  string
	Email     string  // that alarms are sent to; "" for nobody but the topic's other subscribers
	BudgetUSD float64 // a month; 0 for no budget
	Domains   []Domain
	About     *string // id of the HTTP API that answers for health, rules and documents; nil for none
}

// Domain is one domain of the stage.
type Domain struct {
	catalog.Domain
	API *string // id of its HTTP API, nil for none
}

// sweeps tells whether a job of the domain looks for acts that wait, and so reports how long they do.
func (d Domain) sweeps() bool {
	return d.has(func(s *op.Spec) bool { return s.Kind == op.Job && lambdahost.TakesUp(s) })
}

func (d Domain) has(is func(*op.Spec) bool) bool {
	for _, o := range d.Operations {
		if is(o.Describe()) {
			return true
		}
	}
	return false
}

// events lists the types of the events that the domain's operations emit, each once.
func (d Domain) events() []string {
	var out []string
	seen := map[string]bool{}
	for _, o := range d.Operations {
		for _, e := range o.Describe().AllEmits() {
			if !seen[e.Type] {
				seen[e.Type] = true
				out = append(out, e.Type)
			}
		}
	}
	return out
}

// topicName names the topic that alarms go to. It is the same in every region that has one.
func (s Stage) topicName() string { return s.Prefix + "-alarms" }

// topic is the topic's ARN in a stack's own region. It is made of names, so that no stack exports it.
func (s Stage) topic(stack awscdk.Stack) *string {
	return stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("sns"), Resource: jsii.String(s.topicName()), ArnFormat: awscdk.ArnFormat_NO_RESOURCE_NAME})
}

// Watch makes the topic, the alarms on plain metrics and the dashboards.
func (s Stage) Watch(stack awscdk.Stack) {
	s.Topic(stack)
	for _, d := range s.Domains {
		for _, a := range s.plainAlarms(d) {
			s.alarm(stack, a)
		}
	}
	for _, a := range s.stageAlarms() {
		s.alarm(stack, a)
	}
	for _, d := range s.Domains {
		s.domainDashboard(stack, d)
	}
	s.businessDashboard(stack)
}

// Account makes what needs more of CloudWatch than single metrics (alarms on queries and on sums, which name the offender; the
// one alarm of alarms; saved searches) and the budget.
func (s Stage) Account(stack awscdk.Stack) {
	for _, d := range s.Domains {
		for _, a := range s.queryAlarms(d) {
			s.alarm(stack, a)
		}
	}
	for _, a := range s.stageQueries() {
		s.alarm(stack, a)
	}
	s.impaired(stack)
	s.budget(stack)
	s.searches(stack)
}
