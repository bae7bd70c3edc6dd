package main

import (
	"context"
	"encoding/xml"
	"net/http"
)

// objects tells whether a bucket holds any object, or any former version of one: 0 for none.
func (a account) objects(ctx context.Context, bucket string) (int, error) {
	raw, err := a.bucket(ctx, http.MethodGet, bucket, "?max-keys=1&versions=")
	if err != nil {
		return 0, err
	}
	var page struct {
		Versions []struct{} `xml:"Version"`
		Deleted  []struct{} `xml:"DeleteMarker"`
	}
	if err := xml.Unmarshal(raw, &page); err != nil {
		return 0, err
	}
	return len(page.Versions) + len(page.Deleted), nil
}

// bucket calls S3 on a bucket, by its path.
func (a account) bucket(ctx context.Context, method, name, query string) ([]byte, error) {
	return a.Send(ctx, "s3", method, "/"+name+query, nil, nil)
}
