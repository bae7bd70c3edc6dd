package s3files_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"backoffice/internal/files"
	"backoffice/internal/files/s3files"
)

func TestAddressesAreSigned(t *testing.T) {
	client := s3.NewFromConfig(aws.Config{Region: "eu-west-2", Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider("id", "secret", ""))})
	s := s3files.New(client, "files-bucket")
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	key := files.Key(files.Uploads, "ten_1", "imports", "imp_1", "input.csv")
	up, err := s.Upload(t.Context(), key, 1234, at)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(up.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if up.Method != "PUT" || !strings.HasSuffix(u.Path, key) || !strings.Contains(u.Host, "files-bucket") || q.Get("X-Amz-Expires") != "900" ||
		!strings.Contains(q.Get("X-Amz-SignedHeaders"), "content-length") || up.Headers["Content-Length"] != "1234" || up.Headers["Host"] != "" {
		t.Errorf("%+v", up)
	}
	if strings.Contains(strings.ToLower(up.URL), "checksum") {
		t.Errorf("the address asks for the checksum of an empty body: %s", up.URL)
	}
	down, err := s.Download(t.Context(), key, "in put.csv", at)
	if err != nil {
		t.Fatal(err)
	}
	if down.Method != "GET" || !strings.Contains(down.URL, "response-content-disposition=attachment") || !down.Expires.Equal(at.Add(files.AddressLasts)) {
		t.Errorf("%+v", down)
	}
}

// bucket answers every call as a bucket does, with one status and error.
func bucket(t *testing.T, status int, code string) *s3files.Store {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `<?xml version="1.0"?><Error><Code>`+code+`</Code><Message>no</Message></Error>`)
	}))
	t.Cleanup(server.Close)
	return s3files.New(s3.NewFromConfig(aws.Config{Region: "eu-west-2", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("id", "secret", "")}), "files-bucket")
}

// A function may read files and not list them, so it is refused what is not there; what else goes wrong is no missing file.
func TestAMissingFileIsNoneWhicheverWayTheBucketSaysSo(t *testing.T) {
	for code, want := range map[string]struct {
		status int
		none   bool
	}{"NoSuchKey": {404, true}, "AccessDenied": {403, true}, "InvalidAccessKeyId": {403, false}, "InternalError": {500, false}, "NoSuchBucket": {404, false}} {
		_, _, err := bucket(t, want.status, code).Open(t.Context(), files.Key(files.Uploads, "ten_1", "a.csv"))
		if err == nil || errors.Is(err, files.ErrNone) != want.none {
			t.Errorf("%s: %v", code, err)
		}
	}
}
