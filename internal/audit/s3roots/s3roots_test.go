package s3roots_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"backoffice/internal/audit"
	"backoffice/internal/audit/s3roots"
)

// bucket answers as one with versions does: a list of every version, the newest of a file first, two a page; writing only where
// nothing is, where the call asks for it. "" is a mark of deletion.
type bucket struct {
	t        *testing.T
	mu       sync.Mutex
	versions map[string][]string // by key, the oldest first
	lose     bool                // the answer to the next write
}

type version struct {
	Key       string
	VersionID string `xml:"VersionId"`
}

type listing struct {
	XMLName             xml.Name  `xml:"ListVersionsResult"`
	Versions            []version `xml:"Version"`
	Deleted             []version `xml:"DeleteMarker"`
	IsTruncated         bool
	NextKeyMarker       string
	NextVersionIDMarker string `xml:"NextVersionIdMarker"`
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key, query := strings.TrimPrefix(r.URL.Path, "/roots-bucket/"), r.URL.Query()
	switch {
	case r.Method == http.MethodGet && query.Has("versions"):
		b.list(w, query.Get("prefix"), query.Get("key-marker")+" "+query.Get("version-id-marker"))
	case r.Method == http.MethodGet:
		n := 0
		if _, err := fmt.Sscan(query.Get("versionId"), &n); err != nil {
			b.t.Errorf("%s is read without a version", key)
		}
		_, _ = io.WriteString(w, b.versions[key][n])
	case r.Method == http.MethodPut:
		b.put(w, r, key)
	default:
		b.t.Errorf("%s %s", r.Method, r.URL)
	}
}

func (b *bucket) put(w http.ResponseWriter, r *http.Request, key string) {
	raw, _ := io.ReadAll(r.Body)
	sum := sha256.Sum256(raw)
	if r.Header.Get("If-None-Match") != "*" || r.Header.Get("X-Amz-Checksum-Sha256") != base64.StdEncoding.EncodeToString(sum[:]) {
		b.t.Errorf("written with %v", r.Header)
	}
	if len(b.versions[key]) > 0 {
		w.WriteHeader(http.StatusPreconditionFailed)
		_, _ = io.WriteString(w, `<Error><Code>PreconditionFailed</Code></Error>`)
		return
	}
	b.versions[key] = append(b.versions[key], string(raw))
	if b.lose {
		b.lose = false
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `<Error><Code>InternalError</Code></Error>`)
	}
}

func (b *bucket) list(w http.ResponseWriter, prefix, after string) {
	var out listing
	const pageMax = 2
	n, begun := 0, after == " "
	for _, key := range slices.Sorted(maps.Keys(b.versions)) {
		for i := len(b.versions[key]) - 1; i >= 0 && strings.HasPrefix(key, prefix); i-- {
			v := version{key, fmt.Sprint(i)}
			switch {
			case !begun:
				begun = key+" "+v.VersionID == after
				continue
			case n >= pageMax:
				out.IsTruncated = true
			case b.versions[key][i] == "":
				out.Deleted = append(out.Deleted, v)
			default:
				out.Versions = append(out.Versions, v)
			}
			if n++; n <= pageMax {
				out.NextKeyMarker, out.NextVersionIDMarker = key, v.VersionID
			}
		}
	}
	raw, err := xml.Marshal(out)
	if err != nil {
		b.t.Error(err)
	}
	_, _ = w.Write(raw)
}

func open(t *testing.T) (*bucket, *s3roots.Shelf) {
	t.Helper()
	b := &bucket{t: t, versions: map[string][]string{"backoffice-prod-r1/000001.json": {"another series"}, "backoffice-prod/note.txt": {"no root"}}}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	client := s3.NewFromConfig(aws.Config{Region: "eu-west-2", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("id", "secret", "")},
		func(o *s3.Options) { o.UsePathStyle = true })
	return b, s3roots.Open(client, "roots-bucket", "backoffice-prod")
}

// Roots are written once and read as they were written, page by page, and only those of their own series.
func TestRootsAreWrittenOnce(t *testing.T) {
	_, s := open(t)
	for n := 1; n <= 5; n++ {
		if err := s.Put(t.Context(), n, fmt.Appendf(nil, "root %d", n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Put(t.Context(), 3, []byte("another")); !errors.Is(err, audit.ErrTaken) {
		t.Errorf("a second root 3: %v", err)
	}
	if raw, err := s.Get(t.Context(), 3); err != nil || string(raw) != "root 3" {
		t.Errorf("%s, %v", raw, err)
	}
	if _, err := s.Get(t.Context(), 6); !errors.Is(err, audit.ErrNone) {
		t.Errorf("a root that is not there: %v", err)
	}
	kept, err := s.List(t.Context())
	if want := []audit.Kept{{Number: 1}, {Number: 2}, {Number: 3}, {Number: 4}, {Number: 5}}; err != nil || !slices.Equal(kept, want) {
		t.Errorf("%v, %v", kept, err)
	}
}

// A version or a mark of deletion that was laid over a root is told of, and the root is read all the same.
func TestWhatIsLaidOverARootIsToldOf(t *testing.T) {
	b, s := open(t)
	for n := 1; n <= 3; n++ {
		if err := s.Put(t.Context(), n, []byte("as written")); err != nil {
			t.Fatal(err)
		}
	}
	for key, over := range map[string][]string{"backoffice-prod/000001.json": {"forged", "again"}, "backoffice-prod/000002.json": {""}} {
		b.versions[key] = append(b.versions[key], over...)
	}
	kept, err := s.List(t.Context())
	if want := []audit.Kept{{Number: 1, Touched: "was written over"}, {Number: 2, Touched: "was deleted"}, {Number: 3}}; err != nil || !slices.Equal(kept, want) {
		t.Errorf("%v, %v", kept, err)
	}
	for n := 1; n <= 3; n++ {
		if raw, err := s.Get(t.Context(), n); err != nil || string(raw) != "as written" {
			t.Errorf("root %d: %s, %v", n, raw, err)
		}
	}
}

// When the answer to a write is lost, the client's own repetition meets what it has written.
func TestALostAnswerMeetsItself(t *testing.T) {
	b, s := open(t)
	b.lose = true
	if err := s.Put(t.Context(), 1, []byte("root")); !errors.Is(err, audit.ErrTaken) {
		t.Errorf("%v", err)
	}
	if raw, err := s.Get(t.Context(), 1); err != nil || string(raw) != "root" || len(b.versions["backoffice-prod/000001.json"]) != 1 {
		t.Errorf("%s, %v", raw, err)
	}
}
