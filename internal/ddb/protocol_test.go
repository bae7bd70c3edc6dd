package ddb_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"backoffice/internal/ddb"
)

// operations are all that the store answers, and one that it does not.
var operations = []string{"PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem",
	"TransactWriteItems", "TransactGetItems", "CreateTable", "DescribeTable", "UpdateTable", "ListTables", "DeleteTable",
	"UpdateTimeToLive", "DescribeTimeToLive", "TagResource", "UntagResource", "ListTagsOfResource", "ExecuteStatement"}

// send gives a body to an operation and takes the answer.
func send(t testing.TB, e *ddb.Engine, target, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://store.invalid/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Amz-Target", target)
	res, err := e.RoundTripper().RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(out)
}

// No body makes an operation fail by the store's own fault.
func FuzzProtocol(f *testing.F) {
	seeds := []string{
		`{"TableName":"tab","Item":{"pk":{"S":"a"},"sk":{"S":"b"},"n":{"N":"1"}},"ConditionExpression":"attribute_not_exists(pk)"}`,
		`{"TableName":"tab","Key":{"pk":{"S":"a"},"sk":{"S":"b"}},"UpdateExpression":"SET n = :n","ExpressionAttributeValues":{":n":{"N":"1"}},"ReturnValues":"ALL_NEW"}`,
		`{"TableName":"tab","IndexName":"global","KeyConditionExpression":"gk = :g","ExpressionAttributeValues":{":g":{"S":"a"}},"Limit":1}`,
		`{"TableName":"tab","KeyConditions":{"pk":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"a"}]}},"FilterExpression":"n > :n","ExpressionAttributeValues":{":n":{"N":"1"}}}`,
		`{"RequestItems":{"tab":{"Keys":[{"pk":{"S":"a"},"sk":{"S":"b"}}]}}}`,
		`{"RequestItems":{"tab":[{"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"S":"b"}}}}]}}`,
		`{"TransactItems":[{"Delete":{"TableName":"tab","Key":{"pk":{"S":"a"},"sk":{"S":"b"}}}}],"ClientRequestToken":"t"}`,
		`{"TableName":"tab","TimeToLiveSpecification":{"AttributeName":"n","Enabled":true}}`,
		`{"TableName":"new","AttributeDefinitions":[{"AttributeName":"k","AttributeType":"N"}],"KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"}`,
		`{"ResourceArn":"arn:aws:dynamodb:eu-west-2:000000000000:table/tab","Tags":[{"Key":"a","Value":"b"}]}`,
	}
	for i := range operations {
		for _, s := range seeds {
			f.Add(uint8(i), s)
		}
	}
	f.Fuzz(func(t *testing.T, op uint8, body string) {
		s := open(t, ddb.Options{NoSync: true})
		s.table(t, "tab")
		s.put(t, itemOf(sample(1)))
		for _, target := range []string{"DynamoDB_20120810." + operations[int(op)%len(operations)],
			"DynamoDBStreams_20120810." + []string{"ListStreams", "DescribeStream", "GetShardIterator", "GetRecords"}[op%4]} {
			if status, out := send(t, s.e, target, body); status >= 500 {
				t.Fatalf("%s %s: %d %s", target, body, status, out)
			}
		}
	})
}

func TestUnknownOperations(t *testing.T) {
	s := open(t, ddb.Options{})
	for _, target := range []string{"", "PutItem", "DynamoDB_20120810.ExecuteStatement", "DynamoDB_20111205.GetItem", "DynamoDBStreams_20120810.PutItem"} {
		if status, out := send(t, s.e, target, "{}"); status != 400 || !strings.Contains(out, "#UnknownOperationException") {
			t.Errorf("%q: %d %s", target, status, out)
		}
	}
}

const keyID, secret = "AKIDSTORE", "a secret of the store"

// served is a client of the store over HTTP.
func served(t *testing.T, e *ddb.Engine, id, sec string) *dynamodb.Client {
	t.Helper()
	srv := httptest.NewServer(e.Handler(keyID, secret))
	t.Cleanup(srv.Close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return dynamodb.New(dynamodb.Options{Region: "eu-west-2", BaseEndpoint: &srv.URL, Retryer: aws.NopRetryer{},
		HTTPClient: &http.Client{Transport: transport},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: id, SecretAccessKey: sec}, nil
		})})
}

