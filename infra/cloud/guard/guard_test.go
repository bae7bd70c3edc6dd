package guard_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/cloudtest"
	"backoffice/infra/cloud/guard"
)

func TestMain(m *testing.M) { cloudtest.Main(m, "../../..") }

func role(scope constructs.Construct, action, resource string) {
	awsiam.NewCfnRole(scope, jsii.String("Role"), &awsiam.CfnRoleProps{AssumeRolePolicyDocument: map[string]any{},
		Policies: &[]*awsiam.CfnRole_PolicyProperty{{PolicyName: jsii.String("p"), PolicyDocument: map[string]any{
			"Statement": []any{map[string]any{"Effect": "Allow", "Action": []string{action}, "Resource": []string{resource}}}}}}})
}

func route(scope constructs.Construct, key string, props awsapigatewayv2.CfnRouteProps) {
	props.ApiId, props.RouteKey = jsii.String("api"), jsii.String(key)
	awsapigatewayv2.NewCfnRoute(scope, jsii.String("Route"), &props)
}

// Each breach is named with its resource; what is right or explained passes.
func TestEveryBreachIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		make func(awscdk.Stack)
		want string // "" for none
	}{
		"function without tracing": {func(s awscdk.Stack) {
			awslambda.NewCfnFunction(s, jsii.String("Function"), &awslambda.CfnFunctionProps{Role: jsii.String("r"), Code: &awslambda.CfnFunction_CodeProperty{S3Bucket: jsii.String("b"), S3Key: jsii.String("k")},
				LoggingConfig: &awslambda.CfnFunction_LoggingConfigProperty{LogGroup: jsii.String("g")}})
		}, "stack/Function: tracing is off"},
		"log without retention": {func(s awscdk.Stack) { awslogs.NewCfnLogGroup(s, jsii.String("Log"), nil) }, "stack/Log: its entries never expire"},
		"table without recovery": {func(s awscdk.Stack) {
			awsdynamodb.NewCfnTable(s, jsii.String("Table"), &awsdynamodb.CfnTableProps{KeySchema: &[]any{}, DeletionProtectionEnabled: jsii.Bool(true),
				SseSpecification: &awsdynamodb.CfnTable_SSESpecificationProperty{SseEnabled: jsii.Bool(true)}})
		}, "stack/Table: point-in-time recovery is off"},
		"open queue":        {func(s awscdk.Stack) { awssqs.NewCfnQueue(s, jsii.String("Queue"), nil) }, "stack/Queue: its messages are not encrypted"},
		"action wildcard":   {func(s awscdk.Stack) { role(s, "dynamodb:*", "arn:aws:dynamodb:eu-west-2:1:table/t") }, "the action dynamodb:* is a wildcard"},
		"resource wildcard": {func(s awscdk.Stack) { role(s, "dynamodb:GetItem", "*") }, "the resource * is a wildcard for dynamodb:GetItem"},
		"half a wildcard":   {func(s awscdk.Stack) { role(s, "logs:PutLogEvents", "arn:aws:logs:*:1:log-group:g:*") }, "is a wildcard for logs:PutLogEvents"},
		"log streams":       {func(s awscdk.Stack) { role(s, "logs:PutLogEvents", "arn:aws:logs:eu-west-2:1:log-group:g:*") }, ""},
		"traces":            {func(s awscdk.Stack) { role(s, "xray:PutTraceSegments", "*") }, ""},
		"route open to all": {func(s awscdk.Stack) {
			route(s, "GET /a", awsapigatewayv2.CfnRouteProps{AuthorizationType: jsii.String("NONE")})
		}, "GET /a is open to all"},
		"route without a scope": {func(s awscdk.Stack) {
			route(s, "GET /a", awsapigatewayv2.CfnRouteProps{AuthorizationType: jsii.String("JWT"), AuthorizerId: jsii.String("x")})
		}, "GET /a asks for no scope"},
		"public route": {func(s awscdk.Stack) {
			route(s, "GET /public", awsapigatewayv2.CfnRouteProps{AuthorizationType: jsii.String("NONE")})
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(t.TempDir())})
			c.make(awscdk.NewStack(app, jsii.String("stack"), nil))
			g := guard.New(map[string]string{"GET /public": "anyone may read it"})
			awscdk.Aspects_Of(app).Add(g, nil)
			app.Synth(nil)
			err := g.Err()
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("breaches %v, want %q", err, c.want)
			}
		})
	}
}

func TestSuppressionsHaveReasons(t *testing.T) {
	for _, s := range guard.Suppressions() {
		if s.Because == "" || len(s.Actions) == 0 {
			t.Errorf("%+v", s)
		}
	}
}
