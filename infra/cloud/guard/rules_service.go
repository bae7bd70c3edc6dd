package guard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const (
	// environmentBytesMax is what the variables of a function may have in all. What is known only when deployed counts by its
	// reference, which is longer than most values.
	environmentBytesMax = 4096
	// streamReadersMax is how many readers a shard of a table's stream bears before it turns them away.
	streamReadersMax = 2
)

// serviceRules are about what CloudFormation takes and the service behind it refuses, or takes and does nothing with. No emulator
// and no linter knows of these.
func serviceRules() []rule {
	return []rule{
		{name: "metric-name", types: []string{typeWebACL}, judge: func(p place) []string { return metricNames(p.Properties) }},
		{name: "environment", types: []string{typeFunction}, judge: environment},
		need("delivered-log", func(p place) bool { return p.logNamed(p.get("AccessLogSettings", "DestinationArn")) }, undelivered, typeStage),
		{name: "delivered-log", types: []string{typeMachine}, judge: machineDelivers},
		{name: "stream-readers", types: []string{typeMapping}, judge: streamReaders},
	}
}

// wafName is what WAF takes for a metric; two names it keeps for itself.
var wafName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// metricNames looks at every name under which a web ACL and its rules are counted, however deep.
func metricNames(v any) []string {
	var out []string
	switch t := v.(type) {
	case []any:
		for _, e := range t {
			out = append(out, metricNames(e)...)
		}
	case map[string]any:
		if name, there := t["MetricName"]; there && (!wafName.MatchString(text(name)) || slices.Contains([]string{"All", "Default_Action"}, text(name))) {
			out = append(out, fmt.Sprintf("WAF takes no metric of the name %s", text(name)))
		}
		for _, e := range t {
			out = append(out, metricNames(e)...)
		}
	}
	return out
}

// lambdaNames begin the variables that Lambda sets itself.
var lambdaNames = regexp.MustCompile(`^(_HANDLER|_X_AMZN_TRACE_ID|AWS_.*|LAMBDA_.*|TZ)$`)

func environment(p place) []string {
	variables, _ := p.get("Environment", "Variables").(map[string]any)
	var out []string
	sum := 0
	for name, value := range variables {
		sum += len(name) + len(text(value))
		if lambdaNames.MatchString(name) {
			out = append(out, name+" is Lambda's own to set")
		}
	}
	if sum > environmentBytesMax {
		out = append(out, fmt.Sprintf("its environment has %d bytes, more than %d", sum, environmentBytesMax))
	}
	slices.Sort(out)
	return out
}

// undelivered is what becomes of a log group of another name: the one policy by which services deliver logs gets an entry for it,
// and takes 5,120 characters in an account and region, some forty of them.
const undelivered = "its log group's name does not begin with /aws/vendedlogs/, and takes room in the account's policy of log deliveries"

// logNamed tells whether a log group of the same template has a name that log deliveries have a right on anyway.
func (p place) logNamed(arn any) bool {
	log, here := p.resources[target(arn)]
	return !here || log.Type != typeLogGroup || strings.HasPrefix(text(log.get("LogGroupName")), "/aws/vendedlogs/")
}

func machineDelivers(p place) []string {
	for _, d := range list(p.get("LoggingConfiguration", "Destinations")) {
		if !p.logNamed(member(d, "CloudWatchLogsLogGroup", "LogGroupArn")) {
			return []string{undelivered}
		}
	}
	return nil
}

// streamReaders counts who reads a table's stream, in whichever stack: stacks name a stream by the same path.
func streamReaders(p place) []string {
	if !p.holds("StartingPosition") {
		return nil
	}
	source, readers := p.named(p.get("EventSourceArn")), 0
	for _, t := range p.templates {
		for _, r := range t.resources {
			if r.Type == typeMapping && r.holds("StartingPosition") && t.named(r.get("EventSourceArn")) == source {
				readers++
			}
		}
	}
	if readers > streamReadersMax {
		return []string{fmt.Sprintf("%d functions read the stream %s, which bears %d", readers, source, streamReadersMax)}
	}
	return nil
}
