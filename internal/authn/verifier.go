package authn

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/op"
)

const (
	tokenBytesMax = 8 << 10
	// externalSkew is how far another provider's clock may be off. Our own tokens are judged by the clock that made them.
	externalSkew = 30 * time.Second
)

// errToken is what every refusal says: a caller learns no more than that the token is not valid.
var errToken = errors.New("authn: not a valid access token")

// keySet verifies the signature of a compact JWS whose header has been checked, and gives its payload.
type keySet interface {
	VerifySignature(ctx context.Context, jws string) (payload []byte, err error)
}

// Verifier turns an access token of one issuer into an identity. It is safe for concurrent use.
type Verifier struct {
	issuer, audience string
	now              clock.Clock
	keys             keySet
	claims           ClaimMap
	skew             time.Duration
}

// Verify checks a token: RS256 under a key that was known before, of this issuer, for this audience, within its time, and an
// access token. Everything else is refused as op.RuleNoToken.
func (v *Verifier) Verify(ctx context.Context, raw string) (op.Identity, error) {
	who, err := v.verify(ctx, raw)
	if err != nil {
		return op.Identity{}, op.RuleNoToken.Err().Because(err)
	}
	return who, nil
}

func (v *Verifier) verify(ctx context.Context, raw string) (op.Identity, error) {
	if err := checkHeader(raw); err != nil {
		return op.Identity{}, err
	}
	payload, err := v.keys.VerifySignature(ctx, raw)
	if err != nil {
		return op.Identity{}, errors.Join(errToken, err)
	}
	set := map[string]any{}
	dec := json.NewDecoder(strings.NewReader(string(payload)))
	dec.UseNumber()
	if err := dec.Decode(&set); err != nil {
		return op.Identity{}, errors.Join(errToken, err)
	}
	if err := v.check(set); err != nil {
		return op.Identity{}, err
	}
	return v.claims.identity(set)
}

// check holds the registered claims against what is configured.
func (v *Verifier) check(set map[string]any) error {
	now := v.now()
	exp, expOK := instant(set["exp"])
	nbf, nbfOK := instant(set["nbf"])
	if _, there := set["nbf"]; !there { // providers may leave it out: then the time of issue counts
		nbf, nbfOK = instant(set["iat"])
	}
	switch {
	case text(set["iss"]) != v.issuer:
		return errors.Join(errToken, errors.New("another issuer"))
	case !slices.Contains(texts(set["aud"]), v.audience) && text(set["client_id"]) != v.audience:
		return errors.Join(errToken, errors.New("another audience"))
	case !expOK || !now.Before(exp.Add(v.skew)):
		return errors.Join(errToken, errors.New("expired"))
	case !nbfOK || now.Before(nbf.Add(-v.skew)):
		return errors.Join(errToken, errors.New("not valid yet"))
	case text(set["token_use"]) != useAccess && (set["token_use"] != nil || !v.claims.AnyUse):
		return errors.Join(errToken, errors.New("no access token"))
	}
	return nil
}

// header is what a token may say of its own signature. Anything by which it brings or points at a key is refused, and so is
// whatever it declares critical.
type header struct {
	Alg  string          `json:"alg"`
	Kid  string          `json:"kid"`
	JKU  json.RawMessage `json:"jku"`
	JWK  json.RawMessage `json:"jwk"`
	X5U  json.RawMessage `json:"x5u"`
	X5C  json.RawMessage `json:"x5c"`
	Crit json.RawMessage `json:"crit"`
}

func checkHeader(raw string) error {
	if len(raw) > tokenBytesMax {
		return errors.Join(errToken, errors.New("too long"))
	}
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return errors.Join(errToken, errors.New("not three parts"))
	}
	for _, p := range parts { // one spelling only: the unused bits of a last character must be nought
		if bytes, err := base64.RawURLEncoding.Strict().DecodeString(p); err != nil || base64.RawURLEncoding.EncodeToString(bytes) != p {
			return errors.Join(errToken, errors.New("not base64url"))
		}
	}
	bytes, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		return errors.Join(errToken, err)
	}
	var h header
	if err := json.Unmarshal(bytes, &h); err != nil {
		return errors.Join(errToken, err)
	}
	if h.Alg != algorithm || h.Kid == "" || h.JKU != nil || h.JWK != nil || h.X5U != nil || h.X5C != nil || h.Crit != nil {
		return errors.Join(errToken, errors.New("a header that is not accepted"))
	}
	return nil
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// texts reads a claim that is one string or a list of them.
func texts(v any) []string {
	switch t := v.(type) {
	case string:
		return []string{t}
	case []any:
		var out []string
		for _, e := range t {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

func instant(v any) (time.Time, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return time.Time{}, false
	}
	seconds, err := n.Float64()
	if err != nil || seconds < 0 || seconds > 1<<40 {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(seconds * 1000)).UTC(), true
}
