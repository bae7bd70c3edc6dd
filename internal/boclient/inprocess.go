package boclient

import (
	"bytes"
	"io"
	"net/http"
)

// InProcess carries calls to a handler of this process, without a network between: a client over it sees what one outside
// sees, and whatever the call's context holds reaches the handler.
func InProcess(handler http.Handler) http.RoundTripper { return inProcess{handler} }

type inProcess struct{ handler http.Handler }

// RoundTrip serves one call, to its end before it gives the answer.
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
