package construct

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// ruleRetriesMax and ruleEventHours bound what EventBridge does when a target does not take an event.
const (
	ruleRetriesMax = 20
	ruleEventHours = 12
)

// ruleProps say what a rule is.
type ruleProps struct {
	bus, name   string
	pattern     map[string]any
	target      *awsevents.CfnRule_TargetProperty
	deadLetters *string
}

// rule sends events of the stage's bus to one target; what the target does not take for hours is kept in a queue.
func rule(scope constructs.Construct, id string, p ruleProps) awsevents.CfnRule {
	p.target.DeadLetterConfig = &awsevents.CfnRule_DeadLetterConfigProperty{Arn: p.deadLetters}
	p.target.RetryPolicy = &awsevents.CfnRule_RetryPolicyProperty{MaximumRetryAttempts: jsii.Number(ruleRetriesMax),
		MaximumEventAgeInSeconds: jsii.Number((ruleEventHours * time.Hour).Seconds())}
	return awsevents.NewCfnRule(scope, jsii.String(id), &awsevents.CfnRuleProps{Name: jsii.String(p.name), EventBusName: jsii.String(p.bus),
		State: jsii.String("ENABLED"), EventPattern: p.pattern, Targets: &[]*awsevents.CfnRule_TargetProperty{p.target}})
}

// pattern takes events of some types, whose data have one of the values that are listed for a member.
func pattern(types []string, where map[string][]string) map[string]any {
	out := map[string]any{"detail-type": types}
	if len(where) > 0 {
		out["detail"] = map[string]any{"data": where}
	}
	return out
}

// Deliveries lets rules send to a queue.
func Deliveries(scope constructs.Construct, id string, queue awssqs.CfnQueue, rules ...*string) {
	document := policy(statement{"Sid": "Rules", "Effect": "Allow", "Principal": map[string]any{"Service": "events.amazonaws.com"},
		"Action": "sqs:SendMessage", "Resource": queue.AttrArn(), "Condition": map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": rules}}})
	awssqs.NewCfnQueuePolicy(scope, jsii.String(id), &awssqs.CfnQueuePolicyProps{Queues: &[]*string{queue.Ref()}, PolicyDocument: document})
}
