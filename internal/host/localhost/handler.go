// Package localhost serves every operation of the catalogue over HTTP from one process, with the routes, token checks and
// answers that API Gateway and the functions give in the cloud.
package localhost

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path"
	"strings"
	"time"

	"backoffice/internal/catalog"
	"backoffice/internal/fault"
	"backoffice/internal/metrics"
	"backoffice/internal/op"
	"backoffice/internal/wire"
)

// Verifier turns a bearer token into an identity; an error is a refusal.
type Verifier interface {
	Verify(ctx context.Context, token string) (op.Identity, error)
}

// Host serves the catalogue.
type Host struct {
	mux      *http.ServeMux
	runtime  *op.Runtime
	verifier Verifier
	limiter  *limiter
	log      *slog.Logger
	ports    map[string]any // by domain

	operations []op.Operation
	stats      *stats
	totals     *metrics.Totals
	sound      func() error // tells of what no reading shows; nil for nothing
}

// Adjust gives a domain's ports what only the process has, such as the issuer of tokens.
type Adjust func(domain string, ports any) any

// New opens every domain and lays out the routes; adjust may be nil.
func New(ctx context.Context, env *wire.Env, rt *op.Runtime, verifier Verifier, rate Rate, adjust Adjust) (*Host, error) {
	h := &Host{mux: http.NewServeMux(), runtime: rt, verifier: verifier, limiter: newLimiter(rate, env.Clock), log: rt.Log,
		ports: map[string]any{}, stats: newStats(), totals: metrics.NewTotals()}
	for _, d := range catalog.Domains() {
		ports, err := d.Open(ctx, env)
		if err != nil {
			return nil, err
		}
		if adjust != nil {
			ports = adjust(d.Name, ports)
		}
		h.ports[d.Name] = ports
		h.operations = append(h.operations, d.Operations...)
		for _, o := range d.Operations {
			if o.Describe().HTTP() {
				h.mux.HandleFunc(o.Describe().Route, h.serve(o, ports))
			}
		}
	}
	return h, h.describe(env.DB)
}

// Handle adds a route that is no operation, such as the files'.
func (h *Host) Handle(pattern string, handler http.Handler) { h.mux.Handle(pattern, handler) }

// Watch has /health ask whether what the host stands on is sound, beside whether its tables answer. Call it before the host serves.
func (h *Host) Watch(sound func() error) { h.sound = sound }

// ServeHTTP answers one request: an id for it, the rate limit, the route, and a line in the log.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := h.runtime.Clock()
	id := "req_" + h.runtime.IDs.ULID()
	ctx := context.WithValue(r.Context(), requestIDKey{}, id)
	r = r.WithContext(ctx)
	rec := &recorder{ResponseWriter: w, status: http.StatusOK}
	rec.Header().Set("X-Request-Id", id)
	rec.Header().Set("X-Content-Type-Options", "nosniff")
	route := "none"
	if pattern := h.pattern(r); pattern != "" {
		route = pattern
		h.mux.ServeHTTP(rec, r)
	} else {
		h.noRoute(rec, r, id)
	}
	took := h.runtime.Clock().Sub(started)
	h.stats.count(route, rec.status, took)
	h.log.LogAttrs(ctx, level(rec.status), "request", slog.String("id", id), slog.String("route", route), slog.Int("status", rec.status),
		slog.Int64("tookMs", took.Milliseconds()), slog.String("code", rec.code), slog.String("trace", op.TraceID(r.Header.Get("Traceparent"))))
}

// pattern gives the route of a request as API Gateway finds it, "" for none: it sends no HEAD to a route of GET, and takes an
// address as it stands, while the standard library's would send the caller from // and .. to another one.
func (h *Host) pattern(r *http.Request) string {
	if address := r.URL.EscapedPath(); r.Method == http.MethodHead || path.Clean(address) != address {
		return ""
	}
	_, pattern := h.mux.Handler(r)
	return pattern
}

func level(status int) slog.Level {
	if status >= http.StatusInternalServerError {
		return slog.LevelError
	}
	return slog.LevelInfo
}

type requestIDKey struct{}

func requestID(r *http.Request) string {
	id, _ := r.Context().Value(requestIDKey{}).(string)
	return id
}

// recorder remembers the status for the log.
type recorder struct {
	http.ResponseWriter
	status int
	code   string
}

