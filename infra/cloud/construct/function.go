// Package construct makes the parts of the stacks: a table, a function with its role and log, an operation with its route.
package construct

import (
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Code finds the zip of a function, and the hash of what is in it.
type Code func(set, name string) (path, hash string, err error)

// FunctionProps say what a function is.
type FunctionProps struct {
	Name        string // physical
	Description string
	Set, Main   string // where its zip is
	Code        Code
	Arch        string // GOARCH
	MemoryMB    int
	DiskMB      int // for temporary files
	Timeout     time.Duration
	Environment map[string]*string
	LogDays     int
	Reserved    int // executions at once that it has to itself; 0 for none
	Grants      []statement
}

// diskMBFree is the room for temporary files that every function has anyway.
const diskMBFree = 512

// Function makes a function with its role and its log group; id begins the names of the three.
func Function(scope constructs.Construct, id string, p FunctionProps) (awslambda.CfnFunction, error) {
	path, hash, err := p.Code(p.Set, p.Main)
	if err != nil {
		return nil, err
	}
	zip := awss3assets.NewAsset(scope, jsii.String(id+"Code"), &awss3assets.AssetProps{Path: jsii.String(path), AssetHash: jsii.String(hash),
		AssetHashType: awscdk.AssetHashType_CUSTOM})
	logGroup := "/aws/lambda/" + p.Name
	log := awslogs.NewCfnLogGroup(scope, jsii.String(id+"Log"), &awslogs.CfnLogGroupProps{LogGroupName: jsii.String(logGroup), RetentionInDays: jsii.Number(p.LogDays)})
	role := Role(scope, id+"Role", logGroup, p.Grants...)
	return awslambda.NewCfnFunction(scope, jsii.String(id), functionProps(p, zip, role, log)), nil
}

func functionProps(p FunctionProps, zip awss3assets.Asset, role awsiam.CfnRole, log awslogs.CfnLogGroup) *awslambda.CfnFunctionProps {
	props := &awslambda.CfnFunctionProps{FunctionName: jsii.String(p.Name), Description: jsii.String(p.Description),
		Runtime: jsii.String("provided.al2023"), Handler: jsii.String("bootstrap"), Architectures: &[]*string{jsii.String(lambdaArch(p.Arch))},
		Code:       &awslambda.CfnFunction_CodeProperty{S3Bucket: zip.S3BucketName(), S3Key: zip.S3ObjectKey()},
		Role:       role.AttrArn(),
		MemorySize: jsii.Number(p.MemoryMB), Timeout: jsii.Number(p.Timeout.Seconds()),
		Environment:   &awslambda.CfnFunction_EnvironmentProperty{Variables: &p.Environment},
		TracingConfig: &awslambda.CfnFunction_TracingConfigProperty{Mode: jsii.String("Active")},
		LoggingConfig: &awslambda.CfnFunction_LoggingConfigProperty{LogGroup: log.Ref()}}
	if p.DiskMB > diskMBFree {
		props.EphemeralStorage = &awslambda.CfnFunction_EphemeralStorageProperty{Size: jsii.Number(p.DiskMB)}
	}
	if p.Reserved > 0 {
		props.ReservedConcurrentExecutions = jsii.Number(p.Reserved)
	}
	return props
}

func lambdaArch(goarch string) string {
	if goarch == "amd64" {
		return "x86_64"
	}
	return goarch
}

// LogicalName turns an operation's name into the beginning of its resources' logical ids.
func LogicalName(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}
