package lambdahost_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"backoffice/internal/host/lambdahost"
	"backoffice/internal/op"
)

func plainly(t *testing.T, log *bytes.Buffer, event string, secrets ...string) events.APIGatewayV2HTTPResponse {
	t.Helper()
	h := lambdahost.NewPlain(func(_ context.Context, req *op.Request) *op.Response {
		if req.Address != "/health" {
			return op.Refuse(op.RuleUnavailable.Err().Because(errors.New("the table is away")), req.ID)
		}
		return &op.Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"status":"ok"}`)}
	}, secrets, slog.New(slog.NewJSONHandler(log, nil)))
	raw, err := h.Invoke(t.Context(), []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	var out events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func asked(path, secret string) string {
	return `{"version": "2.0", "rawPath": "` + path + `", "headers": {"x-origin-secret": "` + secret + `"}, "requestContext": {"requestId": "JKJaXmPLvHcESHA=", "http": {"method": "GET"}}}`
}

// What is no operation answers by its path, behind the same edge, and tells the log why it refused and the caller not.
func TestPlainAnswers(t *testing.T) {
	var log bytes.Buffer
	if out := plainly(t, &log, asked("/health", presentSecret), presentSecret, formerSecret); out.StatusCode != http.StatusOK || out.Body != `{"status":"ok"}` ||
		out.Headers["X-Request-Id"] != "JKJaXmPLvHcESHA=" || out.Headers["Content-Type"] != "application/json" || log.Len() > 0 {
		t.Errorf("%+v, log %s", out, &log)
	}
	if out := plainly(t, &log, asked("/health", "")); out.StatusCode != http.StatusOK {
		t.Errorf("without an edge: %+v", out)
	}
	for _, secret := range []string{"", "wrong"} {
		out := plainly(t, &log, asked("/health", secret), presentSecret)
		if p := problemOf(t, out); out.StatusCode != http.StatusForbidden || p.Code != op.RuleOrigin.Code {
			t.Errorf("round the edge: %+v", out)
		}
	}
	log.Reset()
	out := plainly(t, &log, asked("/elsewhere", ""))
	if p := problemOf(t, out); out.StatusCode != http.StatusServiceUnavailable || p.Code != op.RuleUnavailable.Code || strings.Contains(out.Body, "away") || !strings.Contains(log.String(), "the table is away") {
		t.Errorf("%+v, log %s", out, &log)
	}
	if out := plainly(t, &log, "not JSON"); out.StatusCode != http.StatusBadRequest {
		t.Errorf("%+v", out)
	}
}
