package boclient

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Problem is a refusal (RFC 9457), with the permanent code of the rule and the fields at fault.
type Problem struct {
	Type      string       `json:"type"`
	Title     string       `json:"title"`
	Status    int          `json:"status"`
	Detail    string       `json:"detail"`
	Instance  string       `json:"instance"`
	Code      string       `json:"code"`
	Retryable bool         `json:"retryable"`
	Errors    []FieldFault `json:"errors,omitempty"`
	// RetryAfter is how long the system asks to wait; nought when it does not say.
	RetryAfter time.Duration `json:"-"`
}

// FieldFault is one field at fault.
type FieldFault struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error gives the code, what it means, and each field at fault on a line of its own.
func (p *Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", p.Code, p.Detail)
	for _, f := range p.Errors {
		fmt.Fprintf(&b, "\n  %s %s: %s", f.Pointer, f.Code, f.Message)
	}
	return b.String()
}

// Unreachable is a call to which no answer came: whether it took effect is not known, and the same key may be sent again.
type Unreachable struct{ Cause error }

// Error says that no answer came, and why.
func (u *Unreachable) Error() string { return "no answer: " + u.Cause.Error() }

// Unwrap gives the cause.
func (u *Unreachable) Unwrap() error { return u.Cause }

// problemOf reads a refusal; an answer that is no problem document, such as a proxy's page, becomes one by its status alone.
func problemOf(resp *http.Response, raw []byte) *Problem {
	p := &Problem{}
	if err := json.Unmarshal(raw, p); err != nil || p.Code == "" {
		p = &Problem{Title: http.StatusText(resp.StatusCode), Detail: "The answer was status " + resp.Status + ", without an explanation.", Code: "NO-PROBLEM"}
	}
	p.Status = resp.StatusCode
	p.RetryAfter = retryAfter(resp.Header)
	return p
}
