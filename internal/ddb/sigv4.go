package ddb

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"backoffice/internal/ddb/awserr"
)

const (
	signAlgorithm  = "AWS4-HMAC-SHA256"
	signTimeLayout = "20060102T150405Z"
	// signSkewMax is how far a request's time may be from the store's.
	signSkewMax = 15 * time.Minute
)

// signature is what an Authorization header says.
type signature struct {
	keyID, date, region, service string
	headers                      []string
	sum                          string
}

// parseSignature takes an Authorization header apart.
func parseSignature(header string) (s signature, ok bool) {
	rest, ok := strings.CutPrefix(header, signAlgorithm)
	if !ok {
		return s, false
	}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Credential":
			scope := strings.Split(value, "/")
			if len(scope) != 5 || scope[4] != "aws4_request" {
				return s, false
			}
			s.keyID, s.date, s.region, s.service = scope[0], scope[1], scope[2], scope[3]
		case "SignedHeaders":
			s.headers = strings.Split(value, ";")
		case "Signature":
			s.sum = value
		}
	}
	return s, s.keyID != "" && s.headers != nil && s.sum != ""
}

// verify refuses a request that the key pair did not sign, or not just now.
func verify(req *http.Request, body, keyID, secret string, now time.Time) error {
	header := req.Header.Get("Authorization")
	if header == "" {
		return awserr.New(awserr.TypeMissingAuth, "Request is missing Authentication Token")
	}
	s, ok := parseSignature(header)
	if !ok {
		return awserr.New(awserr.TypeBadSignature, "The Authorization header is not a complete signature of version 4")
	}
	if !hmac.Equal([]byte(s.keyID), []byte(keyID)) { // in the same time wherever they differ
		return awserr.New(awserr.TypeBadClient, "The security token included in the request is invalid.")
	}
	stamp := req.Header.Get("X-Amz-Date")
	at, err := time.Parse(signTimeLayout, stamp)
	if err != nil || !strings.HasPrefix(stamp, s.date) {
		return awserr.New(awserr.TypeBadSignature, "The date of the request is missing or is not that of its credential")
	}
	if skew := now.Sub(at); skew > signSkewMax || skew < -signSkewMax {
		return awserr.New(awserr.TypeBadSignature, "Signature expired: %s is not close to %s", stamp, now.UTC().Format(signTimeLayout))
	}
	// A signature covers the headers that it names: without these, a request
	// could be sent elsewhere, later, or as another call.
	for _, must := range []string{"host", "x-amz-date", "x-amz-target"} {
		if !slices.Contains(s.headers, must) && (must == "host" || req.Header.Get(must) != "") {
			return awserr.New(awserr.TypeBadSignature, "The header %s is not signed", must)
		}
	}
	if want := s.expected(req, body, secret, stamp); !hmac.Equal([]byte(want), []byte(s.sum)) {
		return awserr.New(awserr.TypeBadSignature, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.")
	}
	return nil
}

// expected is the signature that the secret gives for the request.
func (s signature) expected(req *http.Request, body, secret, stamp string) string {
	var c strings.Builder
	c.WriteString(req.Method + "\n" + req.URL.EscapedPath() + "\n" + req.URL.RawQuery + "\n")
	for _, name := range s.headers {
		value := strings.Join(req.Header.Values(name), ",")
		if name == "host" {
			value = req.Host
		}
		if name == "content-length" && value == "" {
			value = itoa(len(body))
		}
		c.WriteString(name + ":" + strings.Join(strings.Fields(value), " ") + "\n")
	}
	c.WriteString("\n" + strings.Join(s.headers, ";") + "\n" + hexSum(body))
	scope := strings.Join([]string{s.date, s.region, s.service, "aws4_request"}, "/")
	toSign := signAlgorithm + "\n" + stamp + "\n" + scope + "\n" + hexSum(c.String())
	key := []byte("AWS4" + secret)
	for _, part := range []string{s.date, s.region, s.service, "aws4_request", toSign} {
		key = mac(key, part)
	}
	return hex.EncodeToString(key)
}

func hexSum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

func mac(key []byte, s string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(s))
	return h.Sum(nil)
}
