package ddbtest

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
)

// The values that sign requests where the target names none.
const (
	defaultRegion = "eu-west-2"
	defaultKeyID  = "local"
	defaultSecret = "localsecret"
)

// Clients are the unchanged SDK clients pointed at one target.
type Clients struct {
	DB      *dynamodb.Client
	Streams *dynamodbstreams.Client
	Config  aws.Config
}

// NewClients makes SDK clients for the target, with the SDK's own retryer.
func NewClients(target Target) *Clients {
	config := aws.Config{
		Region:       either(target.Region, defaultRegion),
		BaseEndpoint: aws.String(target.Endpoint),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{
				AccessKeyID:     either(target.KeyID, defaultKeyID),
				SecretAccessKey: either(target.Secret, defaultSecret),
			}, nil
		}),
	}
	if target.Client != nil {
		config.HTTPClient = target.Client
	} else {
		config.HTTPClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: idleConnectionsMax}}
	}
	return &Clients{
		DB:      dynamodb.NewFromConfig(config),
		Streams: dynamodbstreams.NewFromConfig(config),
		Config:  config,
	}
}

// idleConnectionsMax keeps one connection for each of the concurrent clients
// of the tests, so that none is opened anew for every request.
const idleConnectionsMax = 64

func either(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
