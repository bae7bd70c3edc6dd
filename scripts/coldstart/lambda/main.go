// Command lambda is the smallest Lambda function: what the runtime's library costs in any case.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	lambda.Start(func(context.Context) (string, error) { return "", nil })
}
