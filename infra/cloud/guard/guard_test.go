package guard_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/guard"
)

const (
	function = "AWS::Lambda::Function"
	machine  = "AWS::StepFunctions::StateMachine"
	table    = "AWS::DynamoDB::Table"
	bucket   = "AWS::S3::Bucket"
	queue    = "AWS::SQS::Queue"
	topic    = "AWS::SNS::Topic"
	mapping  = "AWS::Lambda::EventSourceMapping"
	alarm    = "AWS::CloudWatch::Alarm"
	route    = "AWS::ApiGatewayV2::Route"
	calls    = "AWS::Lambda::EventInvokeConfig"
)

// breach is a construct that breaks one rule, and what must be said of it.
type breach struct {
	make maker
	want string // stack/resource: rule: beginning of the finding
}

// breaches has at least one case for each rule.
func breaches() map[string]breach {
	return map[string]breach{
		"function without tracing":      {resource("F", function, with(soundFunction, properties{"TracingConfig": nil})), "stack/F: tracing: "},
		"machine without tracing":       {resource("M", machine, with(soundMachine, properties{"TracingConfiguration": nil})), "stack/M: tracing: "},
		"log without retention":         {resource("Log", "AWS::Logs::LogGroup", nil), "stack/Log: log-retention: its entries never expire"},
		"function without log":          {resource("F", function, with(soundFunction, properties{"LoggingConfig": nil})), "stack/F: log-retention: "},
		"machine without log":           {resource("M", machine, with(soundMachine, properties{"LoggingConfiguration": properties{"Level": "OFF", "Destinations": []any{"d"}}})), "stack/M: logging: "},
		"API without access log":        {resource("S", "AWS::ApiGatewayV2::Stage", nil), "stack/S: logging: "},
		"function slower than its API":  {both(resource("F", function, with(soundFunction, properties{"Timeout": 30})), resource("I", "AWS::ApiGatewayV2::Integration", properties{"IntegrationUri": arnOf("F")})), "stack/I: timeout: its function may take 30 s"},
		"queue without owner":           {func(s awscdk.Stack) { awssqs.NewCfnQueue(s, jsii.String("Q"), nil) }, "stack/Q: owner: "},
		"alarm nobody hears":            {resource("A", alarm, with(soundAlarm, properties{"AlarmActions": nil})), "stack/A: alarm-action: "},
		"alarm switched off":            {resource("A", alarm, with(soundAlarm, properties{"ActionsEnabled": false})), "stack/A: alarm-action: "},
		"alarm without page":            {resource("A", alarm, with(soundAlarm, properties{"AlarmDescription": "Look into it"})), "stack/A: alarm-runbook: "},
		"table without recovery":        {kept("T", table, with(soundTable, properties{"PointInTimeRecoverySpecification": nil})), "stack/T: recovery: "},
		"table without encryption":      {kept("T", table, with(soundTable, properties{"SSESpecification": nil})), "stack/T: encryption: "},
		"bucket without encryption":     {kept("B", bucket, with(soundBucket, properties{"BucketEncryption": nil})), "stack/B: encryption: "},
		"queue without encryption":      {resource("Q", queue, properties{"RedrivePolicy": properties{"deadLetterTargetArn": "arn"}}), "stack/Q: encryption: "},
		"topic without encryption":      {both(resource("P", topic, nil), tlsOnly("AWS::SNS::TopicPolicy", "Topics", "P")), "stack/P: encryption: "},
		"table beside a key":            {both(kept("K", "AWS::KMS::Key", soundKey), kept("T", table, soundTable)), "stack/T: customer-key: "},
		"bucket beside a key":           {both(kept("K", "AWS::KMS::Key", soundKey), kept("B", bucket, soundBucket)), "stack/B: customer-key: "},
		"key that is never rotated":     {kept("K", "AWS::KMS::Key", with(soundKey, properties{"EnableKeyRotation": nil})), "stack/K: key-rotation: "},
		"table that goes":               {resource("T", table, soundTable), "stack/T: retain: "},
		"secret that goes":              {resource("S", "AWS::SecretsManager::Secret", nil), "stack/S: retain: "},
		"table that can be deleted":     {kept("T", table, with(soundTable, properties{"DeletionProtectionEnabled": false})), "stack/T: deletion-protection: "},
		"pool that can be deleted":      {kept("U", "AWS::Cognito::UserPool", nil), "stack/U: deletion-protection: "},
		"public bucket":                 {kept("B", bucket, with(soundBucket, properties{"PublicAccessBlockConfiguration": properties{"BlockPublicAcls": true}})), "stack/B: public-bucket: "},
		"bucket with a public list":     {kept("B", bucket, with(soundBucket, properties{"AccessControl": "PublicRead"})), "stack/B: public-bucket: "},
		"bucket without TLS":            {kept("B", bucket, soundBucket), "stack/B: tls-only: "},
		"topic without TLS":             {resource("P", topic, properties{"KmsMasterKeyId": "k"}), "stack/P: tls-only: "},
		"action wildcard":               {role("dynamodb:*", "arn:aws:dynamodb:eu-west-2:1:table/t"), "stack/Role: wildcard: action dynamodb:*"},
		"resource wildcard":             {role("dynamodb:GetItem", "*"), "stack/Role: wildcard: resource * for dynamodb:GetItem"},
		"all but something":             {resource("P", "AWS::IAM::Policy", properties{"PolicyDocument": properties{"Statement": properties{"Effect": "Allow", "NotAction": "iam:PassRole", "Resource": "r"}}}), "stack/P: wildcard: all but"},
		"managed policy":                {resource("R", "AWS::IAM::Role", properties{"ManagedPolicyArns": []any{"arn"}}), "stack/R: managed-policy: "},
		"queue open to everybody":       {resource("P", "AWS::SQS::QueuePolicy", properties{"PolicyDocument": properties{"Statement": []any{properties{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage"}}}}), "stack/P: open-policy: everybody may sqs:SendMessage"},
		"service on behalf of anyone":   {resource("P", "AWS::Lambda::Permission", properties{"Principal": "apigateway.amazonaws.com"}), "stack/P: source: "},
		"route open to all":             {resource("R", route, with(soundRoute, properties{"AuthorizationType": "NONE"})), "stack/R: token: GET /a is open to all"},
		"route without a scope":         {resource("R", route, with(soundRoute, properties{"AuthorizationScopes": nil})), "stack/R: scope: GET /a asks for no scope"},
		"edge without firewall":         {resource("D", "AWS::CloudFront::Distribution", nil), "stack/D: edge: "},
		"stream without failure queue":  {resource("M", mapping, with(soundMapping, properties{"DestinationConfig": nil})), "stack/M: dead-letters: "},
		"stream that retries for ever":  {resource("M", mapping, with(soundMapping, properties{"MaximumRetryAttempts": nil})), "stack/M: bounded-retries: "},
		"batch that fails as a whole":   {resource("M", mapping, with(soundMapping, properties{"FunctionResponseTypes": nil})), "stack/M: partial-batch: "},
		"queue without dead letters":    {resource("Q", queue, properties{"SqsManagedSseEnabled": true}), "stack/Q: dead-letters: "},
		"mapping of such a queue":       {both(resource("Q", queue, nil), resource("M", mapping, with(soundMapping, properties{"StartingPosition": nil, "EventSourceArn": arnOf("Q")}))), "stack/M: dead-letters: "},
		"rule's target":                 {resource("R", "AWS::Events::Rule", properties{"Targets": []any{properties{"Id": "queue"}}}), "stack/R: dead-letters: what it cannot deliver to queue is lost"},
		"schedule":                      {resource("S", "AWS::Scheduler::Schedule", nil), "stack/S: dead-letters: "},
		"subscription":                  {resource("S", "AWS::SNS::Subscription", properties{"Protocol": "lambda"}), "stack/S: dead-letters: "},
		"asynchronous calls":            {resource("C", calls, with(soundCalls, properties{"DestinationConfig": nil})), "stack/C: dead-letters: "},
		"calls tried again for ever":    {resource("C", calls, with(soundCalls, properties{"MaximumEventAgeInSeconds": nil})), "stack/C: bounded-retries: "},
		"function called by a schedule": {both(resource("F", function, soundFunction), scheduleOf(arnOf("F"), soundAim)), "stack/S: dead-letters: what F fails at is lost"},
		"function called by a rule":     {both(resource("F", function, soundFunction), ruleOf(arnOf("F"))), "stack/R: dead-letters: what F fails at is lost"},
		"another stack's function":      {scheduleOf("arn:aws:lambda:eu-west-2:1:function:f", soundAim), "stack/S: dead-letters: it calls a function of another stack"},
		"schedule that retries at will": {scheduleOf("arn", with(soundAim, properties{"RetryPolicy": nil})), "stack/S: bounded-retries: "},
		"secret that stays":             {kept("S", "AWS::SecretsManager::Secret", nil), "stack/S: make-anew: "},
		"table that rolls back":         {standing("T", table, soundTable), "stack/T: retain: "},
		"metric that WAF keeps":         {resource("W", "AWS::WAFv2::WebACL", properties{"Rules": []any{properties{"VisibilityConfig": properties{"MetricName": "All"}}}}), "stack/W: metric-name: WAF takes no metric of the name All"},
		"metric that WAF cannot read":   {resource("W", "AWS::WAFv2::WebACL", properties{"VisibilityConfig": properties{"MetricName": "of the web ACL"}}), "stack/W: metric-name: "},
		"variable of Lambda's":          {resource("F", function, with(soundFunction, properties{"Environment": properties{"Variables": properties{"AWS_REGION": "moon"}}})), "stack/F: environment: AWS_REGION is Lambda's own"},
		"environment too large":         {resource("F", function, with(soundFunction, properties{"Environment": properties{"Variables": properties{"LONG": strings.Repeat("x", 4093)}}})), "stack/F: environment: its environment has 4097 bytes"},
		"log of an API by its own name": {both(resource("Log", "AWS::Logs::LogGroup", properties{"LogGroupName": "/access", "RetentionInDays": 1}), resource("S", "AWS::ApiGatewayV2::Stage", properties{"AccessLogSettings": properties{"DestinationArn": arnOf("Log")}})), "stack/S: delivered-log: "},
		"log of a machine likewise": {both(resource("Log", "AWS::Logs::LogGroup", properties{"LogGroupName": "/states", "RetentionInDays": 1}),
			resource("M", machine, with(soundMachine, properties{"LoggingConfiguration": properties{"Level": "ALL", "Destinations": []any{properties{"CloudWatchLogsLogGroup": properties{"LogGroupArn": arnOf("Log")}}}}}))), "stack/M: delivered-log: "},
		"stream with three readers":     {both(resource("A", mapping, soundMapping), resource("B", mapping, soundMapping), resource("C", mapping, soundMapping)), "stack/A: stream-readers: 3 functions read the stream arn:stream, which bears 2"},
		"function called by a bus only": {both(resource("F", function, soundFunction), resource("P", "AWS::Lambda::Permission", properties{"Principal": "events.amazonaws.com", "SourceArn": "a", "FunctionName": ref("F")})), "stack/P: dead-letters: "},
	}
}

// Each violating construct fails, and is named together with its rule.
func TestEveryBreachIsNamed(t *testing.T) {
	covered := map[string]bool{}
	for name, c := range breaches() {
		rule := strings.Split(c.want, ": ")[1]
		covered[rule] = true
		t.Run(name, func(t *testing.T) {
			err := judge(t, c.make)
			if err == nil || !strings.Contains(err.Error(), "guard: "+c.want) {
				t.Errorf("breaches %v, want %q", err, c.want)
			}
		})
	}
	for _, r := range guard.Rules() {
		if !covered[r] {
			t.Errorf("no construct violates the rule %s", r)
		}
	}
}

// What keeps every rule passes: else each case above could fail for another reason than its own.
func TestWhatIsSoundPasses(t *testing.T) {
	for name, make := range map[string]maker{
		"function":        resource("F", function, soundFunction),
		"machine":         resource("M", machine, soundMachine),
		"table":           kept("T", table, soundTable),
		"table with key":  both(standing("K", "AWS::KMS::Key", soundKey), kept("T", table, with(soundTable, properties{"SSESpecification": properties{"SSEEnabled": true, "KMSMasterKeyId": ref("K")}}))),
		"bucket":          both(standing("B", bucket, soundBucket), tlsOnly("AWS::S3::BucketPolicy", "Bucket", "B")),
		"topic":           both(resource("P", topic, properties{"KmsMasterKeyId": "k"}), tlsOnly("AWS::SNS::TopicPolicy", "Topics", "P")),
		"queue":           both(resource("Q", queue, properties{"SqsManagedSseEnabled": true, "RedrivePolicy": properties{"deadLetterTargetArn": arnOf("D")}}), resource("D", queue, properties{"SqsManagedSseEnabled": true})),
		"rule's queue":    both(resource("R", "AWS::Events::Rule", properties{"Targets": []any{with(soundAim, properties{"Id": "f", "DeadLetterConfig": properties{"Arn": arnOf("D")}})}}), resource("D", queue, properties{"SqsManagedSseEnabled": true})),
		"schedule":        both(resource("F", function, soundFunction), resource("C", calls, with(soundCalls, properties{"FunctionName": ref("F")})), scheduleOf(arnOf("F"), soundAim)),
		"rule's function": both(resource("F", function, with(soundFunction, properties{"DeadLetterConfig": properties{"TargetArn": "arn"}})), ruleOf(arnOf("F"))),
		"stream":          both(resource("M", mapping, soundMapping), resource("N", mapping, soundMapping)),
		"delivered log":   both(resource("Log", "AWS::Logs::LogGroup", properties{"LogGroupName": "/aws/vendedlogs/apis/a", "RetentionInDays": 1}), resource("S", "AWS::ApiGatewayV2::Stage", properties{"AccessLogSettings": properties{"DestinationArn": arnOf("Log")}})),
		"web ACL":         resource("W", "AWS::WAFv2::WebACL", properties{"VisibilityConfig": properties{"MetricName": "backoffice-web-acl"}}),
		"environment":     resource("F", function, with(soundFunction, properties{"Environment": properties{"Variables": properties{"LONG": strings.Repeat("x", 4092)}}})),
		"alarm":           resource("A", alarm, soundAlarm),
		"route":           resource("R", route, soundRoute),
		"public route":    resource("R", route, properties{"RouteKey": "GET /public", "AuthorizationType": "NONE"}),
		"role":            role("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-2:1:table/t", properties{"Effect": "Deny", "Action": "*", "Resource": "*"}),
		"e-mail":          resource("S", "AWS::SNS::Subscription", properties{"Protocol": "email"}),
		"function in API": both(resource("F", function, soundFunction), resource("I", "AWS::ApiGatewayV2::Integration", properties{"IntegrationUri": arnOf("F")})),
		"owned": func(s awscdk.Stack) {
			awscdk.Tags_Of(s).Add(jsii.String("owner"), jsii.String("engineering"), nil)
			awssqs.NewCfnQueue(s, jsii.String("Q"), &awssqs.CfnQueueProps{SqsManagedSseEnabled: true, RedrivePolicy: properties{"deadLetterTargetArn": "arn"}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := judge(t, make); err != nil {
				t.Error(err)
			}
		})
	}
}

// A property that was overridden after the construct was made is judged as it will be deployed.
func TestOverridesAreSeen(t *testing.T) {
	err := judge(t, func(s awscdk.Stack) {
		awscdk.Tags_Of(s).Add(jsii.String("owner"), jsii.String("engineering"), nil)
		q := awssqs.NewCfnQueue(s, jsii.String("Q"), &awssqs.CfnQueueProps{SqsManagedSseEnabled: true, RedrivePolicy: properties{"deadLetterTargetArn": "arn"}})
		q.AddPropertyOverride(jsii.String("SqsManagedSseEnabled"), false)
	})
	if err == nil || !strings.Contains(err.Error(), "stack/Q: encryption") {
		t.Errorf("breaches %v", err)
	}
}

func TestASuppressionExcusesWhatItNamesAndNothingElse(t *testing.T) {
	open := role("xray:PutTraceSegments", "*")
	fits := guard.Suppression{Rule: "wildcard", At: "stack/*", Finding: `resource \* for xray:PutTraceSegments`, Because: "X-Ray has no resources"}
	if err := judge(t, open, fits); err != nil {
		t.Error(err)
	}
	for name, other := range map[string]guard.Suppression{
		"another rule":     {Rule: "managed-policy", At: fits.At, Finding: fits.Finding},
		"another resource": {Rule: fits.Rule, At: "other/*", Finding: fits.Finding},
		"another finding":  {Rule: fits.Rule, At: fits.At, Finding: `resource \* for xray`},
	} {
		err := judge(t, open, other)
		if err == nil || !strings.Contains(err.Error(), "stack/Role: wildcard") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnUnusedSuppressionIsAnError(t *testing.T) {
	err := judge(t, resource("F", function, soundFunction), guard.Suppression{Rule: "tracing", At: "stack/F", Because: "it was once off"})
	if err == nil || !strings.Contains(err.Error(), "the suppression of tracing at stack/F excuses nothing") {
		t.Error(err)
	}
}

// An exception for what this stage does not have is no error here, but it is one when no stage has a use for it.
func TestAnExceptionOfAnotherStageIsFoundOnlyWhenNoStageHasIt(t *testing.T) {
	if err := judge(t, resource("F", function, soundFunction), guard.Suppression{Rule: "tracing", At: "edge/F", Because: "only where there is an edge"}); err != nil {
		t.Error(err)
	}
	err := guard.Unused([]*guard.Guard{guard.New(nil), guard.New(nil)})
	if err == nil || strings.Count(err.Error(), "excuses nothing") != len(guard.Suppressions()) {
		t.Errorf("error %v", err)
	}
}

func TestSuppressionsHaveReasonsAndNameRules(t *testing.T) {
	for _, s := range guard.Suppressions() {
		if s.Because == "" || s.At == "" || !slices.Contains(guard.Rules(), s.Rule) {
			t.Errorf("%+v", s)
		}
	}
}
