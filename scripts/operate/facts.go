package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"backoffice/scripts/awscall"
)

const (
	cloudFormation = "2010-05-15"
	cloudWatch     = "2010-08-01"
)

// stack is a deployed stack as CloudFormation tells of it.
type stack struct {
	Name      string    `xml:"StackName"`
	Status    string    `xml:"StackStatus"`
	Created   time.Time `xml:"CreationTime"`
	Protected bool      `xml:"EnableTerminationProtection"`
	Outputs   []struct {
		Key   string `xml:"OutputKey"`
		Value string `xml:"OutputValue"`
	} `xml:"Outputs>member"`
	region string
}

// output gives an output's value, "" when there is none.
func (s stack) output(key string) string {
	for _, o := range s.Outputs {
		if o.Key == key {
			return o.Value
		}
	}
	return ""
}

// stacks gives the stacks of a region whose names begin with something.
func (a account) stacks(ctx context.Context, begin string) ([]stack, error) {
	var out []stack
	for token := ""; ; {
		var page struct {
			Stacks []stack `xml:"DescribeStacksResult>Stacks>member"`
			Next   string  `xml:"DescribeStacksResult>NextToken"`
		}
		if err := a.Query(ctx, "cloudformation", cloudFormation, "DescribeStacks", next(token), &page); err != nil {
			return nil, err
		}
		for _, s := range page.Stacks {
			if strings.HasPrefix(s.Name, begin) && s.Status != "DELETE_COMPLETE" {
				s.region = a.Config.Region
				out = append(out, s)
			}
		}
		if token = page.Next; token == "" {
			return out, nil
		}
	}
}

func next(token string) map[string]string {
	if token == "" {
		return nil
	}
	return map[string]string{"NextToken": token}
}

// resource is a deployed resource of a stack.
type resource struct {
	Type   string `xml:"ResourceType"`
	ID     string `xml:"PhysicalResourceId"`
	Status string `xml:"ResourceStatus"`
	region string
}

func (a account) resources(ctx context.Context, of string) ([]resource, error) {
	var out []resource
	for token := ""; ; {
		parameters := map[string]string{"StackName": of}
		if token != "" {
			parameters["NextToken"] = token
		}
		var page struct {
			Resources []resource `xml:"ListStackResourcesResult>StackResourceSummaries>member"`
			Next      string     `xml:"ListStackResourcesResult>NextToken"`
		}
		if err := a.Query(ctx, "cloudformation", cloudFormation, "ListStackResources", parameters, &page); err != nil {
			return nil, err
		}
		for _, r := range page.Resources {
			if r.Status != "DELETE_COMPLETE" && r.ID != "" {
				r.region = a.Config.Region
				out = append(out, r)
			}
		}
		if token = page.Next; token == "" {
			return out, nil
		}
	}
}

// The resources that hold data, and stay when their stack goes.
const (
	typeTable    = "AWS::DynamoDB::Table"
	typeBucket   = "AWS::S3::Bucket"
	typeUserPool = "AWS::Cognito::UserPool"
	typeSecret   = "AWS::SecretsManager::Secret" //nolint:gosec // G101: a type of resource
	typeKey      = "AWS::KMS::Key"
	typeVault    = "AWS::Backup::BackupVault"
)

// empty tells whether a resource holds nothing. What is gone already holds nothing.
func (a account) empty(ctx context.Context, r resource) (bool, error) {
	held := 0
	var err error
	switch r.Type {
	case typeTable:
		var page struct{ Count int }
		err = a.Call(ctx, "dynamodb", "1.0", "DynamoDB_20120810.Scan", map[string]any{"TableName": r.ID, "Limit": 1, "Select": "COUNT", "ConsistentRead": true}, &page)
		held = page.Count
	case typeUserPool:
		var page struct{ Users []any }
		err = a.Call(ctx, "cognito-idp", "1.1", "AWSCognitoIdentityProviderService.ListUsers", map[string]any{"UserPoolId": r.ID, "Limit": 1}, &page)
		held = len(page.Users)
	case typeBucket:
		held, err = a.objects(ctx, r.ID)
	case typeVault:
		held, err = a.copies(ctx, r.ID)
	}
	if gone(err) {
		return true, nil
	}
	return held == 0, err
}

// gone tells whether a refusal says that there is no such thing.
func gone(err error) bool {
	var r awscall.RefusalError
	return errors.As(err, &r) && (r.Status == http.StatusNotFound || strings.Contains(r.Text, "ResourceNotFoundException") || strings.Contains(r.Text, "NoSuchBucket"))
}
