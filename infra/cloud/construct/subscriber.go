package construct

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"backoffice/internal/op"
)

const (
	// queueVisibilityFactor is how many times a function's time-out a message stays hidden while it is worked on: room for the
	// tries of Lambda itself, so that no message is worked on twice at once.
	queueVisibilityFactor = 6
	queueReceivesMax      = 5
	queueBatchMessages    = 10
	queueConcurrencyMax   = 10
)

// inbox is the queue in which events wait for their subscriber, and the one for those that it could not take.
type inbox struct{ queue, dead awssqs.CfnQueue }

// newInbox makes a subscriber's queues.
func newInbox(scope constructs.Construct, id string, timeout time.Duration) inbox {
	dead := awssqs.NewCfnQueue(scope, jsii.String(id+"DeadLetters"), &awssqs.CfnQueueProps{SqsManagedSseEnabled: jsii.Bool(true),
		MessageRetentionPeriod: jsii.Number((deadLetterDays * 24 * time.Hour).Seconds())})
	queue := awssqs.NewCfnQueue(scope, jsii.String(id+"Queue"), &awssqs.CfnQueueProps{SqsManagedSseEnabled: jsii.Bool(true),
		VisibilityTimeout: jsii.Number((queueVisibilityFactor * timeout).Seconds()), MessageRetentionPeriod: jsii.Number((deadLetterDays * 24 * time.Hour).Seconds()),
		RedrivePolicy: map[string]any{"deadLetterTargetArn": dead.AttrArn(), "maxReceiveCount": queueReceivesMax}})
	return inbox{queue: queue, dead: dead}
}

// receiveGrant lets a function be fed by its queue.
func receiveGrant(queue awssqs.CfnQueue) statement {
	return allow([]string{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, queue.AttrArn())
}

// subscribe sends the events that an operation takes to its queue, and has the queue call the function. Of a batch only what
// failed comes again; after some tries it is kept aside.
func subscribe(scope constructs.Construct, id string, spec *op.Spec, p OperationProps, in inbox, f awslambda.CfnFunction) {
	r := rule(scope, id+"Rule", ruleProps{bus: p.Prefix, name: functionName(p.Prefix, spec), pattern: pattern(spec.On, nil),
		target: &awsevents.CfnRule_TargetProperty{Id: jsii.String("queue"), Arn: in.queue.AttrArn()}, deadLetters: in.dead.AttrArn()})
	Deliveries(scope, id+"QueuePolicy", in.queue, r.AttrArn())
	Deliveries(scope, id+"DeadLettersPolicy", in.dead, r.AttrArn())
	awslambda.NewCfnEventSourceMapping(scope, jsii.String(id+"Messages"), &awslambda.CfnEventSourceMappingProps{FunctionName: f.Ref(), EventSourceArn: in.queue.AttrArn(),
		BatchSize: jsii.Number(queueBatchMessages), FunctionResponseTypes: jsii.Strings("ReportBatchItemFailures"),
		ScalingConfig: &awslambda.CfnEventSourceMapping_ScalingConfigProperty{MaximumConcurrency: jsii.Number(queueConcurrencyMax)}})
}
