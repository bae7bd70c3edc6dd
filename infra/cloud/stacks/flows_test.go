package stacks_test

import (
	"slices"
	"strings"
	"testing"

	"backoffice/infra/cloud/cloudtest"
	"backoffice/internal/catalog"
	"backoffice/internal/flow"
	"backoffice/internal/jobs"
)

// machineOf finds a state machine, its logical id, and the template that it stands in.
func machineOf(t *testing.T, domain string, m flow.Machine) (cloudtest.Template, string, cloudtest.Resource) {
	t.Helper()
	tpl := templates(t)["backoffice-test-"+domain+"-flows"]
	for id, r := range tpl.OfType("AWS::StepFunctions::StateMachine") {
		if r.Text("StateMachineName") == "backoffice-test-"+domain+"-"+m.Name {
			return tpl, id, r
		}
	}
	t.Fatalf("%s has no state machine %s", domain, m.Name)
	return tpl, "", cloudtest.Resource{}
}

func eachMachine(t *testing.T, do func(*testing.T, catalog.Domain, flow.Machine)) {
	t.Helper()
	made := 0
	for _, d := range catalog.Domains() {
		for _, m := range d.Flows {
			made++
			t.Run(d.Name+"/"+m.Name, func(t *testing.T) { do(t, d, m) })
		}
	}
	if made == 0 {
		t.Error("there is no state machine")
	}
}

// Every state machine of the catalogue is there, with its placeholders filled by functions, with a log that holds no data, and
// traced.
func TestStateMachinesAreMadeFromTheirFiles(t *testing.T) {
	eachMachine(t, func(t *testing.T, d catalog.Domain, m flow.Machine) {
		_, _, r := machineOf(t, d.Name, m)
		calls, err := m.Calls()
		if err != nil {
			t.Fatal(err)
		}
		definition := r.Text("DefinitionString")
		for _, id := range calls.Operations {
			if !strings.Contains(definition, ":function:backoffice-test-"+strings.ReplaceAll(id, ".", "-")) {
				t.Errorf("it does not call %s: %s", id, definition)
			}
		}
		if strings.Contains(definition, "${") || r.Text("StateMachineType") != "STANDARD" || r.Text("TracingConfiguration", "Enabled") != "true" {
			t.Errorf("%v", r.Properties)
		}
		if log := r.Text("LoggingConfiguration"); !strings.Contains(log, `"Level":"ALL"`) || !strings.Contains(log, `"IncludeExecutionData":false`) {
			t.Errorf("log %s", log)
		}
	})
}

// A machine's role may invoke the functions that its file calls, start the machine itself where the file does, and no more.
func TestStateMachinesMayCallWhatTheirFilesCall(t *testing.T) {
	eachMachine(t, func(t *testing.T, d catalog.Domain, m flow.Machine) {
		tpl, id, _ := machineOf(t, d.Name, m)
		calls, err := m.Calls()
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}
		for _, o := range calls.Operations {
			want = append(want, "lambda:InvokeFunction backoffice-test-"+strings.ReplaceAll(o, ".", "-"))
		}
		if calls.Itself {
			want = append(want, "states:StartExecution backoffice-test-"+d.Name+"-"+m.Name)
		}
		slices.Sort(want)
		if have := rights(tpl.Resources[id+"Role"]); !slices.Equal(have, want) {
			t.Errorf("may  %v\nneeds %v", have, want)
		}
	})
}

// rights lists what a role may do, by the last part of each resource's name; but for log deliveries, which have none.
func rights(role cloudtest.Resource) []string {
	var out []string
	for action, resource := range role.Grants() {
		switch {
		case strings.HasPrefix(action, "logs:"):
		case resource == "*":
			out = append(out, action)
		default:
			out = append(out, action+" "+strings.TrimSuffix(resource[strings.LastIndex(resource, ":")+1:], `"]]}`))
		}
	}
	slices.Sort(out)
	return out
}

// A job that is announced starts the machine of its task and no other, under a role that may start nothing else, and an
// announcement that cannot be delivered is kept.
func TestJobsStartTheMachineOfTheirTask(t *testing.T) {
	eachMachine(t, func(t *testing.T, d catalog.Domain, m flow.Machine) {
		if m.On != jobs.Waiting.Type {
			return
		}
		tpl, id, _ := machineOf(t, d.Name, m)
		rule := tpl.Resources[id+"Start"]
		if want := `{"detail":{"data":{"task":["` + m.With["task"] + `"]}},"detail-type":["` + jobs.Waiting.Type + `"]}`; rule.Text("EventPattern") != want {
			t.Errorf("pattern %s, want %s", rule.Text("EventPattern"), want)
		}
		targets := rule.Text("Targets")
		for _, want := range []string{`"InputPath":"$.detail"`, `"DeadLetterConfig":{"Arn":{"Fn::GetAtt":["DeadLetters","Arn"]}}`, `"RoleArn":{"Fn::GetAtt":["` + id + `StartRole","Arn"]}`} {
			if !strings.Contains(targets, want) || rule.Text("EventBusName") != "backoffice-test" {
				t.Errorf("rule %v lacks %s", rule.Properties, want)
			}
		}
		may := tpl.Resources[id+"StartRole"].Text("Policies")
		if strings.Count(may, `"Action"`) != 1 || !strings.Contains(may, `"Action":["states:StartExecution"]`) || !strings.Contains(may, `"Resource":[{"Fn::GetAtt":["`+id+`","Arn"]}]`) {
			t.Errorf("starts by %s", may)
		}
		for _, p := range tpl.OfType("AWS::SQS::QueuePolicy") {
			if !strings.Contains(p.Text("PolicyDocument"), `{"Fn::GetAtt":["`+id+`Start","Arn"]}`) {
				t.Errorf("the rule may not put aside what it cannot deliver: %s", p.Text("PolicyDocument"))
			}
		}
	})
}
