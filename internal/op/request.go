package op

import (
	"encoding/json"
	"net/http"
	"net/url"

	"backoffice/internal/fault"
)

// Request is a call in a form that knows neither the host's HTTP server nor API Gateway.
type Request struct {
	ID       string // request id, for logs and problems
	Identity *Identity
	Path     map[string]string // path parameters
	Query    url.Values
	Header   http.Header
	Body     []byte
	Address  string // the full path, for problems
}

// ParseQuery reads a query string. One that cannot be read whole is refused: what is dropped without a word would be a
// parameter that the caller believes to count.
func ParseQuery(raw string) (url.Values, error) {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return nil, RuleType.With("The query string cannot be read.").Because(err)
	}
	return query, nil
}

// Response is an answer in the same neutral form.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	// Problem is the refusal behind the answer, nil on success; hosts log it.
	Problem *fault.Error
}

// Problem is the document of a refusal (RFC 9457).
type Problem struct {
	Type      string        `json:"type" doc:"Address of the page about this rule"`
	Title     string        `json:"title"`
	Status    int           `json:"status"`
	Detail    string        `json:"detail"`
	Instance  string        `json:"instance" doc:"The request's id"`
	Code      string        `json:"code" doc:"Permanent code of the rule"`
	Retryable bool          `json:"retryable" doc:"Whether the same call may succeed later"`
	Errors    []fault.Field `json:"errors,omitempty" doc:"The fields at fault"`
}

var statuses = map[fault.Kind]int{
	fault.Malformed: 400, fault.Unauthenticated: 401, fault.Forbidden: 403, fault.NotFound: 404, fault.Conflict: 409, fault.Stale: 412,
	fault.TooLarge: 413, fault.Invalid: 422, fault.NeedsVersion: 428, fault.Throttled: 429, fault.Unavailable: 503, fault.Internal: 500,
}

// StatusOf gives the HTTP status of a kind of refusal.
func StatusOf(kind fault.Kind) int { return statuses[kind] }

// Refuse renders a refusal as an answer.
func Refuse(err error, requestID string) *Response {
	e, p := fault.Of(err), problemOf(err, requestID)
	body, mErr := json.Marshal(p)
	if mErr != nil {
		panic("op: problem cannot be encoded: " + mErr.Error())
	}
	h := http.Header{"Content-Type": {"application/problem+json"}, "Cache-Control": {"no-store"}}
	if e.RetryAfter > 0 {
		h.Set("Retry-After", retryAfter(e.RetryAfter))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	return &Response{Status: p.Status, Header: h, Body: body, Problem: e}
}

// problemOf renders a refusal as its document.
func problemOf(err error, requestID string) Problem {
	e := fault.Of(err)
	status := statuses[e.Kind]
	return Problem{Type: "/problems/" + e.Code, Title: http.StatusText(status), Status: status, Detail: e.Detail,
		Instance: "urn:request:" + requestID, Code: e.Code, Retryable: e.Retryable(), Errors: e.Fields}
}
