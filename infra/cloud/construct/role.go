package construct

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"backoffice/internal/op"
)

// document is an IAM policy document as CloudFormation takes it.
type document map[string]any

type statement map[string]any

func allow(actions []string, resources ...*string) statement {
	return statement{"Effect": "Allow", "Action": actions, "Resource": resources}
}

func policy(statements ...statement) document {
	return document{"Version": "2012-10-17", "Statement": statements}
}

// lambdaTrust lets Lambda take on a role.
func lambdaTrust() document {
	return policy(statement{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": "lambda.amazonaws.com"}})
}

// Role makes the role of one function: its log, its traces, and exactly what its operation declares.
func Role(scope constructs.Construct, id, logGroup string, more ...statement) awsiam.CfnRole {
	stack := awscdk.Stack_Of(scope)
	statements := []statement{
		allow([]string{"logs:CreateLogStream", "logs:PutLogEvents"}, arn(stack, "logs", "log-group:"+logGroup+":*")),
		allow([]string{"xray:PutTelemetryRecords", "xray:PutTraceSegments"}, jsii.String("*")),
	}
	return awsiam.NewCfnRole(scope, jsii.String(id), &awsiam.CfnRoleProps{AssumeRolePolicyDocument: lambdaTrust(),
		Policies: &[]*awsiam.CfnRole_PolicyProperty{{PolicyName: jsii.String("operation"), PolicyDocument: policy(append(statements, more...)...)}}})
}

func arn(stack awscdk.Stack, service, resource string) *string {
	return stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String(service), Resource: jsii.String(resource), ArnFormat: awscdk.ArnFormat_NO_RESOURCE_NAME})
}

// iamActions are the IAM actions that each of the store kit's actions needs. A transaction needs those of its parts.
var iamActions = []struct {
	do      op.Action
	actions []string
}{
	{op.Get, []string{"dynamodb:BatchGetItem", "dynamodb:GetItem"}},
	{op.List, []string{"dynamodb:Query"}},
	{op.Put, []string{"dynamodb:PutItem"}},
	{op.Update, []string{"dynamodb:UpdateItem"}},
	{op.Delete, []string{"dynamodb:DeleteItem"}},
	{op.Check, []string{"dynamodb:ConditionCheckItem"}},
}

// grants are the statements for an operation's declared access. They go no finer than a table: dynamodb:LeadingKeys would have
// to name the tenant, whom only the token knows; the store kit holds every key to the caller's tenant instead.
func grants(stack awscdk.Stack, tables string, access []op.Access) []statement {
	var out []statement
	for _, a := range access {
		table := "table/" + tables + "-" + a.Table
		var actions []string
		for _, m := range iamActions {
			if a.Do&m.do != 0 {
				actions = append(actions, m.actions...)
			}
		}
		if len(actions) > 0 {
			out = append(out, allow(actions, arn(stack, "dynamodb", table)))
		}
		if a.Indexes == "" {
			continue
		}
		var resources []*string
		for index := range strings.SplitSeq(a.Indexes, ",") {
			resources = append(resources, arn(stack, "dynamodb", table+"/index/"+index))
		}
		out = append(out, allow(indexActions(a.Do), resources...))
	}
	return out
}

// indexActions are what a role may do to the indexes that its operation names. A sweep scans the index, never the table.
func indexActions(do op.Action) []string {
	var out []string
	if do&op.List != 0 {
		out = append(out, "dynamodb:Query")
	}
	if do&op.Sweep != 0 {
		out = append(out, "dynamodb:Scan")
	}
	return out
}

// fileActions are the S3 actions that each of the files port's actions needs.
var fileActions = []struct {
	do     op.FileAction
	action string
}{{op.FileRead, "s3:GetObject"}, {op.FileWrite, "s3:PutObject"}, {op.FileDelete, "s3:DeleteObject"}}

// fileGrants are the statements for the folders of files that an operation declares. They go no finer than a folder: the tenant
// comes after it in a file's key, and the files port holds every key to the caller's.
func fileGrants(stack awscdk.Stack, bucket *string, access []op.FileAccess) []statement {
	var out []statement
	for _, a := range access {
		var actions []string
		for _, m := range fileActions {
			if a.Do&m.do != 0 {
				actions = append(actions, m.action)
			}
		}
		files := awscdk.Fn_Join(jsii.String(""), &[]*string{jsii.String("arn:"), stack.Partition(), jsii.String(":s3:::"), bucket, jsii.String("/" + a.Folder + "/*")})
		out = append(out, allow(actions, files))
	}
	return out
}

// sealActions are the KMS actions that each of the actions on encrypted fields needs.
var sealActions = []struct {
	do     op.SealAction
	action string
}{{op.SealField, "kms:Encrypt"}, {op.OpenField, "kms:Decrypt"}}

// sealGrant lets a function do with the key of fields what its operation declares. Nothing else is encrypted with that key.
func sealGrant(key *string, do op.SealAction) statement {
	var actions []string
	for _, m := range sealActions {
		if do&m.do != 0 {
			actions = append(actions, m.action)
		}
	}
	return allow(actions, key)
}

// publishGrant lets a function put events on the stage's bus.
func publishGrant(stack awscdk.Stack, bus string) statement {
	return allow([]string{"events:PutEvents"}, arn(stack, "events", "event-bus/"+bus))
}

// streamGrants let a function be fed by a stream, and let what it cannot take be put aside.
func streamGrants(stream, queue *string) []statement {
	return []statement{
		allow([]string{"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"}, stream),
		putAsideGrant(queue),
	}
}

// putAsideGrant lets what a function fails at be put aside.
func putAsideGrant(queue *string) statement { return allow([]string{"sqs:SendMessage"}, queue) }
