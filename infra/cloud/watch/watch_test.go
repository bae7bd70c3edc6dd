package watch_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/cloudtest"
	"backoffice/infra/cloud/watch"
	"backoffice/internal/catalog"
	"backoffice/internal/metrics"
)

var pagePath = regexp.MustCompile(`Runbook: (docs/runbooks/alarm-([a-z-]+)\.md)$`)

// Whoever is woken is told what happened and where to read on, and every alarm says what it makes of silence.
func TestEveryAlarmWakesSomebodyAndSaysWhereToReadOn(t *testing.T) {
	for name, a := range alarms(t) {
		if !strings.Contains(a.Text("AlarmActions"), prefix+"-alarms") || !strings.Contains(a.Text("OKActions"), prefix+"-alarms") {
			t.Errorf("%s tells nobody: %s", name, a.Text("AlarmActions"))
		}
		m := pagePath.FindStringSubmatch(a.Text("AlarmDescription"))
		if m == nil {
			t.Errorf("%s names no page: %s", name, a.Text("AlarmDescription"))
			continue
		}
		if !strings.HasSuffix(name, "-"+m[2]) {
			t.Errorf("%s names the page %s", name, m[1])
		}
		if a.Type == "AWS::CloudWatch::Alarm" && a.Text("TreatMissingData") != "notBreaching" && a.Text("TreatMissingData") != "breaching" {
			t.Errorf("%s does not say what it makes of silence", name)
		}
	}
}

// Every alarm has its page, and every page an alarm. A budget has no description that a link could stand in.
func TestAlarmsAndPagesAreTheSameSet(t *testing.T) {
	used := map[string]bool{string(watch.Budget): true}
	for _, a := range alarms(t) {
		if m := pagePath.FindStringSubmatch(a.Text("AlarmDescription")); m != nil {
			used[m[2]] = true
		}
	}
	written := pages(t)
	for p := range used {
		if written[p] == "" {
			t.Errorf("docs/runbooks/alarm-%s.md is missing", p)
		}
	}
	for p := range written {
		if !used[p] {
			t.Errorf("no alarm leads to docs/runbooks/alarm-%s.md", p)
		}
	}
}

