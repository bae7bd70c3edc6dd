package ddb_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"backoffice/internal/ddb"
)

// av and item are short for what the SDK makes long.
type (
	av   = types.AttributeValue
	item = map[string]av
)

func str(s string) av { return &types.AttributeValueMemberS{Value: s} }
func num(s string) av { return &types.AttributeValueMemberN{Value: s} }

// textOf gives the text of a string or number.
func textOf(v av) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	}
	return ""
}

// store is an engine with clients on it.
type store struct {
	*dynamodb.Client
	e       *ddb.Engine
	streams *dynamodbstreams.Client
}

// open opens an engine that the test closes.
func open(t testing.TB, o ddb.Options) *store {
	t.Helper()
	e, err := ddb.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return clients(e)
}

// clients makes clients without retries, so that every error is seen.
func clients(e *ddb.Engine) *store {
	hc := &http.Client{Transport: e.RoundTripper()}
	creds := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "k", SecretAccessKey: "s"}, nil
	})
	return &store{
		e: e,
		Client: dynamodb.New(dynamodb.Options{Region: "eu-west-2", HTTPClient: hc, Credentials: creds, Retryer: aws.NopRetryer{},
			BaseEndpoint: aws.String("http://store.invalid")}),
		streams: dynamodbstreams.New(dynamodbstreams.Options{Region: "eu-west-2", HTTPClient: hc, Credentials: creds, Retryer: aws.NopRetryer{},
			BaseEndpoint: aws.String("http://store.invalid")}),
	}
}

// table makes a table with a stream, a global index on gk and gs, and a local
// one on ls.
func (s *store) table(t testing.TB, name string) {
	t.Helper()
	all := &types.Projection{ProjectionType: types.ProjectionTypeAll}
	_, err := s.CreateTable(context.Background(), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{def("pk", "S"), def("sk", "S"), def("gk", "S"), def("gs", "N"), def("ls", "S")},
		KeySchema:            keys("pk", "sk"),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{
			{IndexName: aws.String("global"), KeySchema: keys("gk", "gs"), Projection: all}},
		LocalSecondaryIndexes: []types.LocalSecondaryIndex{
			{IndexName: aws.String("local"), KeySchema: keys("pk", "ls"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}}},
		StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func def(name, typ string) types.AttributeDefinition {
	return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeType(typ)}
}

func keys(hash, rng string) []types.KeySchemaElement {
	return []types.KeySchemaElement{
		{AttributeName: &hash, KeyType: types.KeyTypeHash}, {AttributeName: &rng, KeyType: types.KeyTypeRange}}
}

func key(pk, sk string) item { return item{"pk": str(pk), "sk": str(sk)} }

// with adds attributes to an item: name, value, name, value…
func (it itemOf) with(name string, v av) itemOf { it[name] = v; return it }

type itemOf item

func (s *store) put(t testing.TB, it itemOf) {
	t.Helper()
	if _, err := s.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: aws.String("tab"), Item: it}); err != nil {
		t.Fatal(err)
	}
}

// records reads all changes of a table's stream.
func (s *store) records(t testing.TB, table string) []streamtypes.Record {
	t.Helper()
	ctx := context.Background()
	list, err := s.streams.ListStreams(ctx, &dynamodbstreams.ListStreamsInput{TableName: &table})
	if err != nil || len(list.Streams) == 0 {
		t.Fatalf("streams of %s: %v %v", table, list, err)
	}
	arn := list.Streams[len(list.Streams)-1].StreamArn
	desc, err := s.streams.DescribeStream(ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: arn})
	if err != nil {
		t.Fatal(err)
	}
	it, err := s.streams.GetShardIterator(ctx, &dynamodbstreams.GetShardIteratorInput{StreamArn: arn,
		ShardId: desc.StreamDescription.Shards[0].ShardId, ShardIteratorType: streamtypes.ShardIteratorTypeTrimHorizon})
	if err != nil {
		t.Fatal(err)
	}
	var out []streamtypes.Record
	for next := it.ShardIterator; next != nil; {
		got, err := s.streams.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: next})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Records) == 0 {
			break
		}
		out, next = append(out, got.Records...), got.NextShardIterator
	}
	return out
}

