// Package awserr is the one error type of the store: what AWS would answer,
// by type and message.
package awserr

import (
	"fmt"
	"net/http"
)

// Error is an answer that refuses a request.
type Error struct {
	// Type is AWS's name of the error, such as ValidationException.
	Type string
	// Message is the sentence that goes with it.
	Message string
	// Status is the HTTP status, 400 unless it is the server's fault.
	Status int
	// Item is the JSON of the item that failed a condition, when asked for.
	Item []byte
	// Reasons are a cancelled transaction's, one for each of its actions.
	Reasons []Reason
}

// Reason tells why one action of a transaction was refused; Code is None for
// one that was not.
type Reason struct {
	Code    string
	Message string
	Item    []byte
}

// Error is the type and the message.
func (e *Error) Error() string { return e.Type + ": " + e.Message }

// The names of the errors that the store answers with.
const (
	TypeValidation       = "ValidationException"
	TypeSerialization    = "SerializationException"
	TypeConditionFailed  = "ConditionalCheckFailedException"
	TypeNotFound         = "ResourceNotFoundException"
	TypeInUse            = "ResourceInUseException"
	TypeCanceled         = "TransactionCanceledException"
	TypeConflict         = "TransactionConflictException"
	TypeTokenMismatch    = "IdempotentParameterMismatchException" //nolint:gosec // no credential
	TypeThrottled        = "ProvisionedThroughputExceededException"
	TypeInternal         = "InternalServerError"
	TypeUnknownOperation = "UnknownOperationException"
	TypeTrimmed          = "TrimmedDataAccessException"
	TypeExpiredIterator  = "ExpiredIteratorException"
	TypeLimit            = "LimitExceededException"
	TypeMissingAuth      = "MissingAuthenticationTokenException"
	TypeBadClient        = "UnrecognizedClientException"
	TypeBadSignature     = "InvalidSignatureException"
	TypeAccessDenied     = "AccessDeniedException"
)

// New makes an error of the client's fault.
func New(typ, format string, args ...any) *Error {
	msg := format
	if len(args) > 0 {
		msg = fmt.Sprintf(format, args...)
	}
	return &Error{Type: typ, Message: msg, Status: http.StatusBadRequest}
}

// Validation is a request that breaks a rule.
func Validation(format string, args ...any) *Error { return New(TypeValidation, format, args...) }

// Invalid is Validation with the sentence that most of AWS's start with.
func Invalid(format string, args ...any) *Error {
	return Validation("One or more parameter values were invalid: "+format, args...)
}

// Unreadable makes the error of a body that cannot be read.
func Unreadable(format string, args ...any) *Error { return New(TypeSerialization, format, args...) }

// Internal is a fault of the store itself.
func Internal(format string, args ...any) *Error {
	e := New(TypeInternal, format, args...)
	e.Status = http.StatusInternalServerError
	return e
}
