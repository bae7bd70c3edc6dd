package lambdahost

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"backoffice/internal/fault"
	"backoffice/internal/host/lambdahost/claim"
	"backoffice/internal/metrics"
	"backoffice/internal/op"
)

// Handler answers the invocations of one function.
type Handler struct {
	op   op.Operation
	rt   *op.Runtime
	deps any

	origin  origin
	metrics *metrics.EMF // nil writes none
}

// New makes the handler of an operation; deps are the ports of its domain.
func New(o op.Operation, rt *op.Runtime, deps any) *Handler {
	return &Handler{op: o, rt: rt, deps: deps}
}

// Invoke answers one invocation. For a command or query it takes API Gateway's request (payload format 2.0) and always gives
// an answer; for other kinds it takes an [Invocation] and gives the answer's body, or an error whose type is the problem's
// code; a task takes records of a table's stream, too. No text of an internal error ever leaves it.
func (h *Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	if h.metrics != nil {
		return h.measured(ctx, payload)
	}
	return h.invoke(ctx, payload)
}

func (h *Handler) invoke(ctx context.Context, payload []byte) ([]byte, error) {
	if h.op.Describe().HTTP() {
		return h.serveHTTP(ctx, payload)
	}
	return h.serveTask(ctx, payload)
}

// serve runs the pipeline and writes one log line.
func (h *Handler) serve(ctx context.Context, req *op.Request) *op.Response {
	start := h.rt.Clock()
	var resp *op.Response
	if err := h.scope(req.Identity); err != nil {
		resp = refuse(err, req.ID)
	} else {
		resp = h.op.Serve(ctx, h.rt, h.deps, req)
	}
	metrics.Answered(ctx, req.ID, resp)
	h.log(ctx, req, resp, start)
	return resp
}

// scope refuses a token without the domain's scope. The route asks for it, too; a route that forgot must not open the door.
func (h *Handler) scope(who *op.Identity) error {
	spec := h.op.Describe()
	if !spec.HTTP() || spec.Public != "" || who == nil {
		return nil
	}
	for _, s := range who.Scopes {
		if s == claim.ScopePrefix+spec.Domain() {
			return nil
		}
	}
	return op.RuleTokenScope.Err()
}

func refuse(err error, requestID string) *op.Response {
	resp := op.Refuse(err, requestID)
	resp.Header.Set("X-Request-Id", requestID)
	return resp
}

func (h *Handler) log(ctx context.Context, req *op.Request, resp *op.Response, start time.Time) {
	attrs := []slog.Attr{slog.String("operation", h.op.Describe().ID), slog.String("request", req.ID), slog.Int("status", resp.Status),
		slog.Int64("ms", h.rt.Clock().Sub(start).Milliseconds())}
	if req.Identity != nil {
		attrs = append(attrs, slog.String("tenant", req.Identity.Tenant), slog.String("principal", req.Identity.Principal))
	}
	level := slog.LevelInfo
	if p := resp.Problem; p != nil {
		attrs = append(attrs, slog.String("code", p.Code))
		if p.Kind == fault.Internal || p.Kind == fault.Unavailable {
			level = slog.LevelError
			attrs = append(attrs, slog.String("cause", causeOf(p)))
		}
	}
	h.rt.Log.LogAttrs(ctx, level, "answered", attrs...)
}

func causeOf(p *fault.Error) string {
	if p.Cause == nil {
		return ""
	}
	return strings.ToValidUTF8(p.Cause.Error(), "?")
}

func invocationID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}
