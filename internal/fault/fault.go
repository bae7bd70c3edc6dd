// Package fault holds the one error type of the system: a kind that decides the HTTP status, a permanent rule code, and the
// fields at fault. Every refusal that a caller may see is a *fault.Error; any other error is internal, and its text never
// leaves the process.
package fault

import (
	"errors"
	"strings"
	"time"
)

// Kind says what sort of refusal an error is. Each kind has one HTTP status (see package op).
type Kind string

// The kinds of refusal.
const (
	Malformed       Kind = "malformed"             // 400: the request cannot be read
	Unauthenticated Kind = "unauthenticated"       // 401: no or a bad token
	Forbidden       Kind = "forbidden"             // 403: the right is missing
	NotFound        Kind = "not-found"             // 404: no such record for this tenant
	Conflict        Kind = "conflict"              // 409: the record's state does not allow it
	Stale           Kind = "stale"                 // 412: If-Match names another version
	TooLarge        Kind = "too-large"             // 413: the request is over a limit
	Invalid         Kind = "invalid"               // 422: a rule is broken
	NeedsVersion    Kind = "precondition-required" // 428: If-Match is missing
	Throttled       Kind = "throttled"             // 429: slow down
	Unavailable     Kind = "unavailable"           // 503: try again
	Internal        Kind = "internal"              // 500: a defect of ours
)

// Field is one fault of an input: where (a JSON Pointer into the body, or a parameter's name), which rule, and a sentence.
// The submitted value is never part of it.
type Field struct {
	Pointer string `json:"pointer" doc:"JSON Pointer into the request body, or the name of a parameter"`
	Code    string `json:"code" doc:"Permanent code of the rule that was broken"`
	Message string `json:"message" doc:"The rule, in a sentence"`
}

// Error is a refusal.
type Error struct {
	Kind       Kind
	Code       string        // permanent, e.g. FIN-JRN-004
	Detail     string        // a sentence for a person
	Fields     []Field       // the fields at fault, if any
	RetryAfter time.Duration // when asking again makes sense
	Cause      error         // for the log only
}

// Rule is one permanent rule of the system: its code, the kind of refusal that breaking it is, and the sentence that states
// it. Every refusal is made from a Rule, so that the list of rules documents every problem a caller can meet.
type Rule struct {
	Code string // e.g. FIN-JRN-004; never reused for another rule
	Kind Kind
	Text string // the rule as a sentence, without any submitted value
	Help string // what to do about it, for the page that the problem's type leads to
}

// Err refuses by this rule, naming no field.
func (r Rule) Err() *Error { return &Error{Kind: r.Kind, Code: r.Code, Detail: r.Text} }

// At refuses by this rule because of one field.
func (r Rule) At(pointer string) *Error {
	e := r.Err()
	e.Fields = []Field{{Pointer: pointer, Code: r.Code, Message: r.Text}}
	return e
}

// With refuses by this rule with a sentence of its own, which may name records and limits but no submitted value.
func (r Rule) With(detail string) *Error {
	e := r.Err()
	e.Detail = detail
	return e
}

// System is the rule behind every error that is no refusal: a defect of ours.
var System = Rule{Code: "SYS-001", Kind: Internal, Text: "Something went wrong on our side.",
	Help: "Ask again with the same Idempotency-Key; if it persists, report the request id."}

// Error renders code and detail; it never holds a submitted value.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Code)
	b.WriteString(": ")
	b.WriteString(e.Detail)
	if e.Cause != nil {
		b.WriteString(": ")
		b.WriteString(e.Cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Because returns a copy that carries the cause, for the log.
func (e *Error) Because(cause error) *Error {
	out := *e
	out.Cause = cause
	return &out
}

// After returns a copy that tells the caller when to ask again.
func (e *Error) After(d time.Duration) *Error {
	out := *e
	out.RetryAfter = d
	return &out
}

// Retryable says whether the same call may succeed later.
func (e *Error) Retryable() bool {
	return e.RetryAfter > 0 || e.Kind == Throttled || e.Kind == Unavailable
}

// Of finds the refusal inside an error; any other error becomes an internal one that hides its text.
func Of(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return System.Err().Because(err)
}

// Is tells whether an error is a refusal with a given code.
func Is(err error, code string) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

// OfKind tells whether an error is a refusal of a given kind.
func OfKind(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}

// Within moves a refusal's fields under a pointer: what is wrong with an entry becomes what is wrong with the list that holds
// it. An error that names no field stays as it is.
func Within(pointer string, err error) error {
	var e *Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	out := *e
	out.Fields = make([]Field, len(e.Fields))
	for i, f := range e.Fields {
		f.Pointer = pointer + f.Pointer
		out.Fields[i] = f
	}
	return &out
}
