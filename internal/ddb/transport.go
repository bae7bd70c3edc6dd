package ddb

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"unsafe"

	"backoffice/internal/ddb/awserr"
)

const (
	contentType = "application/x-amz-json-1.0"
	// headerRequestID is spelled as net/http spells it.
	headerRequestID = "X-Amzn-Requestid"
)

// requestID tells the calls of one engine apart.
func (e *Engine) requestID() string {
	const base32 = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
	id := []byte("00000000000000000000000000")
	n := e.requests.Add(1)
	for i := len(id) - 1; n > 0; i-- {
		id[i] = base32[n%32]
		n /= 32
	}
	return string(id)
}

// RoundTripper answers requests of an AWS client in this process: give it to
// the client as &http.Client{Transport: e.RoundTripper()}. Signatures are not
// looked at, for nobody else can send here.
func (e *Engine) RoundTripper() http.RoundTripper { return roundTripper{e} }

type roundTripper struct{ e *Engine }

// RoundTrip answers one request; the error is the context's, or one of reading
// the body.
func (t roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := readBody(req)
	if err != nil {
		return nil, err
	}
	status := http.StatusOK
	out, err := t.e.call(req.Context(), req.Header.Get("X-Amz-Target"), body)
	if err != nil {
		if noAnswer(err) {
			return nil, err
		}
		status, out = errorBody(err)
	}
	return &http.Response{
		Status: strconv.Itoa(status) + " " + http.StatusText(status), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {contentType}, headerRequestID: {t.e.requestID()}},
		Body:          io.NopCloser(bytes.NewReader(out)),
		ContentLength: int64(len(out)), Request: req,
	}, nil
}

// readBody reads a request's body into a text of its own.
func readBody(req *http.Request) (string, error) {
	if req.Body == nil {
		return "", nil
	}
	defer req.Body.Close()
	if n := req.ContentLength; n > 0 && n <= requestBytesMax {
		buf := make([]byte, n)
		if _, err := io.ReadFull(req.Body, buf); err != nil {
			return "", fmt.Errorf("ddb: read the request: %w", err)
		}
		return unsafe.String(unsafe.SliceData(buf), len(buf)), nil //nolint:gosec // nobody else has buf
	}
	buf, err := io.ReadAll(io.LimitReader(req.Body, requestBytesMax+1))
	if err != nil {
		return "", fmt.Errorf("ddb: read the request: %w", err)
	}
	if len(buf) > requestBytesMax {
		return "", awserr.Unreadable("The request is too large")
	}
	return string(buf), nil
}
