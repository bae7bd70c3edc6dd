// Command parameter reads a named value of another region while a stack is deployed. The web ACL of CloudFront stands in
// us-east-1 whatever the stage's region is, and no CloudFormation stack can read another region's values by itself.
package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

var errProperties = errors.New("the resource names no Region and Parameter")

// parameters reads a parameter of a region.
type parameters func(ctx context.Context, region, name string) (string, error)

func main() {
	lambda.Start(cfn.LambdaWrap(func(ctx context.Context, e cfn.Event) (string, map[string]any, error) {
		return answer(ctx, e, fromStore)
	}))
}

// answer gives the value as the resource's attribute Value. Deleting the resource deletes nothing: the value is another's.
func answer(ctx context.Context, e cfn.Event, read parameters) (id string, data map[string]any, err error) {
	region, _ := e.ResourceProperties["Region"].(string)
	name, _ := e.ResourceProperties["Parameter"].(string)
	if region == "" || name == "" {
		return e.PhysicalResourceID, nil, errProperties
	}
	id = region + ":" + name
	if e.RequestType == cfn.RequestDelete {
		return id, nil, nil
	}
	value, err := read(ctx, region, name)
	if err != nil {
		return id, nil, fmt.Errorf("read %s in %s: %w", name, region, err)
	}
	return id, map[string]any{"Value": value}, nil
}

func fromStore(ctx context.Context, region, name string) (string, error) {
	cloud, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(region))
	if err != nil {
		return "", err
	}
	out, err := ssm.NewFromConfig(cloud).GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String(name)})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Parameter.Value), nil
}
