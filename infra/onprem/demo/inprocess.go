package demo

import (
	"bytes"
	"io"
	"net/http"
)

// inProcess carries calls to a handler without a network between.
type inProcess struct{ handler http.Handler }

// RoundTrip serves one call.
func (t inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body == nil {
		req.Body = http.NoBody
	}
	w := &memory{header: http.Header{}, status: http.StatusOK}
	t.handler.ServeHTTP(w, req)
	return &http.Response{StatusCode: w.status, Status: http.StatusText(w.status), Header: w.header, Request: req,
		Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}, nil
}

// memory is an answer that stays in the process.
type memory struct {
	header http.Header
	body   bytes.Buffer
	status int
}

// Header gives the answer's header.
func (m *memory) Header() http.Header { return m.header }

// Write adds to the body.
func (m *memory) Write(p []byte) (int, error) { return m.body.Write(p) }

// WriteHeader notes the status.
func (m *memory) WriteHeader(status int) { m.status = status }
