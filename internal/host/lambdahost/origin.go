package lambdahost

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"

	"backoffice/internal/op"
)

// OriginHeader is the header by which the edge proves that a request came through it. The edge sets it over whatever a
// viewer sent, and it never reaches an operation.
const OriginHeader = "X-Origin-Secret"

// origin holds the hashes of the secrets that open the door; none where there is no edge, and then every request passes.
// While a secret is being replaced there are two: functions take both before the edge sends the new one.
type origin [][sha256.Size]byte

// Behind gives the handler as it stands behind an edge that sends one of the secrets; without secrets it stands alone.
func (h *Handler) Behind(secrets []string) *Handler {
	behind := *h
	behind.origin = newOrigin(secrets)
	return &behind
}

func newOrigin(secrets []string) origin {
	o := make(origin, 0, len(secrets))
	for _, s := range secrets {
		o = append(o, sha256.Sum256([]byte(s)))
	}
	return o
}

// check refuses a request that did not come through the edge, and takes the secret out of the header of one that did. How
// long it takes tells nothing of the secrets: hashes of one length are compared, all of them, in constant time.
func (o origin) check(header http.Header) error {
	sent := sha256.Sum256([]byte(header.Get(OriginHeader)))
	header.Del(OriginHeader)
	matches := 0
	for _, secret := range o {
		matches |= subtle.ConstantTimeCompare(sent[:], secret[:])
	}
	if len(o) > 0 && matches == 0 {
		return op.RuleOrigin.Err()
	}
	return nil
}

// turnAway answers a request that came round the edge. Nothing of it is looked at, so nobody is named in the log line.
func (h *Handler) turnAway(ctx context.Context, req *op.Request, err error) *op.Response {
	req.Identity = nil
	resp := refuse(err, req.ID)
	h.log(ctx, req, resp, h.rt.Clock())
	return resp
}
