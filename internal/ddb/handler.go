package ddb

import (
	"hash/crc32"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"

	"backoffice/internal/ddb/awserr"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Handler answers the same requests over HTTP, for a port on the loopback:
// each must be signed with the key pair, be sent to a loopback name, and come
// from no page of another site.
func (e *Engine) Handler(keyID, secret string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		status := http.StatusOK
		out, err := e.serve(req, keyID, secret)
		if err != nil {
			if noAnswer(err) {
				panic(http.ErrAbortHandler) // the way to drop a connection
			}
			status, out = errorBody(err)
		}
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set(headerRequestID, e.requestID())
		h.Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(out)), 10))
		h.Set("Content-Length", itoa(len(out)))
		w.WriteHeader(status)
		_, _ = w.Write(out) //nolint:gosec // JSON, escaped, marked as such; a caller that went away gets none
	})
}

// serve checks a request and answers it.
func (e *Engine) serve(req *http.Request, keyID, secret string) ([]byte, error) {
	if !loopback(req.Host) || !sameSite(req) {
		denied := awserr.New(awserr.TypeAccessDenied, "The store answers only to its own machine")
		denied.Status = http.StatusForbidden
		return nil, denied
	}
	if req.Method != http.MethodPost || req.URL.Path != "/" || req.URL.RawQuery != "" {
		return nil, awserr.New(awserr.TypeUnknownOperation, "")
	}
	if keyID == "" || secret == "" {
		return nil, awserr.New(awserr.TypeBadClient, "The store has no key pair")
	}
	body, err := readBody(req)
	if err != nil {
		return nil, err
	}
	if err := verify(req, body, keyID, secret, e.opt.Clock()); err != nil {
		return nil, err
	}
	return e.call(req.Context(), req.Header.Get("X-Amz-Target"), body)
}

// loopback reports whether a Host header names this machine; any other name
// may have been pointed here by somebody else.
func loopback(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	if name == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(trimBrackets(name))
	return err == nil && addr.IsLoopback()
}

func trimBrackets(s string) string {
	if len(s) > 1 && s[0] == '[' && s[len(s)-1] == ']' {
		return s[1 : len(s)-1]
	}
	return s
}

// sameSite refuses a browser's request from a page that was not served here.
func sameSite(req *http.Request) bool {
	origin := req.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == req.Host
}