// WriteHeader notes the status.
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap gives handlers that need more time than a call what sets it.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// noRoute tells a wrong method from a wrong address, both as problems.
func (h *Host) noRoute(w http.ResponseWriter, r *http.Request, id string) {
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := r.Clone(r.Context())
		probe.Method = m
		if h.pattern(probe) != "" {
			write(w, op.Refuse(op.RuleMethod.Err(), id))
			return
		}
	}
	write(w, op.Refuse(op.RuleNoRoute.Err(), id))
}

// serve answers calls of one operation.
func (h *Host) serve(o op.Operation, ports any) http.HandlerFunc {
	spec := o.Describe()
	names := pathNames(spec.Path())
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, end := h.measure(r.Context(), spec)
		resp := h.call(o, ports, names, w, r.WithContext(ctx))
		end(requestID(r), resp)
		if resp.Problem != nil {
			h.refused(w, r, spec.ID, resp.Problem)
		}
		write(w, resp)
	}
}

func (h *Host) call(o op.Operation, ports any, names []string, w http.ResponseWriter, r *http.Request) *op.Response {
	id, spec := requestID(r), o.Describe()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(spec.BodyLimit())))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return op.Refuse(op.RuleTooLarge.Err(), id)
	case err != nil:
		return op.Refuse(op.RuleSyntax.Err().Because(err), id)
	}
	query, err := op.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return op.Refuse(err, id)
	}
	req := &op.Request{ID: id, Path: map[string]string{}, Query: query, Header: r.Header, Body: body, Address: r.URL.Path}
	for _, n := range names {
		req.Path[n] = r.PathValue(n)
	}
	if spec.Public == "" {
		identity, err := h.identify(r)
		if err != nil {
			return op.Refuse(err, id)
		}
		req.Identity = &identity
		if wait := h.limiter.take(identity.Tenant + "/" + identity.Principal); wait > 0 {
			return op.Refuse(op.RuleThrottled.Err().After(wait), id)
		}
	} else if wait := h.limiter.take("from " + caller(r)); wait > 0 {
		return op.Refuse(op.RuleThrottled.Err().After(wait), id)
	}
	return o.Serve(r.Context(), h.runtime, ports, req)
}

// caller is the address that a request without a token comes from.
func caller(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (h *Host) identify(r *http.Request) (op.Identity, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return op.Identity{}, op.RuleNoToken.Err()
	}
	return h.verifier.Verify(r.Context(), token)
}

func (h *Host) refused(w http.ResponseWriter, r *http.Request, operation string, p *fault.Error) {
	if rec, ok := w.(*recorder); ok {
		rec.code = p.Code
	}
	if p.Kind == fault.Internal || p.Cause != nil {
		severity := slog.LevelWarn
		if p.Kind == fault.Internal || p.Kind == fault.Unavailable {
			severity = slog.LevelError
		}
		h.log.LogAttrs(r.Context(), severity, "refused", slog.String("id", requestID(r)), slog.String("operation", operation),
			slog.String("code", p.Code), slog.Any("cause", p.Cause))
	}
}

// Invoke calls a task, subscriber or job inside the process, as a state machine, a queue or a schedule does in the cloud.
func (h *Host) Invoke(ctx context.Context, id, tenant, key string, input []byte) ([]byte, error) {
	o, err := catalog.Find(id)
	if err != nil {
		return nil, err
	}
	spec := o.Describe()
	if spec.HTTP() {
		return nil, errors.New("localhost: " + id + " is called over HTTP")
	}
	req := &op.Request{ID: "req_" + h.runtime.IDs.ULID(), Identity: &op.Identity{Tenant: tenant, Principal: op.SystemPrincipal},
		Header: http.Header{}, Body: input}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	ctx, end := h.measure(ctx, spec)
	resp := o.Serve(ctx, h.runtime, h.ports[spec.Domain()], req)
	end(req.ID, resp)
	if resp.Problem != nil {
		return nil, resp.Problem
	}
	return resp.Body, nil
}

func write(w http.ResponseWriter, resp *op.Response) {
	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(resp.Status)
	if _, err := w.Write(resp.Body); err != nil { //nolint:gosec // G705: JSON, CSV or a problem, with their types and nosniff
		return // the client has gone; its retry finds the act
	}
}

func pathNames(template string) []string {
	var out []string
	for part := range strings.SplitSeq(template, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			out = append(out, strings.TrimSuffix(name, "}"))
		}
	}
	return out
}

const shutdownGrace = 20 * time.Second

// Shutdown gives requests under way time to end.
func Shutdown(srv *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	return srv.Shutdown(ctx)
}
