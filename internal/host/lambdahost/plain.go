package lambdahost

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"backoffice/internal/op"
)

// Plain answers requests for what is no operation and needs no token, by a function of the path. It stands behind the same edge
// as operations do.
type Plain struct {
	answer func(context.Context, *op.Request) *op.Response
	origin origin
	log    *slog.Logger
}

// NewPlain makes the handler; secrets are those of the edge, none where there is no edge.
func NewPlain(answer func(context.Context, *op.Request) *op.Response, secrets []string, log *slog.Logger) *Plain {
	return &Plain{answer: answer, origin: newOrigin(secrets), log: log}
}

// Invoke answers one request of API Gateway's (payload format 2.0). Only what is refused leaves a line in the log: the API's
// access log has the rest.
func (p *Plain) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var event events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(payload, &event); err != nil {
		return marshalHTTP(refuse(op.RuleSyntax.Err(), invocationID(ctx)))
	}
	req, err := requestOf(&event)
	if refused := p.origin.check(req.Header); refused != nil {
		err = refused
	}
	var resp *op.Response
	if err != nil {
		resp = op.Refuse(err, req.ID)
	} else {
		resp = p.answer(ctx, req)
	}
	if resp.Problem != nil {
		p.log.LogAttrs(ctx, slog.LevelWarn, "refused", slog.String("request", req.ID), slog.String("code", resp.Problem.Code), slog.String("cause", causeOf(resp.Problem)))
	}
	resp.Header.Set("X-Request-Id", req.ID)
	return marshalHTTP(resp)
}
