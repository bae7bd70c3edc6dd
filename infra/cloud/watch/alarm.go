package watch

import (
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
)

// Page is the name of an alarm, and of its page: docs/runbooks/alarm-<page>.md. Alarms of one kind share theirs.
type Page string

// The alarms.
const (
	OperationErrors  Page = "operation-errors"
	SlowOperations   Page = "slow-operations"
	APIErrors        Page = "api-errors"
	APILatency       Page = "api-latency"
	HealthErrors     Page = "health-errors"
	ActsWaiting      Page = "acts-waiting"
	ActsUnchained    Page = "acts-unchained"
	ActsParked       Page = "acts-parked"
	FunctionErrors   Page = "function-errors"
	FunctionThrottle Page = "function-throttles"
	StreamLag        Page = "stream-lag"
	DeadLetters      Page = "dead-letters"
	QueueLag         Page = "queue-lag"
	FlowFailures     Page = "flow-failures"
	FlowTimeouts     Page = "flow-time-outs"
	TableThrottles   Page = "table-throttles"
	TableErrors      Page = "table-errors"
	ScheduleErrors   Page = "schedule-errors"
	ScheduleDrops    Page = "schedule-drops"
	CallsLost        Page = "calls-lost"
	EventsLost       Page = "events-undelivered"
	JobsStuck        Page = "jobs-stuck"
	AuditRoots       Page = "audit-roots"
	JobsGivenUp      Page = "jobs-given-up"
	ProjectionsHeld  Page = "projections-held"
	ServiceImpaired  Page = "service-impaired"
	Budget           Page = "budget"
	BackupFailures   Page = "backup-failures"
	EdgeErrors       Page = "edge-errors"
	EdgeBlocks       Page = "edge-blocks"
)

// path is the page's place in the repository.
func (p Page) path() string { return "docs/runbooks/alarm-" + string(p) + ".md" }

// missing says what an alarm makes of a time without figures.
type missing string

const (
	fine missing = "notBreaching" // nothing happened
	bad  missing = "breaching"    // whoever reports has fallen silent
)

// metric is one plain metric.
type metric struct {
	namespace, name string
	statistic       string // Sum, Maximum, or a percentile such as p99
	dimensions      []dimension
}

type dimension struct {
	name  string
	value *string
}

// Alarm is one alarm, on a metric, a query, or a sum of metrics.
type Alarm struct {
	page  Page
	of    string // what it is about: a domain, a queue; "" for the stage
	says  string // what has happened, a sentence
	above float64
	// within is the time over which figures are taken together; of the last periods such times, breaching ones must be above.
	within             time.Duration
	breaching, periods int
	missing            missing

	metric *metric
	query  string
	sum    string            // expression over parts
	parts  map[string]metric // by id
}

// name is the alarm's physical name.
func (a Alarm) name(prefix string) string {
	parts := []string{prefix, string(a.page)}
	if a.of != "" {
		parts = []string{prefix, a.of, string(a.page)}
	}
	return strings.Join(parts, "-")
}

// describe is what whoever is woken reads first.
func (s Stage) describe(says string, page Page) *string {
	return jsii.String(says + " Runbook: " + s.Runbooks + page.path())
}

// alarm makes an alarm that tells the topic of its coming and its going.
func (s Stage) alarm(scope constructs.Construct, a Alarm) awscloudwatch.CfnAlarm {
	topic := &[]any{s.topic(awscdk.Stack_Of(scope))}
	p := &awscloudwatch.CfnAlarmProps{AlarmName: jsii.String(a.name(s.Prefix)), AlarmDescription: s.describe(a.says, a.page),
		AlarmActions: topic, OkActions: topic, ComparisonOperator: jsii.String("GreaterThanThreshold"), Threshold: jsii.Number(a.above),
		EvaluationPeriods: jsii.Number(a.periods), DatapointsToAlarm: jsii.Number(a.breaching), TreatMissingData: jsii.String(string(a.missing))}
	seconds := jsii.Number(a.within.Seconds())
	switch {
	case a.metric != nil:
		p.Namespace, p.MetricName, p.Period, p.Dimensions = jsii.String(a.metric.namespace), jsii.String(a.metric.name), seconds, a.metric.cfnDimensions()
		if strings.HasPrefix(a.metric.statistic, "p") {
			p.ExtendedStatistic = jsii.String(a.metric.statistic)
		} else {
			p.Statistic = jsii.String(a.metric.statistic)
		}
	case a.query != "":
		p.Metrics = &[]any{&awscloudwatch.CfnAlarm_MetricDataQueryProperty{Id: jsii.String("query"), Expression: jsii.String(a.query), Period: seconds, ReturnData: true}}
	default:
		p.Metrics = a.terms(seconds)
	}
	return awscloudwatch.NewCfnAlarm(scope, jsii.String(construct.LogicalName(string(a.page)+"-"+a.of)+"Alarm"), p)
}

func (m metric) cfnDimensions() *[]any {
	out := make([]any, 0, len(m.dimensions))
	for _, d := range m.dimensions {
		out = append(out, &awscloudwatch.CfnAlarm_DimensionProperty{Name: jsii.String(d.name), Value: d.value})
	}
	return &out
}

func (a Alarm) terms(seconds *float64) *[]any {
	out := []any{&awscloudwatch.CfnAlarm_MetricDataQueryProperty{Id: jsii.String("sum"), Expression: jsii.String(a.sum), ReturnData: true}}
	for _, id := range sortedKeys(a.parts) {
		m := a.parts[id]
		out = append(out, &awscloudwatch.CfnAlarm_MetricDataQueryProperty{Id: jsii.String(id), ReturnData: false, MetricStat: &awscloudwatch.CfnAlarm_MetricStatProperty{
			Period: seconds, Stat: jsii.String(m.statistic), Metric: &awscloudwatch.CfnAlarm_MetricProperty{Namespace: jsii.String(m.namespace), MetricName: jsii.String(m.name),
				Dimensions: m.cfnDimensions()}}})
	}
	return &out
}
