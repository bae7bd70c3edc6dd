package ddbtest

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// The error codes that the checks expect.
const (
	validation      = "ValidationException"
	serialization   = "SerializationException"
	unknownAction   = "UnknownOperationException"
	conditionFailed = "ConditionalCheckFailedException"
	cancelled       = "TransactionCanceledException"
	notFound        = "ResourceNotFoundException"
	inUse           = "ResourceInUseException"
	mismatch        = "IdempotentParameterMismatchException"
	expiredIterator = "ExpiredIteratorException"
	trimmedData     = "TrimmedDataAccessException"
	limitExceeded   = "LimitExceededException"
)

// ErrorCode is the AWS error code of an answer: "" for no error, and the
// error's text where the store gave no code.
func ErrorCode(err error) string {
	if err == nil {
		return ""
	}
	var coded smithy.APIError
	if errors.As(err, &coded) {
		return coded.ErrorCode()
	}
	return err.Error()
}

// typed tells whether the SDK made the error into the Go type that belongs
// to the code. Codes without a Go type in the SDK are always typed.
func typed(err error, code string) bool {
	switch code {
	case conditionFailed:
		return isA[*types.ConditionalCheckFailedException](err)
	case cancelled:
		return isA[*types.TransactionCanceledException](err)
	case notFound:
		return isA[*types.ResourceNotFoundException](err) || isA[*streamtypes.ResourceNotFoundException](err) ||
			isA[*types.TableNotFoundException](err)
	case inUse:
		return isA[*types.ResourceInUseException](err)
	case mismatch:
		return isA[*types.IdempotentParameterMismatchException](err)
	case expiredIterator:
		return isA[*streamtypes.ExpiredIteratorException](err)
	case trimmedData:
		return isA[*streamtypes.TrimmedDataAccessException](err)
	case limitExceeded:
		return isA[*types.LimitExceededException](err)
	}
	return true
}

func isA[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}

// wantError fails the check unless the error has the code, the SDK's Go type
// of that code, HTTP status 400 and every fragment in its message. An empty
// code demands success.
func (c *C) wantError(err error, code string, fragments ...string) {
	if code == "" {
		if err != nil {
			c.Errorf("unexpected error: %v", err)
		}
		return
	}
	if got := ErrorCode(err); got != code {
		c.Errorf("error code: got %q, want %q (%v)", got, code, err)
		return
	}
	if !typed(err, code) {
		c.Errorf("the SDK did not type the error as %s: %v", code, err)
	}
	var answer *smithyhttp.ResponseError
	if errors.As(err, &answer) && answer.HTTPStatusCode() != 400 {
		c.Errorf("HTTP status: got %d, want 400 for %s", answer.HTTPStatusCode(), code)
	}
	for _, fragment := range fragments {
		if !c.target.OtherMessages && !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(fragment)) {
			c.Errorf("message: got %q, want it to hold %q", err.Error(), fragment)
		}
	}
}

// Reasons lists the codes of a cancelled transaction, one for each of its
// actions; nil for any other error.
func Reasons(err error) []string {
	var refusal *types.TransactionCanceledException
	if !errors.As(err, &refusal) {
		return nil
	}
	codes := []string{}
	for _, reason := range refusal.CancellationReasons {
		if reason.Code == nil {
			codes = append(codes, "")
			continue
		}
		codes = append(codes, *reason.Code)
	}
	return codes
}

// refusedItem is the item inside the error of a failed condition.
func refusedItem(err error) Item {
	var refusal *types.ConditionalCheckFailedException
	if errors.As(err, &refusal) && len(refusal.Item) > 0 {
		return refusal.Item
	}
	return nil
}
