package construct

import (
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"backoffice/internal/op"
)

const (
	streamBatchRecords = 100
	// streamRecordHours bounds retries by age: after that the sweep takes up what still waits.
	streamRecordHours = 12
	deadLetterDays    = 14
	jobEventMinutes   = 60
	jobRetriesMax     = 3
	// jobTriesAgainMax is how often Lambda itself runs a call again that it has taken and failed at.
	jobTriesAgainMax = 2
)

// pendingInsert passes only the acts that leave something to take up.
const pendingInsert = `{"eventName":["INSERT"],"dynamodb":{"NewImage":{"pend":{"S":[{"exists":true}]}}}}`

// DeadLetters makes the queue for what could not be delivered.
func DeadLetters(scope constructs.Construct) awssqs.CfnQueue {
	return awssqs.NewCfnQueue(scope, jsii.String("DeadLetters"), &awssqs.CfnQueueProps{SqsManagedSseEnabled: jsii.Bool(true),
		MessageRetentionPeriod: jsii.Number((deadLetterDays * 24 * time.Hour).Seconds())})
}

// feed has a table's stream call a function. A batch that fails is halved until the bad record is alone; that one is retried
// for hours and then put aside, while the acts it tells of stay marked and are swept up.
func feed(scope constructs.Construct, id string, p OperationProps, f awslambda.CfnFunction) {
	awslambda.NewCfnEventSourceMapping(scope, jsii.String(id+"Stream"), &awslambda.CfnEventSourceMappingProps{FunctionName: f.Ref(), EventSourceArn: p.Stream,
		StartingPosition: jsii.String("TRIM_HORIZON"), BatchSize: jsii.Number(streamBatchRecords), BisectBatchOnFunctionError: jsii.Bool(true),
		MaximumRecordAgeInSeconds: jsii.Number((streamRecordHours * time.Hour).Seconds()), FunctionResponseTypes: jsii.Strings("ReportBatchItemFailures"),
		DestinationConfig: &awslambda.CfnEventSourceMapping_DestinationConfigProperty{OnFailure: &awslambda.CfnEventSourceMapping_OnFailureProperty{Destination: p.DeadLetters}},
		FilterCriteria: &awslambda.CfnEventSourceMapping_FilterCriteriaProperty{Filters: &[]*awslambda.CfnEventSourceMapping_FilterProperty{{
			Pattern: jsii.String(pendingInsert)}}}})
}

// schedule has EventBridge Scheduler call a job again and again. The scheduler's retries end when Lambda takes the call, and it
// waits for no answer; what becomes of a call that the function fails at stands apart.
func schedule(scope constructs.Construct, id string, spec *op.Spec, p OperationProps, f awslambda.CfnFunction) {
	trust := policy(statement{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": "scheduler.amazonaws.com"}})
	may := policy(allow([]string{"lambda:InvokeFunction"}, f.AttrArn()), allow([]string{"sqs:SendMessage"}, p.DeadLetters))
	role := awsiam.NewCfnRole(scope, jsii.String(id+"ScheduleRole"), &awsiam.CfnRoleProps{AssumeRolePolicyDocument: trust,
		Policies: &[]*awsiam.CfnRole_PolicyProperty{{PolicyName: jsii.String("schedule"), PolicyDocument: may}}})
	awsscheduler.NewCfnSchedule(scope, jsii.String(id+"Schedule"), &awsscheduler.CfnScheduleProps{Name: jsii.String(functionName(p.Prefix, spec)),
		ScheduleExpression: jsii.String(rate(spec.Every)), FlexibleTimeWindow: &awsscheduler.CfnSchedule_FlexibleTimeWindowProperty{Mode: jsii.String("OFF")},
		Target: &awsscheduler.CfnSchedule_TargetProperty{Arn: f.AttrArn(), RoleArn: role.AttrArn(),
			Input:            jsii.String(`{"tenant":"","key":"<aws.scheduler.execution-id>"}`),
			DeadLetterConfig: &awsscheduler.CfnSchedule_DeadLetterConfigProperty{Arn: p.DeadLetters},
			RetryPolicy: &awsscheduler.CfnSchedule_RetryPolicyProperty{MaximumRetryAttempts: jsii.Number(jobRetriesMax),
				MaximumEventAgeInSeconds: jsii.Number((jobEventMinutes * time.Minute).Seconds())}}})
	awslambda.NewCfnEventInvokeConfig(scope, jsii.String(id+"Calls"), &awslambda.CfnEventInvokeConfigProps{FunctionName: f.Ref(), Qualifier: jsii.String("$LATEST"),
		MaximumRetryAttempts: jsii.Number(jobTriesAgainMax), MaximumEventAgeInSeconds: jsii.Number((jobEventMinutes * time.Minute).Seconds()),
		DestinationConfig: &awslambda.CfnEventInvokeConfig_DestinationConfigProperty{OnFailure: &awslambda.CfnEventInvokeConfig_OnFailureProperty{Destination: p.DeadLetters}}})
}

// rate renders a period of whole minutes as a rate expression.
func rate(every time.Duration) string {
	minutes := int(every / time.Minute)
	if minutes == 1 {
		return "rate(1 minute)"
	}
	return fmt.Sprintf("rate(%d minutes)", minutes)
}
