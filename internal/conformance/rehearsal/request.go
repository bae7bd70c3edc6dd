package rehearsal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"backoffice/internal/catalog"
	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// Request is one call, ready to be sent or to be spoilt.
type Request struct {
	Tenant  *Tenant
	Spec    *op.Spec
	Who     Caller
	Path    map[string]string
	Query   url.Values
	Header  http.Header
	Body    []byte
	NoToken bool
	Method  string // instead of the operation's own
}

// Clone gives a copy that shares nothing that can be changed.
func (r *Request) Clone() Request {
	out := *r
	out.Path, out.Query, out.Header, out.Body = maps.Clone(r.Path), url.Values{}, r.Header.Clone(), slices.Clone(r.Body)
	for name, v := range r.Query {
		out.Query[name] = slices.Clone(v)
	}
	return out
}

var parameter = regexp.MustCompile(`\{([A-Za-z]+)\}`)

// PathNames lists the parameters of an address.
func PathNames(template string) []string {
	var out []string
	for _, m := range parameter.FindAllStringSubmatch(template, -1) {
		out = append(out, m[1])
	}
	return out
}

// URL gives the address with its parameters, without the host.
func (r *Request) URL() string {
	path := parameter.ReplaceAllStringFunc(r.Spec.Path(), func(p string) string { return url.PathEscape(r.Path[strings.Trim(p, "{}")]) })
	if len(r.Query) > 0 {
		path += "?" + r.Query.Encode()
	}
	return path
}

// Send calls the operation: over HTTP, or as the host's invoker does.
func (r *Request) Send(ctx context.Context) (Answer, error) {
	if r.Spec.HTTP() {
		return r.overHTTP(ctx)
	}
	return r.invoke(ctx)
}

func (r *Request) overHTTP(ctx context.Context) (Answer, error) {
	method := r.Method
	if method == "" {
		method = r.Spec.Method()
	}
	req, err := http.NewRequestWithContext(ctx, method, r.Tenant.Sys.Address+r.URL(), bytes.NewReader(r.Body))
	if err != nil {
		return Answer{}, err
	}
	req.Header = r.Header.Clone()
	if !r.NoToken && r.Spec.Public == "" {
		req.Header.Set("Authorization", "Bearer "+r.Who.Token())
	}
	if len(r.Body) > 0 && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := r.Tenant.Sys.Client.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, err
}

// invoke calls a task, subscriber or job as the host's invoker does, and gives its outcome in the form of an answer.
func (r *Request) invoke(ctx context.Context) (Answer, error) {
	body, err := r.Tenant.Sys.Host.Invoke(ctx, r.Spec.ID, r.Who.Tenant, r.Header.Get("Idempotency-Key"), r.Body)
	if err == nil {
		return Answer{Status: r.Spec.SuccessStatus(), Header: http.Header{"Content-Type": {"application/json"}}, Body: body}, nil
	}
	var refusal *fault.Error
	if !errors.As(err, &refusal) {
		return Answer{}, fmt.Errorf("%s fails without a refusal: %w", r.Spec.ID, err)
	}
	resp := op.Refuse(refusal, "invoked")
	resp.Header.Set("X-Request-Id", "invoked")
	return Answer{Status: resp.Status, Header: resp.Header, Body: resp.Body, Cause: refusal}, nil
}

// ETag reads the record that a call is about, by the query that stands at the record's own address.
func (r *Request) ETag(ctx context.Context) (string, error) {
	get, path := Reader(r.Spec)
	if get == nil {
		return "", fmt.Errorf("%s asks for If-Match, but no query reads %s: where is a caller to learn the version?", r.Spec.ID, path)
	}
	q := &Request{Tenant: r.Tenant, Spec: get, Who: r.Tenant.Maker, Path: map[string]string{}, Header: http.Header{}, Query: url.Values{}}
	mine, theirs := PathNames(r.Spec.Path()), PathNames(get.Path())
	for i, name := range theirs {
		q.Path[name] = r.Path[mine[i]]
	}
	a, err := q.Send(ctx)
	if err == nil && a.Header.Get("ETag") == "" {
		err = fmt.Errorf("%s gives no ETag: %s", get.ID, a)
	}
	return a.Header.Get("ETag"), err
}

// Reader finds the query that reads the record an operation acts on: its path up to the last parameter.
func Reader(spec *op.Spec) (*op.Spec, string) {
	path := spec.Path()
	path = parameter.ReplaceAllString(path[:strings.LastIndex(path, "}")+1], "{}")
	for _, o := range catalog.Operations() {
		s := o.Describe()
		if s.Method() == http.MethodGet && parameter.ReplaceAllString(s.Path(), "{}") == path {
			return s, path
		}
	}
	return nil, path
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Cause  *fault.Error // of a refusal that did not come over HTTP
}

// String is the answer in one line, shortened.
func (a Answer) String() string {
	const most = 600
	body := string(a.Body)
	if len(body) > most {
		body = body[:most] + "…"
	}
	return fmt.Sprintf("%d %s", a.Status, strings.TrimSpace(body))
}

// OK tells whether the call succeeded.
func (a Answer) OK() bool { return a.Status < http.StatusBadRequest }
