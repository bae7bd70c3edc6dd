// Package boclient calls the system over its public API, as any program outside would: with a bearer token, an idempotency
// key on every write, and the same key again when an answer was lost on its way.
package boclient

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"backoffice/internal/clock"
)

const (
	attemptsDefault = 5
	pauseFirst      = 200 * time.Millisecond
	pauseMax        = 5 * time.Second
	// waitMax is the longest Retry-After that is waited for; a longer one is the caller's to decide about.
	waitMax               = 30 * time.Second
	answerBytesMaxDefault = 64 << 20
)

// Client calls one installation as one principal. The zero value needs Base; everything else has a default.
type Client struct {
	Base   string // such as http://127.0.0.1:8080, without a slash at the end
	HTTP   *http.Client
	Bearer string // access token or service key; empty for calls that need none
	// Renew gets another bearer when the present one is refused; nil for none. It is asked once a call.
	Renew func(ctx context.Context) (string, error)
	// Attempts is how often a call is made before its failure counts; 0 means 5.
	Attempts int
	// Pause waits between attempts; nil waits by the machine's clock.
	Pause func(ctx context.Context, d time.Duration) error
	// AnswerBytesMax is how long an answer may be that is held in memory; 0 means 64 MiB. A longer one is an error.
	AnswerBytesMax int64
}

// Call is one call. Path is below the base address and may hold a query of its own.
type Call struct {
	Method  string
	Path    string
	Query   url.Values
	Body    any    // nil for none; []byte is sent as it is, anything else as JSON
	Key     string // idempotency key of a write; one is made when it is empty
	IfMatch string // ETag of the version that a change expects
	Accept  string // media type wanted; JSON when empty
	DryRun  bool
	// Stream is sent in place of Body, once, without repeats: a file too large for memory.
	Stream     io.Reader
	StreamType string
}

// Answer is a successful answer.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Into decodes the JSON body.
func (a *Answer) Into(v any) error {
	if err := json.Unmarshal(a.Body, v); err != nil {
		return fmt.Errorf("answer is not the JSON that was expected: %w", err)
	}
	return nil
}

// ETag gives the record's version as If-Match takes it.
func (a *Answer) ETag() string { return a.Header.Get("ETag") }

// NewKey makes an idempotency key that nobody else makes.
func NewKey() string { return "bo-" + rand.Text() }

// Do makes a call and gives its answer. A refusal is a *Problem; anything else that stands in the way is an *Unreachable.
// A call whose answer was lost, or that the system asks to repeat, is made again under the same key.
func (c *Client) Do(ctx context.Context, call Call) (*Answer, error) {
	body, err := encode(call.Body)
	if err != nil {
		return nil, err
	}
	if call.Key == "" && call.Method != http.MethodGet {
		call.Key = NewKey()
	}
	renewed := false
	for attempt := 1; ; attempt++ {
		answer, err := c.once(ctx, call, body)
		if p, ok := errors.AsType[*Problem](err); ok && p.Status == http.StatusUnauthorized && c.Renew != nil && !renewed {
			renewed = true
			if bearer, renewErr := c.Renew(ctx); renewErr == nil {
				c.Bearer = bearer
				continue
			}
		}
		wait, again := repeat(err, attempt)
		if err == nil || !again || attempt >= c.attempts() || call.Stream != nil {
			return answer, err
		}
		if c.Wait(ctx, wait) != nil {
			return nil, err
		}
	}
}

// Get reads a record into v.
func (c *Client) Get(ctx context.Context, path string, query url.Values, v any) error {
	a, err := c.Do(ctx, Call{Method: http.MethodGet, Path: path, Query: query})
	if err != nil {
		return err
	}
	return a.Into(v)
}

// Post sends body and reads the answer into v, which may be nil.
func (c *Client) Post(ctx context.Context, path string, body, v any) error {
	a, err := c.Do(ctx, Call{Method: http.MethodPost, Path: path, Body: body})
	if err != nil || v == nil {
		return err
	}
	return a.Into(v)
}

func (c *Client) attempts() int {
	if c.Attempts > 0 {
		return c.Attempts
	}
	return attemptsDefault
}

func (c *Client) answerMax() int64 {
	if c.AnswerBytesMax > 0 {
		return c.AnswerBytesMax
	}
	return answerBytesMaxDefault
}

// once makes a call a single time.
func (c *Client) once(ctx context.Context, call Call, body []byte) (*Answer, error) {
	req, err := c.request(ctx, call, body)
	if err != nil {
		return nil, err
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, &Unreachable{Cause: err}
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, c.answerMax()+1))
	if err != nil {
		return nil, &Unreachable{Cause: err}
	}
	if int64(len(raw)) > c.answerMax() { // half an answer would be taken for all of it: a table has no end to see
		return nil, fmt.Errorf("the answer is longer than %d bytes: ask for less at once", c.answerMax())
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return nil, problemOf(resp, raw)
	}
	return &Answer{Status: resp.StatusCode, Header: resp.Header, Body: raw}, nil
}

func (c *Client) request(ctx context.Context, call Call, body []byte) (*http.Request, error) {
	address, err := c.address(call)
	if err != nil {
		return nil, err
	}
	var reader io.Reader = bytes.NewReader(body)
	if call.Stream != nil {
		reader = call.Stream
	}
	req, err := http.NewRequestWithContext(ctx, call.Method, address, reader)
	if err != nil {
		return nil, err
	}
	set := func(name, value string) {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	if body != nil {
		set("Content-Type", contentType(call.Method))
	}
	set("Content-Type", call.StreamType)
	set("Accept", call.Accept)
	set("If-Match", call.IfMatch)
	if c.Bearer != "" {
		set("Authorization", "Bearer "+c.Bearer)
	}
	if call.Method != http.MethodGet {
		set("Idempotency-Key", call.Key)
	}
	return req, nil
}

func (c *Client) address(call Call) (string, error) {
	u, err := url.Parse(strings.TrimSuffix(c.Base, "/") + call.Path)
	if err != nil {
		return "", fmt.Errorf("address: %w", err)
	}
	q := u.Query()
	for name, values := range call.Query {
		q[name] = values
	}
	if call.DryRun {
		q.Set("dryRun", "true")
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

func contentType(method string) string {
	if method == http.MethodPatch {
		return "application/merge-patch+json"
	}
	return "application/json"
}

func encode(body any) ([]byte, error) {
	switch b := body.(type) {
	case nil:
		return nil, nil
	case []byte:
		return b, nil
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode the body: %w", err)
	}
	return raw, nil
}

// repeat tells whether a failed call may be made again, and after how long.
func repeat(err error, attempt int) (time.Duration, bool) {
	backoff := min(pauseFirst<<min(attempt-1, 8), pauseMax)
	if _, ok := errors.AsType[*Unreachable](err); ok {
		return backoff, true
	}
	p, ok := errors.AsType[*Problem](err)
	if !ok || !p.Retryable && p.Status != http.StatusBadGateway && p.Status != http.StatusGatewayTimeout {
		return 0, false
	}
	if p.RetryAfter > waitMax {
		return 0, false
	}
	return max(backoff, p.RetryAfter), true
}

// Wait waits as the client does between attempts.
func (c *Client) Wait(ctx context.Context, d time.Duration) error {
	if c.Pause != nil {
		return c.Pause(ctx, d)
	}
	return clock.Wait(ctx, d)
}

func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(n) * time.Second
}