// A page answers the same questions in the same order, and shows at least one command or query that can be run.
func TestPagesAnswerTheSameQuestions(t *testing.T) {
	index, err := os.ReadFile(filepath.Join(moduleRoot, "docs/runbooks/alarms.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range pages(t) {
		at := 0
		for _, heading := range []string{"# Alarm: " + name + "\n", "\n## What it means\n", "\n## What people notice\n", "\n## Look first\n", "\n## Causes and cures\n", "\n## When to ignore it\n", "\n## How to test it\n"} {
			i := strings.Index(text[at:], heading)
			if i < 0 {
				t.Errorf("alarm-%s.md lacks %q in its place", name, strings.TrimSpace(heading))
				break
			}
			at += i
		}
		if !strings.Contains(text, "```") {
			t.Errorf("alarm-%s.md shows nothing to run", name)
		}
		if !strings.Contains(string(index), "(alarm-"+name+".md)") {
			t.Errorf("alarms.md does not list %s", name)
		}
	}
}

// A query names the offender: it groups by what the alarm is to name, the worst first.
func TestQueriesNameTheOffender(t *testing.T) {
	have := alarms(t)
	for name, query := range map[string]string{
		"finance-operation-errors": `SELECT SUM(ServerErrors) FROM SCHEMA("Backoffice", "stage", "domain", "operation") WHERE "stage" = 'test' AND "domain" = 'finance' GROUP BY "operation" ORDER BY SUM() DESC`,
		"finance-slow-operations":  `SELECT MAX(TimeUsed) FROM SCHEMA("Backoffice", "stage", "domain", "operation") WHERE "stage" = 'test' AND "domain" = 'finance' GROUP BY "operation" ORDER BY MAX() DESC`,
		"function-errors":          `SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", "FunctionName") GROUP BY "FunctionName" ORDER BY SUM() DESC`,
		"function-throttles":       `SELECT SUM(Throttles) FROM SCHEMA("AWS/Lambda", "FunctionName") GROUP BY "FunctionName" ORDER BY SUM() DESC`,
		"stream-lag":               `SELECT MAX(IteratorAge) FROM SCHEMA("AWS/Lambda", "FunctionName") GROUP BY "FunctionName" ORDER BY MAX() DESC`,
		"calls-lost":               `SELECT SUM(DestinationDeliveryFailures) FROM SCHEMA("AWS/Lambda", "FunctionName") GROUP BY "FunctionName" ORDER BY SUM() DESC`,
		"flow-failures":            `SELECT SUM(ExecutionsFailed) FROM SCHEMA("AWS/States", "StateMachineArn") GROUP BY "StateMachineArn" ORDER BY SUM() DESC`,
		"events-undelivered":       `SELECT SUM(FailedInvocations) FROM SCHEMA("AWS/Events", "EventBusName", "RuleName") GROUP BY "RuleName" ORDER BY SUM() DESC`, // by rule alone: the default bus
		"table-throttles":          `SELECT SUM(ThrottledRequests) FROM SCHEMA("AWS/DynamoDB", "Operation", "TableName") GROUP BY "TableName" ORDER BY SUM() DESC`,
	} {
		a, there := have[prefix+"-"+name]
		terms, _ := a.Properties["Metrics"].([]any)
		if !there || len(terms) != 1 || terms[0].(map[string]any)["Expression"] != query {
			t.Errorf("%s asks %v", name, terms)
		}
	}
}

// What the system reports of itself is reported by those names and dimensions, or an alarm would watch nothing for ever.
func TestOwnMetricsAreThoseThatFunctionsWrite(t *testing.T) {
	known, watched := map[string]bool{}, map[string]bool{}
	for _, m := range metrics.All() {
		known[string(m.Name)] = true
	}
	for name, a := range alarms(t) {
		if a.Text("Namespace") != metrics.Namespace {
			continue
		}
		watched[a.Text("MetricName")] = true
		if !known[a.Text("MetricName")] || !strings.Contains(a.Text("Dimensions"), `{"Name":"stage","Value":"test"}`) || !strings.Contains(a.Text("Dimensions"), `"Name":"domain"`) {
			t.Errorf("%s watches %s by %s", name, a.Text("MetricName"), a.Text("Dimensions"))
		}
	}
	for _, n := range []metrics.Name{metrics.OldestWaitingAct, metrics.OldestUnchainedAct, metrics.ParkedActs, metrics.OldestIdleJob, metrics.JobsGivenUp, metrics.OldestHold, metrics.BrokenChains} {
		if !watched[string(n)] {
			t.Errorf("nobody watches %s", n)
		}
	}
}

// The alarms on what a job reports ring when the job falls silent: a sweep that does not run finds nothing.
func TestSilenceOfTheSweepRings(t *testing.T) {
	have := alarms(t)
	names := []string{prefix + "-jobs-stuck", prefix + "-audit-roots"}
	for _, d := range catalog.Domains() {
		names = append(names, prefix+"-"+d.Name+"-acts-waiting")
	}
	for _, name := range names {
		if a, there := have[name]; !there || a.Text("TreatMissingData") != "breaching" {
			t.Errorf("%s: %v", name, a.Properties)
		}
	}
}

// A queue for what could not be delivered must be empty; any other must not be behind. Each alarm stands in its queue's stack.
func TestQueuesAreWatchedBesideThem(t *testing.T) {
	have := templates(t)[prefix+"-finance-1"].OfType("AWS::CloudWatch::Alarm")
	want := map[string]string{prefix + "-finance-1-DeadLetters-dead-letters": "ApproximateNumberOfMessagesVisible", prefix + "-finance-1-Letters-queue-lag": "ApproximateAgeOfOldestMessage"}
	for id, a := range have {
		if a.Text("MetricName") != want[a.Text("AlarmName")] || !strings.Contains(a.Text("Dimensions"), "QueueName") {
			t.Errorf("%s: %v", id, a.Properties)
		}
	}
	if len(have) != len(want) {
		t.Errorf("%d alarms beside %d queues", len(have), len(want))
	}
}

// CloudFormation takes five rollback triggers, and fails when one of them is not there.
func TestRollbackAlarmsAreThere(t *testing.T) {
	const triggersMax = 5
	have := alarms(t)
	for _, d := range catalog.Domains() {
		names := watch.Stage{Prefix: prefix, Name: "test"}.RollbackAlarms(d.Name)
		if len(names) == 0 || len(names) > triggersMax {
			t.Errorf("%s: %d rollback alarms", d.Name, len(names))
		}
		for _, n := range names {
			if _, there := have[n]; !there {
				t.Errorf("%s is no alarm", n)
			}
		}
	}
}

// The alarm of alarms asks for alarms that exist, and for those alone that people notice.
func TestTheAlarmOfAlarmsAsksForWhatPeopleNotice(t *testing.T) {
	have := alarms(t)
	rule := have[prefix+"-service-impaired"].Text("AlarmRule")
	asked := regexp.MustCompile(`ALARM\("([^"]+)"\)`).FindAllStringSubmatch(rule, -1)
	if len(asked) != 2*len(catalog.Domains())+1 || !strings.Contains(rule, prefix+"-health-errors") {
		t.Errorf("%s", rule)
	}
	for _, m := range asked {
		if _, there := have[m[1]]; !there {
			t.Errorf("%s is no alarm", m[1])
		}
	}
}

// The API that needs no token is watched as those of the domains are: a figure of its own API, and silence is no news, since
// nobody has to ask.
func TestTheAPIOfHealthIsWatched(t *testing.T) {
	a, there := alarms(t)[prefix+"-health-errors"]
	if !there || a.Text("Namespace") != "AWS/ApiGateway" || a.Text("MetricName") != "5xx" || a.Text("Statistic") != "Sum" || a.Text("TreatMissingData") != "notBreaching" ||
		!strings.Contains(a.Text("Dimensions"), `"Value":"api-of-about"`) {
		t.Errorf("%v", a.Properties)
	}
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(t.TempDir())})
	s := watch.Stage{Prefix: prefix, Name: "test"}
	s.Watch(awscdk.NewStack(app, jsii.String("none"), nil))
	all, err := cloudtest.Read(app.Synth(nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all["none"].OfType("AWS::CloudWatch::Alarm") {
		if a.Text("AlarmName") == prefix+"-health-errors" {
			t.Error("an API that is not there is watched")
		}
	}
}

// The budget speaks before the money is gone, and to the same topic.
func TestTheBudgetSpeaksTwice(t *testing.T) {
	for _, b := range templates(t)[prefix+"-watch-queries"].OfType("AWS::Budgets::Budget") {
		notes, _ := b.Properties["NotificationsWithSubscribers"].([]any)
		if b.Text("Budget", "BudgetLimit", "Amount") != "200" || len(notes) != 2 || !strings.Contains(cloudtest.Render(notes), prefix+"-alarms") {
			t.Errorf("%v", b.Properties)
		}
		return
	}
	t.Error("no budget")
}

// An e-mail is sent where one is configured; a base address comes before the page's path.
func TestEmailAndRunbooksAreConfiguration(t *testing.T) {
	if n := len(templates(t)[prefix+"-watch"].OfType("AWS::SNS::Subscription")); n != 1 {
		t.Errorf("%d subscriptions", n)
	}
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(t.TempDir())})
	s := watch.Stage{Prefix: prefix, Name: "test", Runbooks: "https://code.example.com/backoffice/"}
	s.Watch(awscdk.NewStack(app, jsii.String("quiet"), nil))
	s.Account(awscdk.NewStack(app, jsii.String("queries"), nil))
	all, err := cloudtest.Read(app.Synth(nil))
	if err != nil {
		t.Fatal(err)
	}
	quiet := all["quiet"]
	if len(quiet.OfType("AWS::SNS::Subscription")) != 0 || len(all["queries"].OfType("AWS::Budgets::Budget")) != 0 || len(all["queries"].OfType("AWS::CloudWatch::CompositeAlarm")) != 0 {
		t.Error("something is there that nobody asked for")
	}
	for id, a := range quiet.OfType("AWS::CloudWatch::Alarm") {
		if !strings.Contains(a.Text("AlarmDescription"), "Runbook: https://code.example.com/backoffice/docs/runbooks/alarm-") {
			t.Errorf("%s: %s", id, a.Text("AlarmDescription"))
		}
	}
}
