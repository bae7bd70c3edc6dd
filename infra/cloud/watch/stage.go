package watch

import (
	"fmt"
	"time"

	"github.com/aws/jsii-runtime-go"

	"backoffice/internal/jobs"
	"backoffice/internal/metrics"
)

const (
	streamLagMSMax      = 300_000
	functionErrorsMax   = 2
	healthErrorsMax     = 2
	throttledCallsMax   = 10
	tableErrorsMax      = 5
	scheduleGroup       = "default"
	jobsMissingPeriods  = 3
	persistentBreaching = 2
	persistentPeriods   = 3
)

// stageAlarms are the alarms on single metrics that are about the stage as a whole.
func (s Stage) stageAlarms() []Alarm {
	scheduler := func(name string) *metric {
		return &metric{namespace: "AWS/Scheduler", name: name, statistic: "Sum", dimensions: []dimension{{"ScheduleGroup", jsii.String(scheduleGroup)}}}
	}
	var out []Alarm
	if s.About != nil { // seldom called: a share of so few calls would say nothing
		out = append(out, Alarm{page: HealthErrors, says: "The system says of itself that it is not well, or cannot say anything.", metric: api(s.About, "5xx", "Sum"),
			above: healthErrorsMax, within: fiveMinutes, breaching: 1, periods: 1, missing: fine})
	}
	return append(out, []Alarm{
		{page: ScheduleErrors, says: "The scheduler could not call a job.", metric: scheduler("TargetErrorCount"),
			above: 0, within: fiveMinutes, breaching: persistentBreaching, periods: persistentPeriods, missing: fine},
		{page: ScheduleDrops, says: "The scheduler gave up calling a job.", metric: scheduler("InvocationDroppedCount"),
			above: 0, within: fiveMinutes, breaching: 1, periods: 1, missing: fine},
		{page: JobsStuck, says: "A job has not moved for three quarters of an hour, though it was announced anew, or nobody looks.", metric: s.own(jobs.Table, metrics.OldestIdleJob, "Maximum"),
			above: jobIdleSecMax, within: fiveMinutes, breaching: jobsMissingPeriods, periods: jobsMissingPeriods, missing: bad},
		{page: AuditRoots, says: "An audit chain is not what was anchored, or nothing could be anchored for a day.", metric: s.own(jobs.Table, metrics.BrokenChains, "Maximum"),
			above: 0, within: 24 * time.Hour, breaching: 1, periods: 1, missing: bad},
		{page: JobsGivenUp, says: "A job was given up: a step was refused for good, or again and again.", metric: s.own(jobs.Table, metrics.JobsGivenUp, "Sum"),
			above: 0, within: fiveMinutes, breaching: 1, periods: 1, missing: fine},
	}...)
}

// by asks which of many resources stand out. There is no filter by stage: an account holds one, and a filter by tags would
// find nothing, and so stay silent, in an account where tags on metrics have not been switched on.
func by(function, name, namespace, of string, others ...string) string {
	dimensions := ""
	for _, d := range append(others, of) {
		dimensions += fmt.Sprintf(", %q", d)
	}
	return fmt.Sprintf("SELECT %s(%s) FROM SCHEMA(%q%s) GROUP BY %q ORDER BY %s() DESC", function, name, namespace, dimensions, of, function)
}

// stageQueries are the alarms that each watch one kind of resource throughout the stage and name the offender.
func (s Stage) stageQueries() []Alarm {
	const functions, name = "AWS/Lambda", "FunctionName"
	const machines, machine = "AWS/States", "StateMachineArn"
	const tables, table = "AWS/DynamoDB", "TableName"
	once := func(page Page, query string, above float64, says string) Alarm {
		return Alarm{page: page, query: query, above: above, says: says, within: fiveMinutes, breaching: 1, periods: 1, missing: fine}
	}
	lasting := func(page Page, query string, above float64, says string) Alarm {
		a := once(page, query, above, says)
		a.breaching, a.periods = persistentBreaching, persistentPeriods
		return a
	}
	return []Alarm{
		once(FunctionErrors, by("SUM", "Errors", functions, name), functionErrorsMax, "A function crashes, runs out of time or refuses its task; the alarm names it."),
		lasting(FunctionThrottle, by("SUM", "Throttles", functions, name), 0, "A function is called more often than the account allows; the alarm names it."),
		once(StreamLag, by("MAX", "IteratorAge", functions, name), streamLagMSMax, "A function is more than 5 minutes behind its table's stream; the alarm names it."),
		once(CallsLost, by("SUM", "DestinationDeliveryFailures", functions, name), 0, "What a function failed at could not be put aside; the alarm names it."),
		once(FlowFailures, by("SUM", "ExecutionsFailed", machines, machine), 0, "An execution of a state machine failed; the alarm names the machine."),
		once(FlowTimeouts, by("SUM", "ExecutionsTimedOut", machines, machine), 0, "An execution of a state machine ran out of time; the alarm names the machine."),
		lasting(TableThrottles, by("SUM", "ThrottledRequests", tables, table, "Operation"), throttledCallsMax, "DynamoDB turns calls of a table away for their number; the alarm names it."),
		once(TableErrors, by("SUM", "SystemErrors", tables, table, "Operation"), tableErrorsMax, "DynamoDB itself fails at calls of a table; the alarm names it."),
		once(EventsLost, by("SUM", "FailedInvocations", "AWS/Events", "RuleName", "EventBusName"), 0, "The event bus could not hand an event to a rule's target; the alarm names the rule."),
	}
}
