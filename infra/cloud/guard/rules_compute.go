package guard

import (
	"fmt"
	"regexp"
)

// gatewaySecondsMax is what an HTTP API waits for an answer: a function behind it must have given up before.
const gatewaySecondsMax = 30

// computeRules are about functions, state machines, their logs, and what wakes a person.
func computeRules() []rule {
	return []rule{
		need("tracing", func(p place) bool { return p.is("Active", "TracingConfig", "Mode") }, "tracing is off", typeFunction),
		need("tracing", func(p place) bool { return p.is(true, "TracingConfiguration", "Enabled") }, "tracing is off", typeMachine),
		need("log-retention", func(p place) bool { return p.holds("RetentionInDays") }, "its entries never expire", typeLogGroup),
		need("log-retention", func(p place) bool { return p.holds("LoggingConfig", "LogGroup") },
			"it writes to a log group of its own making, whose entries never expire", typeFunction),
		need("logging", machineLogs, "its executions are not logged", typeMachine),
		need("logging", func(p place) bool { return p.holds("AccessLogSettings", "DestinationArn") }, "its requests are not logged", typeStage),
		{name: "timeout", types: []string{typeIntegration}, judge: timeout},
		need("owner", owned, "it has no owner tag"),
		need("alarm-action", func(p place) bool { return p.holds("AlarmActions") && !p.is(false, "ActionsEnabled") },
			"nobody hears of it", typeAlarm, typeComposite),
		need("alarm-runbook", func(p place) bool { return runbook.MatchString(text(p.get("AlarmDescription"))) },
			"its description names no page of docs/runbooks", typeAlarm, typeComposite),
	}
}

var runbook = regexp.MustCompile(`docs/runbooks/[a-z0-9-]+\.md`)

func machineLogs(p place) bool {
	return p.holds("LoggingConfiguration", "Destinations") && p.holds("LoggingConfiguration", "Level") && !p.is("OFF", "LoggingConfiguration", "Level")
}

// timeout wants the function behind an integration to end before the API stops waiting.
func timeout(p place) []string {
	f, ok := p.resources[target(p.get("IntegrationUri"))]
	if !ok || f.Type != typeFunction {
		return nil
	}
	if seconds, _ := f.get("Timeout").(float64); seconds <= 0 || seconds >= gatewaySecondsMax {
		return []string{fmt.Sprintf("its function may take %v s, and the API waits for %d s", f.get("Timeout"), gatewaySecondsMax)}
	}
	return nil
}

// owned looks for the owner among the tags, which are a list or a map, by type.
func owned(p place) bool {
	property, taggable := p.taggable[p.Type]
	if !taggable {
		return true
	}
	switch tags := p.get(property).(type) {
	case []any:
		for _, t := range tags {
			if member(t, "Key") == "owner" && text(member(t, "Value")) != "" {
				return true
			}
		}
	case map[string]any:
		return text(tags["owner"]) != ""
	}
	return false
}
