package lambdahost

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"backoffice/internal/op"
)

// answerBytesMax is how large an answer may be: Lambda's limit of 6 MB less room for headers and escaping.
const answerBytesMax = 5_500_000

var errAnswerTooLarge = errors.New("lambdahost: the answer is larger than a function can give")

func (h *Handler) serveHTTP(ctx context.Context, payload []byte) ([]byte, error) {
	var event events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(payload, &event); err != nil {
		return marshalHTTP(refuse(op.RuleSyntax.Err(), invocationID(ctx)))
	}
	req, err := requestOf(&event)
	if refused := h.origin.check(req.Header); refused != nil {
		return marshalHTTP(h.turnAway(ctx, req, refused))
	}
	if err != nil {
		return marshalHTTP(refuse(err, req.ID))
	}
	return marshalHTTP(h.serve(ctx, req))
}

// requestOf turns API Gateway's request into a call. On an error the request still has its id.
func requestOf(event *events.APIGatewayV2HTTPRequest) (*op.Request, error) {
	req := &op.Request{ID: event.RequestContext.RequestID, Path: event.PathParameters, Header: http.Header{}, Address: event.RawPath,
		Body: []byte(event.Body)}
	for name, value := range event.Headers {
		req.Header.Set(name, value)
	}
	if a := event.RequestContext.Authorizer; a != nil && a.JWT != nil {
		req.Identity = IdentityOf(a.JWT.Claims)
	}
	query, err := op.ParseQuery(event.RawQueryString)
	if err != nil {
		return req, err
	}
	req.Query = query
	if event.IsBase64Encoded {
		raw, err := base64.StdEncoding.DecodeString(event.Body)
		if err != nil {
			return req, op.RuleSyntax.Err().Because(err)
		}
		req.Body = raw
	}
	return req, nil
}

// marshalHTTP renders an answer as API Gateway takes it.
func marshalHTTP(resp *op.Response) ([]byte, error) {
	out := events.APIGatewayV2HTTPResponse{StatusCode: resp.Status, Headers: map[string]string{}, Body: string(resp.Body)}
	for name, values := range resp.Header {
		out.Headers[name] = strings.Join(values, ", ")
	}
	if !utf8.Valid(resp.Body) {
		out.Body, out.IsBase64Encoded = base64.StdEncoding.EncodeToString(resp.Body), true
	}
	raw, err := json.Marshal(out)
	if err != nil || len(raw) > answerBytesMax {
		return json.Marshal(tooLarge(resp.Header.Get("X-Request-Id")))
	}
	return raw, nil
}

func tooLarge(requestID string) events.APIGatewayV2HTTPResponse {
	resp := refuse(errAnswerTooLarge, requestID)
	return events.APIGatewayV2HTTPResponse{StatusCode: resp.Status, Body: string(resp.Body),
		Headers: map[string]string{"Content-Type": resp.Header.Get("Content-Type"), "X-Request-Id": requestID}}
}
