package watch

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsbudgets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
)

const (
	budgetForecastPercent = 100
	budgetActualPercent   = 80
)

// RollbackAlarms are the alarms that speak against a deployment of a domain, by name: an operator hands them to CloudFormation
// as rollback triggers, of which it takes five.
func (s Stage) RollbackAlarms(domain string) []string {
	var out []string
	for _, a := range []Alarm{{page: OperationErrors, of: domain}, {page: APIErrors, of: domain}, {page: APILatency, of: domain}, {page: FunctionErrors}} {
		out = append(out, a.name(s.Prefix))
	}
	return out
}

// impaired is the alarm of alarms: it stands for what people notice, and so is the one that a pager listens to.
func (s Stage) impaired(stack awscdk.Stack) {
	var causes []string
	for _, d := range s.Domains {
		if d.API == nil {
			continue
		}
		for _, p := range []Page{APIErrors, APILatency} {
			causes = append(causes, `ALARM("`+Alarm{page: p, of: d.Name}.name(s.Prefix)+`")`)
		}
	}
	if s.About != nil {
		causes = append(causes, `ALARM("`+Alarm{page: HealthErrors}.name(s.Prefix)+`")`)
	}
	if len(causes) == 0 {
		return
	}
	topic := &[]any{s.topic(stack)}
	a := awscloudwatch.NewCfnCompositeAlarm(stack, jsii.String("ServiceImpairedAlarm"), &awscloudwatch.CfnCompositeAlarmProps{
		AlarmName: jsii.String(Alarm{page: ServiceImpaired}.name(s.Prefix)), AlarmDescription: s.describe("People notice: a domain fails or is slow, or the system is not well.", ServiceImpaired),
		AlarmActions: topic, OkActions: topic, AlarmRule: jsii.String(strings.Join(causes, " OR "))})
	for _, child := range *stack.Node().Children() {
		if alarm, ok := child.(awscloudwatch.CfnAlarm); ok {
			a.AddResourceDependency(alarm, jsii.String("it asks for it"))
		}
	}
}

// budget tells of spending that goes beyond what was meant: as soon as it is foreseen, and again when most of it is spent. It
// is about the whole account, which holds one stage: a budget by tags would miss what cannot be tagged.
func (s Stage) budget(stack awscdk.Stack) {
	if s.BudgetUSD == 0 {
		return
	}
	notify := func(kind string, percent float64) *awsbudgets.CfnBudget_NotificationWithSubscribersProperty {
		return &awsbudgets.CfnBudget_NotificationWithSubscribersProperty{
			Notification: &awsbudgets.CfnBudget_NotificationProperty{NotificationType: jsii.String(kind), ComparisonOperator: jsii.String("GREATER_THAN"),
				Threshold: jsii.Number(percent), ThresholdType: jsii.String("PERCENTAGE")},
			Subscribers: &[]any{&awsbudgets.CfnBudget_SubscriberProperty{SubscriptionType: jsii.String("SNS"), Address: s.topic(stack)}}}
	}
	awsbudgets.NewCfnBudget(stack, jsii.String("Budget"), &awsbudgets.CfnBudgetProps{
		Budget: &awsbudgets.CfnBudget_BudgetDataProperty{BudgetName: jsii.String(Alarm{page: Budget}.name(s.Prefix)), BudgetType: jsii.String("COST"), TimeUnit: jsii.String("MONTHLY"),
			BudgetLimit: &awsbudgets.CfnBudget_SpendProperty{Amount: jsii.Number(s.BudgetUSD), Unit: jsii.String("USD")}},
		NotificationsWithSubscribers: &[]any{notify("FORECASTED", budgetForecastPercent), notify("ACTUAL", budgetActualPercent)}})
}

// searches are the questions that the runbooks ask of the logs. Whoever asks picks the log groups, by the prefix
// /aws/lambda/<prefix>-<domain>-, or the one of the operation that an alarm named.
func (s Stage) searches(stack awscdk.Stack) {
	for _, q := range []struct{ name, text string }{
		{"failures", "fields @timestamp, operation, request, code, cause, @message | filter level = \"ERROR\" or @message like /panic|Task timed out|Runtime exited/ | sort @timestamp desc | limit 100"},
		{"refusals", "filter ispresent(code) and ispresent(Latency) | stats count() as refusals by operation, status, code | sort refusals desc"},
		{"latency", "filter ispresent(Latency) | stats count() as calls, pct(Latency, 50) as p50, pct(Latency, 99) as p99, max(Latency) as worst, max(TimeUsed) as percentOfLimit by operation | sort p99 desc"},
		{"cold-starts", "filter ColdStarts = 1 | stats count() as coldStarts by operation, bin(1h) | sort coldStarts desc"},
		{"store", "filter ispresent(StoreCalls) | stats sum(StoreCalls) as calls, sum(StoreRetries) as retries, sum(ReadUnits) as reads, sum(WriteUnits) as writes, sum(Conflicts) as conflicts by operation | sort writes desc"},
		{"one-request", "fields @timestamp, @message | filter request = \"REQUEST-ID\" | sort @timestamp asc"},
	} {
		awslogs.NewCfnQueryDefinition(stack, jsii.String(construct.LogicalName(q.name)+"Search"), &awslogs.CfnQueryDefinitionProps{
			Name: jsii.String(s.Prefix + "/" + q.name), QueryString: jsii.String(q.text)})
	}
}
