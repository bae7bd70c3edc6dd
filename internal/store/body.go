package store

import (
	"context"
	"io"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// addBody has net/http read the bodies of requests instead of letting them write themselves. The SDK closes a body as soon as the
// answer begins; one that writes itself then fails with io.EOF where a read ends in good order, and net/http, which looks once
// more whether a body over its buffer has ended, drops the connection while the answer is being read: a call fails at random that
// the store has carried out.
func addBody(stack *middleware.Stack) error {
	return stack.Serialize.Insert(middleware.SerializeMiddlewareFunc("storeBody", func(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (middleware.SerializeOutput, middleware.Metadata, error) {
		if req, ok := in.Request.(*smithyhttp.Request); ok {
			if body, ok := req.GetStream().(io.ReadSeeker); ok {
				plain, err := req.SetStream(struct{ io.ReadSeeker }{body})
				if err != nil {
					return middleware.SerializeOutput{}, middleware.Metadata{}, err
				}
				in.Request = plain
			}
		}
		return next.HandleSerialize(ctx, in)
	}), "OperationSerializer", middleware.After)
}