func TestHandlerTakesSignedRequestsOnly(t *testing.T) {
	s := open(t, ddb.Options{})
	ctx := context.Background()
	if _, err := served(t, s.e, keyID, secret).ListTables(ctx, &dynamodb.ListTablesInput{}); err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]*dynamodb.Client{
		"InvalidSignatureException":   served(t, s.e, keyID, "another"),
		"UnrecognizedClientException": served(t, s.e, "another", secret),
	} {
		_, err := c.ListTables(ctx, &dynamodb.ListTablesInput{})
		var api smithy.APIError
		if !errors.As(err, &api) || api.ErrorCode() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// signed makes a request that is signed at a time.
func signed(t *testing.T, at time.Time, body string) *http.Request {
	t.Helper()
	req := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "http://localhost:8000/", strings.NewReader(body))
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810.ListTables")
	const emptyObject = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
	creds := aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret}
	if err := v4.NewSigner().SignHTTP(context.Background(), creds, req, emptyObject, "dynamodb", "eu-west-2", at); err != nil {
		t.Fatal(err)
	}
	return req
}

func TestHandlerRefuses(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := open(t, ddb.Options{Clock: func() time.Time { return now }})
	for name, c := range map[string]struct {
		at     time.Time
		body   string
		change func(r *http.Request)
		want   string
	}{
		"a good one":         {now, "{}", func(*http.Request) {}, ""},
		"another host":       {now, "{}", func(r *http.Request) { r.Host = "store.example" }, "AccessDenied"},
		"another site":       {now, "{}", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, "AccessDenied"},
		"no signature":       {now, "{}", func(r *http.Request) { r.Header.Del("Authorization") }, "MissingAuthenticationToken"},
		"half a signature":   {now, "{}", func(r *http.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=a/b") }, "InvalidSignature"},
		"another operation":  {now, "{}", func(r *http.Request) { r.Header.Set("X-Amz-Target", "DynamoDB_20120810.DeleteTable") }, "InvalidSignature"},
		"another body":       {now, `{"Limit":1}`, func(*http.Request) {}, "InvalidSignature"},
		"an old signature":   {now.Add(-16 * time.Minute), "{}", func(*http.Request) {}, "Signature expired"},
		"a future signature": {now.Add(16 * time.Minute), "{}", func(*http.Request) {}, "Signature expired"},
		"a GET":              {now, "{}", func(r *http.Request) { r.Method = http.MethodGet }, "UnknownOperation"},
		"another path":       {now, "{}", func(r *http.Request) { r.URL.Path = "/x" }, "UnknownOperation"},
	} {
		req := signed(t, c.at, c.body)
		c.change(req)
		rec := httptest.NewRecorder()
		s.e.Handler(keyID, secret).ServeHTTP(rec, req)
		if got := rec.Body.String(); c.want == "" && rec.Code != 200 || !strings.Contains(got, c.want) {
			t.Errorf("%s: %d %s", name, rec.Code, got)
		}
	}
	rec := httptest.NewRecorder()
	s.e.Handler("", "").ServeHTTP(rec, signed(t, now, "{}"))
	if rec.Code == 200 {
		t.Error("a store without a key pair answers")
	}
}

// A batch that meets a transaction hands its items back, and nothing is lost.
func TestConflictsAreAnswered(t *testing.T) {
	held, goOn := make(chan bool), make(chan bool)
	f := &ddb.Faults{}
	s := open(t, ddb.Options{ConflictError: true, Faults: f})
	s.table(t, "tab")
	f.Set(func(f *ddb.Faults) {
		f.HoldAt = 2 // the table was the first
		f.OnHold = func() { close(held); <-goOn }
	})
	done := make(chan error, 1)
	put := types.TransactWriteItem{Put: &types.Put{TableName: aws.String("tab"), Item: key("a", "1")}}
	go func() {
		_, err := s.TransactWriteItems(context.Background(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{put}})
		done <- err
	}()
	<-held
	if s.get(t, "a", "1") != nil {
		t.Error("a reader saw what was not committed")
	}
	err := s.tryPut(key("a", "1"))
	var conflict *types.TransactionConflictException
	if !errors.As(err, &conflict) {
		t.Errorf("put: %v", err)
	}
	_, err = s.TransactWriteItems(context.Background(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{put}})
	if !inTheWay(err) {
		t.Errorf("transaction: %v", err)
	}
	batch, err := s.BatchWriteItem(context.Background(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{
		"tab": {{PutRequest: &types.PutRequest{Item: key("a", "1")}}}}})
	if err != nil || len(batch.UnprocessedItems["tab"]) != 1 {
		t.Errorf("batch: %v %v", batch, err)
	}
	close(goOn)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
