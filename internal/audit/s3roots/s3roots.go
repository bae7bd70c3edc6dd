// Package s3roots keeps audit roots in a bucket with object lock, in which no version of a file can be changed or deleted
// before its time.
package s3roots

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"backoffice/internal/audit"
)

// Shelf keeps one series of roots under a folder of a bucket.
type Shelf struct {
	client *s3.Client
	bucket string
	folder string
}

// Open gives the shelf of a folder. Tables of another name, such as those of a restore, have another folder: what they hold is
// another history.
func Open(client *s3.Client, bucket, folder string) *Shelf {
	return &Shelf{client: client, bucket: bucket, folder: folder + "/"}
}

// file is what the bucket knows of a root: its versions, the first of which is the root.
type file struct {
	version  string // the oldest
	versions int
	deleted  int
}

// List tells of the roots that are there. A lock keeps every version of a file, yet does not keep anyone from laying another
// one, or a mark of deletion, over it: both are told of, and Get goes past them.
func (s *Shelf) List(ctx context.Context) ([]audit.Kept, error) {
	all, err := s.files(ctx, s.folder)
	if err != nil {
		return nil, err
	}
	var out []audit.Kept
	for key, f := range all {
		number, ok := audit.NumberOf(strings.TrimPrefix(key, s.folder))
		if !ok {
			continue
		}
		k := audit.Kept{Number: number}
		switch {
		case f.deleted > 0:
			k.Touched = "was deleted"
		case f.versions > 1:
			k.Touched = "was written over"
		}
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b audit.Kept) int { return a.Number - b.Number })
	return out, nil
}

// files reads every version of the files whose keys begin so. The bucket tells of a file's newest version first.
func (s *Shelf) files(ctx context.Context, prefix string) (map[string]file, error) {
	out := map[string]file{}
	pages := s3.NewListObjectVersionsPaginator(s.client, &s3.ListObjectVersionsInput{Bucket: &s.bucket, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list audit roots: %w", err)
		}
		for _, v := range page.Versions {
			f := out[aws.ToString(v.Key)]
			f.version, f.versions = aws.ToString(v.VersionId), f.versions+1
			out[aws.ToString(v.Key)] = f
		}
		for _, d := range page.DeleteMarkers {
			f := out[aws.ToString(d.Key)]
			f.deleted++
			out[aws.ToString(d.Key)] = f
		}
	}
	return out, nil
}

// Get reads the first version of a root.
func (s *Shelf) Get(ctx context.Context, number int) ([]byte, error) {
	key := s.key(number)
	all, err := s.files(ctx, key)
	if err != nil {
		return nil, err
	}
	f := all[key]
	if f.versions == 0 {
		return nil, audit.ErrNone
	}
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.bucket, Key: &key, VersionId: &f.version})
	if err != nil {
		return nil, fmt.Errorf("read audit root %d: %w", number, err)
	}
	raw, err := io.ReadAll(out.Body)
	return raw, errors.Join(err, out.Body.Close())
}

// Put writes a new root. How long it is locked is the bucket's own rule.
func (s *Shelf) Put(ctx context.Context, number int, raw []byte) error {
	sum := sha256.Sum256(raw)
	_, err := s.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &s.bucket, Key: aws.String(s.key(number)), Body: bytes.NewReader(raw), IfNoneMatch: aws.String("*"),
		ContentType: aws.String("application/json"), ChecksumAlgorithm: types.ChecksumAlgorithmSha256, ChecksumSHA256: aws.String(base64.StdEncoding.EncodeToString(sum[:]))})
	if said, ok := errors.AsType[smithy.APIError](err); ok && said.ErrorCode() == "PreconditionFailed" {
		return audit.ErrTaken
	}
	if err != nil {
		return fmt.Errorf("write audit root %d: %w", number, err)
	}
	return nil
}

func (s *Shelf) key(number int) string { return s.folder + audit.FileName(number) }
