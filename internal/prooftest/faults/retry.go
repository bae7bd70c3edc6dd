package faults

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// AtOnce has the store's client repeat its calls so often, without waiting between. Chance has a part in how long it would
// wait, and with it in which calls run into their time limits; without it a seed decides everything. Nor does the client count
// how often it repeated over its whole life: it would give up doing so in the middle of a run.
func AtOnce(attempts int) func(*dynamodb.Options) {
	return func(o *dynamodb.Options) {
		retryer := retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.RateLimiter = attempts, ratelimit.None
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
		o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
			_, err := s.Finalize.Swap("Retry", retry.NewAttemptMiddleware(retryer, smithyhttp.RequestCloner))
			return err
		})
	}
}
