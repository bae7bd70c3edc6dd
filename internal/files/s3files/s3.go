// Package s3files keeps files in a bucket, which clients reach by presigned addresses.
package s3files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"backoffice/internal/files"
)

// Store keeps files in one bucket.
type Store struct {
	client *s3.Client
	bucket string
}

// New makes a store over a client and its bucket.
func New(client *s3.Client, bucket string) *Store { return &Store{client: client, bucket: bucket} }

func expires(o *s3.PresignOptions) { o.Expires = files.AddressLasts }

// Upload signs a PUT of exactly so many bytes: the length is part of what is signed.
func (s *Store) Upload(ctx context.Context, key string, bytes int64, at time.Time) (files.Place, error) {
	req, err := s3.NewPresignClient(s.client).PresignPutObject(ctx, &s3.PutObjectInput{Bucket: &s.bucket, Key: &key, ContentLength: &bytes}, expires)
	if err != nil {
		return files.Place{}, fmt.Errorf("s3files: sign upload: %w", err)
	}
	return place(req.Method, req.URL, req.SignedHeader, at), nil
}

// Download signs a GET that answers with an attachment of a name.
func (s *Store) Download(ctx context.Context, key, name string, at time.Time) (files.Place, error) {
	attachment := mime.FormatMediaType("attachment", map[string]string{"filename": name})
	req, err := s3.NewPresignClient(s.client).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &s.bucket, Key: &key, ResponseContentDisposition: &attachment}, expires)
	if err != nil {
		return files.Place{}, fmt.Errorf("s3files: sign download: %w", err)
	}
	return place(req.Method, req.URL, req.SignedHeader, at), nil
}

func place(method, url string, signed http.Header, at time.Time) files.Place {
	p := files.Place{Method: method, URL: url, Expires: at.Add(files.AddressLasts), Headers: map[string]string{}}
	for name, values := range signed {
		if !strings.EqualFold(name, "Host") { // the client's own business
			p.Headers[name] = strings.Join(values, ",")
		}
	}
	return p
}

// Open reads a file.
func (s *Store) Open(ctx context.Context, key string) (io.ReadCloser, int64, error) {
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.bucket, Key: &key})
	if missing(err) {
		return nil, 0, fmt.Errorf("%w: %w", files.ErrNone, err)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("s3files: read: %w", err)
	}
	return out.Body, aws.ToInt64(out.ContentLength), nil
}

// missing tells whether there is no such file. Who may read a bucket's files but not list them is told of a missing one that
// access is denied, since more would be a piece of the list; that is how our functions stand.
func missing(err error) bool {
	var none *types.NoSuchKey
	var denied smithy.APIError
	return errors.As(err, &none) || errors.As(err, &denied) && denied.ErrorCode() == "AccessDenied"
}

// Put writes a file of the system's own.
func (s *Store) Put(ctx context.Context, key string, content io.Reader, bytes int64) error {
	if _, err := s.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &s.bucket, Key: &key, Body: content, ContentLength: &bytes}); err != nil {
		return fmt.Errorf("s3files: write: %w", err)
	}
	return nil
}

// Delete removes a file.
func (s *Store) Delete(ctx context.Context, key string) error {
	if _, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &s.bucket, Key: &key}); err != nil {
		return fmt.Errorf("s3files: delete: %w", err)
	}
	return nil
}
