package guard_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/cloudtest"
	"backoffice/infra/cloud/guard"
)

func TestMain(m *testing.M) { cloudtest.Main(m, "../../..") }

// properties are a resource's, by their names in a template.
type properties = map[string]any

// maker makes the resources of one case.
type maker func(awscdk.Stack)

// resource makes one resource that goes when its stack goes.
func resource(id, kind string, p properties) maker {
	return func(s awscdk.Stack) {
		awscdk.NewCfnResource(s, jsii.String(id), &awscdk.CfnResourceProps{Type: jsii.String(kind), Properties: &p})
	}
}

// kept makes one that stays.
func kept(id, kind string, p properties) maker {
	return func(s awscdk.Stack) {
		r := awscdk.NewCfnResource(s, jsii.String(id), &awscdk.CfnResourceProps{Type: jsii.String(kind), Properties: &p})
		r.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	}
}

// standing makes one that stays, unless its making is taken back.
func standing(id, kind string, p properties) maker {
	return func(s awscdk.Stack) {
		r := awscdk.NewCfnResource(s, jsii.String(id), &awscdk.CfnResourceProps{Type: jsii.String(kind), Properties: &p})
		r.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE, nil)
	}
}

func both(all ...maker) maker {
	return func(s awscdk.Stack) {
		for _, m := range all {
			m(s)
		}
	}
}

func ref(id string) properties { return properties{"Ref": id} }

func arnOf(id string) properties { return properties{"Fn::GetAtt": []any{id, "Arn"}} }

// with gives properties with some of them changed; nil takes one away.
func with(p properties, changes properties) properties {
	out := properties{}
	for k, v := range p {
		out[k] = v
	}
	for k, v := range changes {
		if out[k] = v; v == nil {
			delete(out, k)
		}
	}
	return out
}

// judge synthesises one stack and asks a guard of it.
func judge(t *testing.T, make maker, suppressions ...guard.Suppression) error {
	t.Helper()
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(t.TempDir())})
	make(awscdk.NewStack(app, jsii.String("stack"), nil))
	g := guard.With(map[string]string{"GET /public": "anyone may read it"}, suppressions)
	awscdk.Aspects_Of(app).Add(g, nil)
	return g.Judge(app.Synth(nil))
}

// The resources below are sound; each case of a breach takes one thing away.
var (
	soundFunction = properties{"TracingConfig": properties{"Mode": "Active"}, "LoggingConfig": properties{"LogGroup": "log"}, "Timeout": 28}
	soundMachine  = properties{"TracingConfiguration": properties{"Enabled": true},
		"LoggingConfiguration": properties{"Level": "ERROR", "Destinations": []any{properties{"CloudWatchLogsLogGroup": properties{"LogGroupArn": "arn"}}}}}
	soundTable = properties{"PointInTimeRecoverySpecification": properties{"PointInTimeRecoveryEnabled": true}, "DeletionProtectionEnabled": true,
		"SSESpecification": properties{"SSEEnabled": true}}
	soundBucket = properties{"PublicAccessBlockConfiguration": properties{"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true},
		"BucketEncryption": properties{"ServerSideEncryptionConfiguration": []any{properties{"ServerSideEncryptionByDefault": properties{"SSEAlgorithm": "AES256"}}}}}
	soundKey     = properties{"EnableKeyRotation": true, "KeyPolicy": properties{"Statement": []any{}}}
	soundMapping = properties{"EventSourceArn": "arn:stream", "StartingPosition": "LATEST", "MaximumRetryAttempts": 3, "FunctionResponseTypes": []any{"ReportBatchItemFailures"},
		"DestinationConfig": properties{"OnFailure": properties{"Destination": "arn"}}}
	soundCalls = properties{"FunctionName": "f", "MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60, "DestinationConfig": properties{"OnFailure": properties{"Destination": "arn"}}}
	soundAim   = properties{"DeadLetterConfig": properties{"Arn": "arn"}, "RetryPolicy": properties{"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 60}}
	soundAlarm = properties{"AlarmActions": []any{"arn"}, "AlarmDescription": "A stream is late: docs/runbooks/stream.md"}
	soundRoute = properties{"RouteKey": "GET /a", "AuthorizationType": "JWT", "AuthorizerId": "a", "AuthorizationScopes": []any{"box"}}
)

// tlsOnly is the policy that a bucket or topic needs beside itself.
func tlsOnly(kind, of, id string) maker {
	return resource(id+"Policy", kind, properties{of: ref(id), "PolicyDocument": properties{"Statement": []any{properties{"Effect": "Deny", "Principal": "*",
		"Action": "*", "Resource": "*", "Condition": properties{"Bool": properties{"aws:SecureTransport": "false"}}}}}})
}

// scheduleOf makes a schedule that calls what an ARN names; ruleOf, a rule of a bus.
func scheduleOf(arn any, aim properties) maker {
	return resource("S", "AWS::Scheduler::Schedule", properties{"Target": with(aim, properties{"Arn": arn})})
}

func ruleOf(arn any) maker {
	return resource("R", "AWS::Events::Rule", properties{"Targets": []any{with(soundAim, properties{"Id": "f", "Arn": arn})}})
}

func role(action, more string, extra ...any) maker {
	return resource("Role", "AWS::IAM::Role", properties{"Policies": []any{properties{"PolicyDocument": properties{"Statement": append([]any{
		properties{"Effect": "Allow", "Action": []any{action}, "Resource": []any{more}}}, extra...)}}}})
}