// fixedClock is a clock that tests move.
type fixedClock struct{ now time.Time }

func (c *fixedClock) Now() time.Time { return c.now }

func TestWritesReadsAndIndexes(t *testing.T) {
	s := open(t, ddb.Options{})
	ctx := context.Background()
	s.table(t, "tab")
	s.put(t, itemOf(key("a", "1")).with("gk", str("g")).with("gs", num("2")).with("ls", str("x")).with("n", num("1.50")))
	s.put(t, itemOf(key("a", "2")).with("gk", str("g")).with("gs", num("-1")).with("n", num("7")))
	got, err := s.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("tab"), Key: key("a", "1"),
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal})
	if err != nil || textOf(got.Item["n"]) != "1.5" || *got.ConsumedCapacity.CapacityUnits != 0.5 {
		t.Fatalf("get: %v %v", got, err)
	}
	_, err = s.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: aws.String("tab"), Key: key("a", "2"),
		UpdateExpression: aws.String("SET n = n + :one REMOVE ls"), ConditionExpression: aws.String("n = :seven"),
		ExpressionAttributeValues: item{":one": num("1"), ":seven": num("7.0")}})
	if err != nil {
		t.Fatal(err)
	}
	q, err := s.Query(ctx, &dynamodb.QueryInput{TableName: aws.String("tab"), IndexName: aws.String("global"),
		KeyConditionExpression: aws.String("gk = :g AND gs < :n"), ExpressionAttributeValues: item{":g": str("g"), ":n": num("100")}})
	if err != nil || len(q.Items) != 2 || textOf(q.Items[0]["sk"]) != "2" || textOf(q.Items[0]["n"]) != "8" {
		t.Fatalf("query: %v %v", q, err)
	}
	q, err = s.Query(ctx, &dynamodb.QueryInput{TableName: aws.String("tab"), IndexName: aws.String("local"),
		KeyConditionExpression: aws.String("pk = :p"), ExpressionAttributeValues: item{":p": str("a")}})
	if err != nil || len(q.Items) != 1 || len(q.Items[0]) != 3 {
		t.Fatalf("local: %v %v", q, err)
	}
	_, err = s.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("tab"), Item: key("a", "1"),
		ConditionExpression: aws.String("attribute_not_exists(pk)")})
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		t.Fatalf("condition: %v", err)
	}
	if _, err := s.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String("tab"), Key: key("a", "1")}); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range s.records(t, "tab") {
		names = append(names, string(r.EventName))
	}
	if len(names) != 4 || names[2] != "MODIFY" || names[3] != "REMOVE" {
		t.Fatalf("changes: %v", names)
	}
}

func TestTransactions(t *testing.T) {
	s := open(t, ddb.Options{})
	ctx := context.Background()
	s.table(t, "tab")
	s.put(t, itemOf(key("a", "1")).with("n", num("1")))
	in := &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String("tab"), Item: key("b", "1")}},
		{Update: &types.Update{TableName: aws.String("tab"), Key: key("a", "1"), UpdateExpression: aws.String("ADD n :x"),
			ConditionExpression: aws.String("n < :lim"), ExpressionAttributeValues: item{":x": num("5"), ":lim": num("3")},
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld}},
	}}
	if _, err := s.TransactWriteItems(ctx, in); err != nil {
		t.Fatal(err)
	}
	in.ClientRequestToken = nil // the client had filled it in
	_, err := s.TransactWriteItems(ctx, in)
	var canceled *types.TransactionCanceledException
	if !errors.As(err, &canceled) || *canceled.CancellationReasons[1].Code != "ConditionalCheckFailed" ||
		textOf(canceled.CancellationReasons[1].Item["n"]) != "6" || *canceled.CancellationReasons[0].Code != "None" {
		t.Fatalf("canceled: %v", err)
	}
	got, err := s.TransactGetItems(ctx, &dynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{
		{Get: &types.Get{TableName: aws.String("tab"), Key: key("b", "1")}},
		{Get: &types.Get{TableName: aws.String("tab"), Key: key("none", "1")}}}})
	if err != nil || len(got.Responses) != 2 || len(got.Responses[0].Item) != 2 || got.Responses[1].Item != nil {
		t.Fatalf("get: %v %v", got, err)
	}
}
