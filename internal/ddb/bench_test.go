package ddb_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/ddb"
)

// sample is an item of about 600 bytes in both indexes.
func sample(n int) item {
	id := fmt.Sprintf("%08d", n)
	it := itemOf(key("tenant#"+id, "doc#"+id)).with("gk", str("kind#"+strconv.Itoa(n%100))).with("gs", num(id)).with("ls", str(id))
	for i := range 8 {
		it.with("field"+strconv.Itoa(i), str(strings.Repeat("value "+id+" ", 4)))
	}
	return item(it)
}

func benchStore(b *testing.B) *store {
	s := open(b, ddb.Options{Dir: b.TempDir()})
	s.table(b, "tab")
	b.ReportAllocs()
	return s
}

func benchmarkPut(b *testing.B, parallel int) {
	s := benchStore(b)
	var n atomic.Int64
	b.SetParallelism(parallel)
	b.ResetTimer()
	before := s.e.Stats()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			in := &dynamodb.PutItemInput{TableName: aws.String("tab"), Item: sample(int(n.Add(1)))}
			if _, err := s.PutItem(context.Background(), in); err != nil {
				b.Error(err)
				return
			}
		}
	})
	after := s.e.Stats()
	if syncs := after.Syncs - before.Syncs; syncs > 0 {
		b.ReportMetric(float64(after.Commits-before.Commits)/float64(syncs), "commits/fsync")
	}
}

func BenchmarkPut1(b *testing.B) { benchmarkPut(b, 1) }

func BenchmarkPut16(b *testing.B) { benchmarkPut(b, 8) }

func BenchmarkGet(b *testing.B) {
	s := benchStore(b)
	const items = 1000
	for n := range items {
		s.put(b, itemOf(sample(n)))
	}
	n := 0
	for b.Loop() {
		it := sample(n % items)
		in := &dynamodb.GetItemInput{TableName: aws.String("tab"), Key: item{"pk": it["pk"], "sk": it["sk"]}}
		if got, err := s.GetItem(context.Background(), in); err != nil || len(got.Item) != len(it) {
			b.Fatal(err, len(got.Item))
		}
		n++
	}
}

// transactInput makes a transaction of size puts.
func transactInput(n *int, size int) *dynamodb.TransactWriteItemsInput {
	in := &dynamodb.TransactWriteItemsInput{}
	for range size {
		*n++
		in.TransactItems = append(in.TransactItems, types.TransactWriteItem{Put: &types.Put{TableName: aws.String("tab"), Item: sample(*n),
			ConditionExpression: aws.String("attribute_not_exists(pk)")}})
	}
	return in
}

func benchmarkTransact(b *testing.B, size int) {
	s := benchStore(b)
	n := 0
	for b.Loop() {
		if _, err := s.TransactWriteItems(context.Background(), transactInput(&n, size)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTransact4(b *testing.B)   { benchmarkTransact(b, 4) }
func BenchmarkTransact25(b *testing.B)  { benchmarkTransact(b, 25) }
func BenchmarkTransact100(b *testing.B) { benchmarkTransact(b, 100) }

// null answers everything with an empty object.
type null struct{}

func (null) RoundTrip(req *http.Request) (*http.Response, error) {
	_, _ = io.Copy(io.Discard, req.Body)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader([]byte("{}"))), Request: req}, nil
}

// BenchmarkNullTransact100 is the client's own cost, to compare with.
func BenchmarkNullTransact100(b *testing.B) {
	c := dynamodb.New(dynamodb.Options{Region: "eu-west-2", HTTPClient: &http.Client{Transport: null{}},
		Credentials: aws.AnonymousCredentials{}, BaseEndpoint: aws.String("http://store.invalid")})
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if _, err := c.TransactWriteItems(context.Background(), transactInput(&n, 100)); err != nil {
			b.Fatal(err)
		}
	}
}
