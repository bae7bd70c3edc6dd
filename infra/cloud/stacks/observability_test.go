package stacks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"backoffice/infra/cloud/cloudtest"
	"backoffice/infra/cloud/stacks"
	"backoffice/internal/catalog"
)

// Every domain of the catalogue is watched, without a word about it anywhere.
func TestEveryDomainIsWatched(t *testing.T) {
	alarms := map[string]bool{}
	for _, tpl := range templates(t) {
		for _, a := range tpl.OfType("AWS::CloudWatch::Alarm") {
			alarms[a.Text("AlarmName")] = true
		}
	}
	for _, d := range catalog.Domains() {
		for _, name := range []string{"operation-errors", "slow-operations", "api-errors", "api-latency", "acts-waiting", "acts-unchained", "acts-parked"} {
			if !alarms["backoffice-test-"+d.Name+"-"+name] {
				t.Errorf("%s has no alarm %s", d.Name, name)
			}
		}
	}
}

// Every queue of the stage has its alarm beside it.
func TestEveryQueueIsWatched(t *testing.T) {
	queues := 0
	for stack, tpl := range templates(t) {
		for id := range tpl.OfType("AWS::SQS::Queue") {
			queues++
			watched := false
			for _, a := range tpl.OfType("AWS::CloudWatch::Alarm") {
				watched = watched || strings.Contains(a.Text("Dimensions"), `"`+id+`","QueueName"`)
			}
			if !watched {
				t.Errorf("%s: nobody watches %s", stack, id)
			}
		}
	}
	if queues == 0 {
		t.Error("no queue was looked at")
	}
}

// What stands for costs says whose they are: project, stage and owner everywhere, the domain in a domain's stacks.
func TestCostsCanBeAllottedByTags(t *testing.T) {
	looked := 0
	for stack, tpl := range templates(t) {
		want := []string{"owner", "project", "stage"}
		for _, d := range catalog.Domains() {
			if rest, ok := strings.CutPrefix(stack, "backoffice-test-"+d.Name); ok && (rest == "" || rest[0] == '-') {
				want = append(want, "domain")
			}
		}
		for id, r := range tpl.Resources {
			have := tagKeys(r)
			if have == nil {
				continue // the guard tells which types must have tags
			}
			looked++
			for _, k := range want {
				if !slices.Contains(have, k) {
					t.Errorf("%s/%s lacks the tag %s: %v", stack, id, k, have)
				}
			}
		}
	}
	if looked == 0 {
		t.Error("no tag was looked at")
	}
}

// tagKeys gives the keys of a resource's tags, nil when it has none; they are a list or a map, by type.
func tagKeys(r cloudtest.Resource) []string {
	var out []string
	for _, property := range []string{"Tags", "HostedZoneTags", "UserPoolTags"} {
		switch tags := r.Properties[property].(type) {
		case []any:
			for _, t := range tags {
				m, _ := t.(map[string]any)
				key, _ := m["Key"].(string)
				out = append(out, key)
			}
		case map[string]any:
			out = append(out, sorted(tags)...)
		}
	}
	return out
}

// What the emulator refuses stands apart, marked with the reason; the rest of what watches is proven with everything else.
func TestWhatTheEmulatorRefusesStandsApart(t *testing.T) {
	for stack, tpl := range templates(t) {
		apart := strings.Contains(tpl.Raw, `"Unproven"`)
		for id, a := range tpl.Resources {
			refused := slices.Contains([]string{"AWS::CloudWatch::CompositeAlarm", "AWS::Budgets::Budget", "AWS::Logs::QueryDefinition"}, a.Type) ||
				a.Type == "AWS::CloudWatch::Alarm" && a.Properties["Metrics"] != nil
			if refused && !apart && !strings.HasSuffix(stack, "-watch-edge") {
				t.Errorf("%s/%s is a %s, which stops the deploy proof", stack, id, a.Type)
			}
		}
	}
}

// A setting that would wake nobody, or lead nowhere, stops the build by the stage's name.
func TestBadWatchSettingsAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		watch stacks.Watch
		want  string
	}{
		"no address":      {stacks.Watch{AlarmEmail: "operations"}, `stage test: alarmEmail "operations"`},
		"no HTTPS":        {stacks.Watch{Runbooks: "http://code.example.com/"}, `stage test: runbooks "http://code.example.com/"`},
		"no slash at end": {stacks.Watch{Runbooks: "https://code.example.com"}, `stage test: runbooks "https://code.example.com"`},
		"negative budget": {stacks.Watch{BudgetUSD: -1}, "stage test: budgetUSD"},
	} {
		t.Run(name, func(t *testing.T) {
			s := settings(nil, nil, "none.zip")
			s.Stage.Watch = c.watch
			if err := stacks.Build(awscdk.NewApp(nil), s); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}
