package diskfiles

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"backoffice/internal/clock"
	"backoffice/internal/files"
)

// Prefix is the path below which the signed addresses stand.
const Prefix = "/files/"

// ticket is what an address allows.
type ticket struct {
	Method string `json:"m"`
	Key    string `json:"k"`
	Bytes  int64  `json:"b,omitempty"`
	Name   string `json:"n,omitempty"`
	Until  int64  `json:"u"` // seconds of the Unix clock
}

func (s *Store) sign(t ticket) (string, error) {
	raw, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(raw) + "." + base64.RawURLEncoding.EncodeToString(s.mac(raw)), nil
}

func (s *Store) mac(raw []byte) []byte {
	h := hmac.New(sha256.New, s.secret)
	h.Write([]byte("files\x00"))
	h.Write(raw)
	return h.Sum(nil)
}

// check reads a token; ok is false for one that we did not sign, for another method, or that has expired.
func (s *Store) check(token, method string) (t ticket, ok bool) {
	body, sum, found := strings.Cut(token, ".")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(body)
	mac, macErr := base64.RawURLEncoding.Strict().DecodeString(sum)
	if !found || err != nil || macErr != nil || !hmac.Equal(mac, s.mac(raw)) {
		return t, false
	}
	if err := json.Unmarshal(raw, &t); err != nil {
		return t, false
	}
	return t, t.Method == method && s.clock().Unix() <= t.Until
}

// ServeHTTP answers PUT and GET under Prefix. Whoever has an address may use it, as with the cloud's presigned ones: the
// answers tell nothing but whether it worked.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t, ok := s.check(strings.TrimPrefix(r.URL.Path, Prefix), r.Method)
	if !ok {
		http.Error(w, "the address is not valid, or no longer", http.StatusForbidden)
		return
	}
	patient(w)
	if r.Method == http.MethodPut {
		s.put(w, r, t)
		return
	}
	s.get(w, r, t)
}

// patient gives a file the time that an address lasts, from now on. The server's own limits are meant for calls that fit into
// memory; a large file on a slow line takes longer.
func patient(w http.ResponseWriter) {
	until, c := clock.System().Add(files.AddressLasts), http.NewResponseController(w)
	_, _ = c.SetReadDeadline(until), c.SetWriteDeadline(until) // where there are none to set, none are in the way
}

func (s *Store) put(w http.ResponseWriter, r *http.Request, t ticket) {
	if r.ContentLength > t.Bytes {
		http.Error(w, "the file is larger than announced", http.StatusRequestEntityTooLarge)
		return
	}
	switch err := s.Put(r.Context(), t.Key, http.MaxBytesReader(w, r.Body, t.Bytes), t.Bytes); {
	case errors.Is(err, errShort), isTooLarge(err):
		http.Error(w, "the file has another length than announced", http.StatusBadRequest)
	case err != nil:
		http.Error(w, "the file could not be kept", http.StatusInternalServerError)
	default:
		w.WriteHeader(http.StatusOK)
	}
}

func isTooLarge(err error) bool {
	var large *http.MaxBytesError
	return errors.As(err, &large)
}

func (s *Store) get(w http.ResponseWriter, r *http.Request, t ticket) {
	f, size, err := s.Open(r.Context(), t.Key)
	if errors.Is(err, files.ErrNone) {
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	if err != nil {
		http.Error(w, "the file could not be read", http.StatusInternalServerError)
		return
	}
	defer f.Close()
	w.Header().Set("Content-Type", "application/octet-stream") // never shown by a browser as a page of ours
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": t.Name}))
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.Copy(w, f)
}
