package lambdahost

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"github.com/aws/aws-lambda-go/lambda/messages"

	"backoffice/internal/op"
)

// Invocation is what a task, subscriber or job is called with.
type Invocation struct {
	Tenant string          `json:"tenant"` // ten_…; empty for a job, which looks after every tenant
	Key    string          `json:"key"`    // idempotency key: the same for each retry of one intended call
	Input  json.RawMessage `json:"input,omitempty"`
}

// serveTask answers an invocation by a state machine, a queue or a schedule. The caller is the system itself.
func (h *Handler) serveTask(ctx context.Context, payload []byte) ([]byte, error) {
	requestID := invocationID(ctx)
	if records := streamRecords(payload); len(records) > 0 {
		return h.serveStream(ctx, requestID, records)
	}
	if messages := queueMessages(payload); len(messages) > 0 {
		return h.serveQueue(ctx, requestID, messages)
	}
	var in Invocation
	d := json.NewDecoder(bytes.NewReader(payload))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil || in.Tenant == "" && h.op.Describe().Kind != op.Job {
		return nil, failure(refuse(op.RuleSyntax.Err(), requestID))
	}
	resp := h.serve(ctx, requestOfTask(requestID, in))
	if resp.Problem != nil {
		return nil, failure(resp)
	}
	if len(resp.Body) == 0 {
		return []byte("{}"), nil
	}
	return resp.Body, nil
}

func requestOfTask(requestID string, in Invocation) *op.Request {
	header := http.Header{"Content-Type": {"application/json"}}
	if in.Key != "" {
		header.Set("Idempotency-Key", in.Key)
	}
	body := []byte(in.Input)
	if string(body) == "null" {
		body = nil
	}
	return &op.Request{ID: requestID, Header: header, Body: body,
		Identity: &op.Identity{Tenant: in.Tenant, Principal: op.SystemPrincipal}}
}

// failure is a refusal as Lambda reports errors. Its type is the problem's code, so that a state machine can catch it by
// name; its message is the problem's own sentence, which never holds an internal text.
func failure(resp *op.Response) error {
	return messages.InvokeResponse_Error{Type: resp.Problem.Code, Message: resp.Problem.Detail}
}
