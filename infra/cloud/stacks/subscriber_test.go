package stacks_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/cloudtest"
	"backoffice/infra/cloud/guard"
	"backoffice/infra/cloud/stacks"
	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

// parcels are a domain of the test's own: an operation that emits an event, and one that takes it.
func parcels() []catalog.Domain {
	opened := op.Event{Type: "box.box.opened.v1", Summary: "A box was opened.", Data: struct{}{}, Example: "{}"}
	return []catalog.Domain{{Name: "box", Title: "Boxes", Operations: []op.Operation{
		operation(func(s *op.Spec) { s.Emits = []*op.Event{&opened} }),
		operation(func(s *op.Spec) {
			s.ID, s.Kind, s.Route, s.On, s.Summary = "box.note-opened", op.Subscriber, "", []string{opened.Type}, "Note an opened box"
		}),
	}}}
}

// parcelTemplates makes the stacks of some domains, holds them against the guard's rules, and gives their templates.
func parcelTemplates(t *testing.T, domains []catalog.Domain) map[string]cloudtest.Template {
	t.Helper()
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(t.TempDir())})
	set := settings(domains, numbersOf(domains), emptyZip(t))
	set.Stage.Reserved = 7
	if err := stacks.Build(app, set); err != nil {
		t.Fatal(err)
	}
	watch := guard.New(set.PublicRoutes())
	awscdk.Aspects_Of(app).Add(watch, nil)
	assembly := app.Synth(nil)
	if err := watch.Judge(assembly); err != nil && strings.Contains(err.Error(), "backoffice-test-box") {
		t.Error(err)
	}
	made, err := cloudtest.Read(assembly)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// An event goes by a rule into the subscriber's queue, from there to the function in batches of which only what failed comes
// again, and after some tries into a queue of its own.
func TestASubscriberIsFedByAQueue(t *testing.T) {
	tpl := parcelTemplates(t, parcels())["backoffice-test-box-1"]
	rule := tpl.Resources["NoteOpenedRule"]
	if rule.Text("EventPattern") != `{"detail-type":["box.box.opened.v1"]}` || rule.Text("EventBusName") != "backoffice-test" ||
		!strings.Contains(rule.Text("Targets"), `"Arn":{"Fn::GetAtt":["NoteOpenedQueue","Arn"]}`) || !strings.Contains(rule.Text("Targets"), `"DeadLetterConfig":{"Arn":{"Fn::GetAtt":["NoteOpenedDeadLetters","Arn"]}}`) {
		t.Errorf("rule %v", rule.Properties)
	}
	queue := tpl.Resources["NoteOpenedQueue"]
	timeout, _ := tpl.Resources["NoteOpened"].Properties["Timeout"].(float64)
	if visible, _ := queue.Properties["VisibilityTimeout"].(float64); visible < 6*timeout || timeout == 0 {
		t.Errorf("a message is hidden for %v s, the function may take %v s", visible, timeout)
	}
	if queue.Text("RedrivePolicy") != `{"deadLetterTargetArn":{"Fn::GetAtt":["NoteOpenedDeadLetters","Arn"]},"maxReceiveCount":5}` {
		t.Errorf("queue %v", queue.Properties)
	}
	mapping := tpl.Resources["NoteOpenedMessages"]
	if mapping.Text("FunctionResponseTypes") != `["ReportBatchItemFailures"]` || mapping.Text("EventSourceArn") != `{"Fn::GetAtt":["NoteOpenedQueue","Arn"]}` ||
		mapping.Text("ScalingConfig", "MaximumConcurrency") != "10" {
		t.Errorf("mapping %v", mapping.Properties)
	}
}

// The function may take from its queue and from no other; the bus may put into it by this one rule.
func TestASubscribersQueueIsItsOwn(t *testing.T) {
	tpl := parcelTemplates(t, parcels())["backoffice-test-box-1"]
	may := tpl.Resources["NoteOpenedRole"].Text("Policies")
	if !strings.Contains(may, `{"Action":["sqs:DeleteMessage","sqs:GetQueueAttributes","sqs:ReceiveMessage"],"Effect":"Allow","Resource":[{"Fn::GetAtt":["NoteOpenedQueue","Arn"]}]}`) || strings.Count(may, "sqs:") != 3 {
		t.Errorf("may %s", may)
	}
	if other := tpl.Resources["OpenBoxRole"].Text("Policies"); strings.Contains(other, "sqs:") {
		t.Errorf("another's role: %s", other)
	}
	for _, id := range []string{"NoteOpenedQueuePolicy", "NoteOpenedDeadLettersPolicy"} {
		if p := tpl.Resources[id].Text("PolicyDocument"); !strings.Contains(p, `"ArnEquals":{"aws:SourceArn":[{"Fn::GetAtt":["NoteOpenedRule","Arn"]}]}`) || !strings.Contains(p, "events.amazonaws.com") {
			t.Errorf("%s: %s", id, p)
		}
	}
}

// What queues call has executions of its own where the stage says so; what requests call shares the account's.
func TestWhatNobodyWaitsForHasExecutionsOfItsOwn(t *testing.T) {
	tpl := parcelTemplates(t, parcels())["backoffice-test-box-1"]
	if tpl.Resources["NoteOpened"].Properties["ReservedConcurrentExecutions"] != 7.0 || tpl.Resources["OpenBox"].Properties["ReservedConcurrentExecutions"] != nil {
		t.Errorf("subscriber %v, command %v", tpl.Resources["NoteOpened"].Properties["ReservedConcurrentExecutions"], tpl.Resources["OpenBox"].Properties["ReservedConcurrentExecutions"])
	}
}

// The bus is archived, in a stack of its own that says why no emulator takes it.
func TestTheBusIsArchived(t *testing.T) {
	tpl := templates(t)["backoffice-test-archive"]
	for _, a := range tpl.OfType("AWS::Events::Archive") {
		if a.Text("RetentionDays") != "90" || !strings.Contains(a.Text("SourceArn"), ":event-bus/backoffice-test") {
			t.Errorf("archive %v", a.Properties)
		}
	}
	if len(tpl.Resources) != 1 || !strings.Contains(tpl.Raw, `"Unproven"`) {
		t.Errorf("resources %v", tpl.Resources)
	}
}
