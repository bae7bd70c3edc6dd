package construct

import (
	"fmt"
	"maps"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"backoffice/internal/config"
	"backoffice/internal/host/lambdahost"
	"backoffice/internal/host/lambdahost/claim"
	"backoffice/internal/op"
)

const (
	functionNameCharsMax = 64
	// answerGrace is how much longer than its operation a function may take, so that it can still say that time ran out.
	answerGrace = 3 * time.Second
	// gatewayTimeoutMax is what an HTTP API waits for an answer; it cannot be raised.
	gatewayTimeoutMax = 30 * time.Second
	lambdaTimeoutMax  = 15 * time.Minute
)

// CheckLimits refuses a spec that Lambda or API Gateway would refuse.
func CheckLimits(spec *op.Spec, prefix string) error {
	if name := functionName(prefix, spec); len(name) > functionNameCharsMax {
		return fmt.Errorf("operation %s: its function's name %s is longer than %d characters", spec.ID, name, functionNameCharsMax)
	}
	if spec.Every%time.Minute != 0 || spec.Every > 0 && spec.Kind != op.Job {
		return fmt.Errorf("operation %s: only a job is scheduled, and by whole minutes, not every %s", spec.ID, spec.Every)
	}
	limit := lambdaTimeoutMax
	if spec.HTTP() {
		limit = gatewayTimeoutMax
	}
	if spec.TimeLimit()+answerGrace > limit {
		return fmt.Errorf("operation %s may take %s: with %s to answer that is over %s", spec.ID, spec.TimeLimit(), answerGrace, limit)
	}
	return nil
}

func functionName(prefix string, spec *op.Spec) string {
	return prefix + "-" + spec.Domain() + "-" + spec.Name()
}

// OperationProps are what an operation needs of its surroundings.
type OperationProps struct {
	Prefix      string // of physical names
	Tables      string // prefix of the tables' names
	Code        Code
	Arch        string
	LogDays     int
	Environment map[string]*string
	API         *string // id of the domain's HTTP API; nil for an operation that has no route
	Authorizer  *string // id of its JWT authorizer
	Bucket      *string // name of the bucket for files; nil where no operation has to do with them
	Stream      *string // ARN of the stream of the domain's table
	DeadLetters *string // ARN of the queue for what could not be delivered
	FieldKey    *string // ARN of the key of encrypted fields; nil where no operation has any
	RootsBucket *string // name of the bucket for audit roots; nil where no operation has to do with them, as the next
	RootKey     *string // ARN of the key that signs them
	Reserved    int     // executions at once that a function has to itself which no request calls; 0 for none
}

// Operation makes one operation's resources: role, log, function, and what calls it. For a command or query that is a route,
// its integration and the API's right to invoke, six resources in all, of the 500 that a stack may have; for a task that takes
// up acts, the table's stream; for a job, its schedule; for a subscriber, a queue that a rule of the bus fills.
func Operation(scope constructs.Construct, spec *op.Spec, p OperationProps) error {
	id, stack := LogicalName(spec.Name()), awscdk.Stack_Of(scope)
	more := grants(stack, p.Tables, spec.AllAccess())
	fed := spec.Kind == op.Task && lambdahost.TakesUp(spec)
	if lambdahost.Publishes(spec) {
		more = append(more, publishGrant(stack, p.Prefix))
	}
	if len(spec.Files) > 0 {
		more = append(more, fileGrants(stack, p.Bucket, spec.Files)...)
	}
	if spec.Seals != 0 {
		more = append(more, sealGrant(p.FieldKey, spec.Seals))
	}
	if spec.Roots != 0 {
		more = append(more, rootGrants(stack, p, spec.Roots)...)
	}
	if fed {
		more = append(more, streamGrants(p.Stream, p.DeadLetters)...)
	}
	scheduled := spec.Kind == op.Job && spec.Every > 0
	if scheduled {
		more = append(more, putAsideGrant(p.DeadLetters))
	}
	var in inbox
	if spec.Kind == op.Subscriber {
		in = newInbox(scope, id, spec.TimeLimit()+answerGrace)
		more = append(more, receiveGrant(in.queue))
	}
	f, err := Function(scope, id, FunctionProps{Name: functionName(p.Prefix, spec), Description: spec.Summary, Set: spec.Domain(), Main: spec.Name(),
		Code: p.Code, Arch: p.Arch, MemoryMB: spec.MemorySize(), DiskMB: spec.DiskSize(), Timeout: spec.TimeLimit() + answerGrace, Environment: p.environment(spec),
		LogDays: p.LogDays, Reserved: p.reserved(spec), Grants: more})
	switch {
	case err != nil:
		return fmt.Errorf("operation %s: %w", spec.ID, err)
	case spec.HTTP():
		route(scope, id, spec, p, f)
	case fed:
		feed(scope, id, p, f)
	case spec.Kind == op.Subscriber:
		subscribe(scope, id, spec, p, in, f)
	case scheduled:
		schedule(scope, id, spec, p, f)
	}
	return nil
}

// reserved keeps executions for what streams, queues and state machines call. A job is called once in minutes.
func (p OperationProps) reserved(spec *op.Spec) int {
	if spec.Kind == op.Task || spec.Kind == op.Subscriber {
		return p.Reserved
	}
	return 0
}

// environment is what every function knows, and what those alone know that have to do with files, encrypted fields or audit
// roots.
func (p OperationProps) environment(spec *op.Spec) map[string]*string {
	more := maps.Clone(p.Environment)
	if len(spec.Files) > 0 {
		more[config.EnvBucket] = p.Bucket
	}
	if spec.Seals != 0 {
		more[config.EnvFieldKey] = p.FieldKey
	}
	if spec.Roots != 0 {
		more[config.EnvAuditBucket], more[config.EnvAuditKey] = p.RootsBucket, p.RootKey
	}
	return more
}

func route(scope constructs.Construct, id string, spec *op.Spec, p OperationProps, f awslambda.CfnFunction) {
	integration := awsapigatewayv2.NewCfnIntegration(scope, jsii.String(id+"Integration"), &awsapigatewayv2.CfnIntegrationProps{ApiId: p.API,
		IntegrationType: jsii.String("AWS_PROXY"), IntegrationUri: f.AttrArn(), PayloadFormatVersion: jsii.String("2.0")})
	props := &awsapigatewayv2.CfnRouteProps{ApiId: p.API, RouteKey: jsii.String(spec.Route), OperationName: jsii.String(spec.Name()),
		Target: awscdk.Fn_Join(jsii.String("/"), &[]*string{jsii.String("integrations"), integration.Ref()})}
	if spec.Public == "" {
		props.AuthorizationType, props.AuthorizerId = jsii.String("JWT"), p.Authorizer
		props.AuthorizationScopes = &[]*string{jsii.String(claim.ScopePrefix + spec.Domain())}
	} else {
		props.AuthorizationType = jsii.String("NONE")
	}
	awsapigatewayv2.NewCfnRoute(scope, jsii.String(id+"Route"), props)
	source := awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{Service: jsii.String("execute-api"), Resource: p.API,
		ResourceName: jsii.String("*/" + spec.Method() + spec.Path())})
	awslambda.NewCfnPermission(scope, jsii.String(id+"Permission"), &awslambda.CfnPermissionProps{Action: jsii.String("lambda:InvokeFunction"),
		FunctionName: f.Ref(), Principal: jsii.String("apigateway.amazonaws.com"), SourceArn: source})
}
