package ddbtest

import (
	"os"
	"testing"
)

// endpointVariable names any store to run the suite on, such as a real one;
// its tables named "ddbtest-…" are made anew and removed.
const endpointVariable = "DYNAMODB_TEST_ENDPOINT"

// TestEndpoint runs the suite on the store that the environment names, with
// the key pair and region of the usual AWS variables.
func TestEndpoint(t *testing.T) {
	endpoint := os.Getenv(endpointVariable)
	if endpoint == "" {
		t.Skip("no store is named by " + endpointVariable)
	}
	Run(t, Target{
		Name: endpoint, Endpoint: endpoint, Region: os.Getenv("AWS_REGION"),
		KeyID: os.Getenv("AWS_ACCESS_KEY_ID"), Secret: os.Getenv("AWS_SECRET_ACCESS_KEY"),
	})
}
