package stacks

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
	"backoffice/internal/host/lambdahost/claim"
	"backoffice/internal/platform/platformdb"
)

const (
	usersMemoryMB  = 256
	usersTimeout   = 30 * time.Second
	usersBatchMax  = 10
	usersRetryMax  = 5
	usersAgeHours  = 12
	usersBatchSecs = 0
)

// userSync has the platform's table tell the pool of its users: whoever is made a user is invited to the pool, whoever is
// disabled is signed out of it for good. It follows the table's stream, so no user can be made without it.
func userSync(app awscdk.App, s Settings, identity awscdk.Stack) error {
	if s.Stage.Issuer != "" {
		return nil
	}
	stack := s.newStack(app, "users", "Keeps the user pool's users as the platform's")
	stack.AddStackDependency(identity, jsii.String("it reads named values"))
	platform := app.Node().FindChild(jsii.String(s.Prefix() + "-" + platformTable))
	stack.AddStackDependency(awscdk.Stack_Of(platform), jsii.String("it follows the stream of its table"))
	pool, stream := read(stack, "Pool", s.parameter("pool")), read(stack, "Stream", s.parameter(platformTable, "stream"))
	letters := construct.DeadLetters(stack).AttrArn()
	arn := stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("cognito-idp"), Resource: jsii.String("userpool"), ResourceName: pool})
	f, err := construct.Function(stack, "Users", construct.FunctionProps{Name: s.Prefix() + "-users", Description: "Keeps the user pool's users as the platform's",
		Set: "trigger", Main: "users", Code: s.Code, Arch: s.Arch, MemoryMB: usersMemoryMB, Timeout: usersTimeout, LogDays: s.Stage.LogDays,
		Environment: map[string]*string{claim.EnvPool: pool}, Grants: []construct.Statement{
			construct.Allow([]string{"cognito-idp:AdminCreateUser", "cognito-idp:AdminDisableUser", "cognito-idp:AdminEnableUser", "cognito-idp:AdminGetUser", "cognito-idp:AdminUserGlobalSignOut"}, arn),
			construct.Allow([]string{"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"}, stream),
			construct.Allow([]string{"sqs:SendMessage"}, letters)}})
	if err != nil {
		return err
	}
	awslambda.NewCfnEventSourceMapping(stack, jsii.String("UsersStream"), &awslambda.CfnEventSourceMappingProps{FunctionName: f.Ref(), EventSourceArn: stream,
		StartingPosition: jsii.String("TRIM_HORIZON"), BatchSize: jsii.Number(usersBatchMax), MaximumBatchingWindowInSeconds: jsii.Number(usersBatchSecs),
		BisectBatchOnFunctionError: jsii.Bool(true), MaximumRetryAttempts: jsii.Number(usersRetryMax),
		MaximumRecordAgeInSeconds: jsii.Number((usersAgeHours * time.Hour).Seconds()), FunctionResponseTypes: jsii.Strings("ReportBatchItemFailures"),
		DestinationConfig: &awslambda.CfnEventSourceMapping_DestinationConfigProperty{OnFailure: &awslambda.CfnEventSourceMapping_OnFailureProperty{Destination: letters}},
		FilterCriteria: &awslambda.CfnEventSourceMapping_FilterCriteriaProperty{Filters: &[]*awslambda.CfnEventSourceMapping_FilterProperty{{
			Pattern: jsii.String(platformdb.UserImageFilter)}}}})
	return nil
}
