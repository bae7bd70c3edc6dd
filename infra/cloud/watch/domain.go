package watch

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/jsii-runtime-go"

	"backoffice/internal/metrics"
)

// The figures above which somebody is told. What they are compared with is in each alarm's page.
const (
	serverErrorsMax    = 2
	timeUsedPercentMax = 80
	apiErrorsMin       = 5
	apiErrorPercentMax = 1
	apiLatencyMSMax    = 3000
	actWaitingSecMax   = 600
	actUnchainedSecMax = 300
	// jobIdleSecMax lets what stands still be announced anew first, which platform.restart-jobs does after half an hour.
	jobIdleSecMax = 2700
	// holdSecMax is longer than a rebuild takes: 100 acts or more a second.
	holdSecMax          = 3600
	fiveMinutes         = 5 * time.Minute
	sweepsMissingWithin = 15 * time.Minute
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// own is one of the system's own metrics, of a domain.
func (s Stage) own(d string, n metrics.Name, statistic string) *metric {
	return &metric{namespace: metrics.Namespace, name: string(n), statistic: statistic,
		dimensions: []dimension{{metrics.DimensionStage, jsii.String(s.Name)}, {metrics.DimensionDomain, jsii.String(d)}}}
}

// api is a metric of an HTTP API.
func api(id *string, name, statistic string) *metric {
	return &metric{namespace: "AWS/ApiGateway", name: name, statistic: statistic, dimensions: []dimension{{"ApiId", id}}}
}

// plainAlarms are a domain's alarms on single metrics.
func (s Stage) plainAlarms(d Domain) []Alarm {
	var out []Alarm
	if d.API != nil {
		out = append(out, Alarm{page: APILatency, of: d.Name, says: "One call in a hundred to " + d.Title + " takes longer than 3 seconds.",
			metric: api(d.API, "Latency", "p99"), above: apiLatencyMSMax, within: fiveMinutes, breaching: 3, periods: 3, missing: fine})
	}
	if !d.sweeps() {
		return out
	}
	return append(out,
		Alarm{page: ActsWaiting, of: d.Name, says: "An act of " + d.Title + " has waited too long to be taken into balances and lists, or the sweep is silent.",
			metric: s.own(d.Name, metrics.OldestWaitingAct, "Maximum"), above: actWaitingSecMax, within: sweepsMissingWithin, breaching: 1, periods: 1, missing: bad},
		Alarm{page: ActsUnchained, of: d.Name, says: "An act of " + d.Title + " has stood too long outside the audit chain.",
			metric: s.own(d.Name, metrics.OldestUnchainedAct, "Maximum"), above: actUnchainedSecMax, within: fiveMinutes, breaching: 1, periods: 1, missing: fine},
		Alarm{page: ActsParked, of: d.Name, says: "An act of " + d.Title + " cannot be taken into balances and lists and was set aside.",
			metric: s.own(d.Name, metrics.ParkedActs, "Maximum"), above: 0, within: fiveMinutes, breaching: 1, periods: 1, missing: fine},
		Alarm{page: ProjectionsHeld, of: d.Name, says: "A rebuild has kept acts of " + d.Title + " out of balances and lists for too long; it may have been given up.",
			metric: s.own(d.Name, metrics.OldestHold, "Maximum"), above: holdSecMax, within: fiveMinutes, breaching: 1, periods: 1, missing: fine})
}

// byOperation asks which operations of a domain stand out, the worst first: the alarm names each of them.
func (s Stage) byOperation(function string, n metrics.Name, domain string) string {
	return fmt.Sprintf(`SELECT %s(%s) FROM SCHEMA("%s", "%s", "%s", "%s") WHERE "%s" = '%s' AND "%s" = '%s' GROUP BY "%s" ORDER BY %s() DESC`, function, n,
		metrics.Namespace, metrics.DimensionStage, metrics.DimensionDomain, metrics.DimensionOperation,
		metrics.DimensionStage, s.Name, metrics.DimensionDomain, domain, metrics.DimensionOperation, function)
}

// queryAlarms are a domain's alarms on queries and sums.
func (s Stage) queryAlarms(d Domain) []Alarm {
	out := []Alarm{
		{page: OperationErrors, of: d.Name, says: "An operation of " + d.Title + " fails for the system's sake; the alarm names it.",
			query: s.byOperation("SUM", metrics.ServerErrors, d.Name), above: serverErrorsMax, within: fiveMinutes, breaching: 1, periods: 1, missing: fine},
		{page: SlowOperations, of: d.Name, says: "An operation of " + d.Title + " comes near its time limit; the alarm names it.",
			query: s.byOperation("MAX", metrics.TimeUsed, d.Name), above: timeUsedPercentMax, within: fiveMinutes, breaching: 2, periods: 3, missing: fine},
	}
	if d.API == nil {
		return out
	}
	return append(out, Alarm{page: APIErrors, of: d.Name, says: "More than one call in a hundred to " + d.Title + " is answered with 5xx.",
		sum:   fmt.Sprintf("IF(errors > %d, 100 * errors / calls, 0)", apiErrorsMin),
		parts: map[string]metric{"errors": *api(d.API, "5xx", "Sum"), "calls": *api(d.API, "Count", "Sum")},
		above: apiErrorPercentMax, within: fiveMinutes, breaching: 1, periods: 1, missing: fine})
}
