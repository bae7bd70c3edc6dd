package s3files_test

import (
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
