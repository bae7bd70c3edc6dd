package ddbtest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"backoffice/internal/ddb"
)

// faulty opens an engine with a table whose faults strike from now on.
func faulty(t *testing.T, faults *ddb.Faults) *dynamodb.Client {
	t.Helper()
	faults.Pause()
	db := onceClient(openEngine(t, ddb.Options{Dir: t.TempDir(), NoSync: true, Faults: faults}))
	if _, err := db.CreateTable(t.Context(), plainTable.input()); err != nil {
		t.Fatal(err)
	}
	faults.Resume()
	return db
}

func putOne(t *testing.T, db *dynamodb.Client, key string) error {
	_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &plainTable.name, Item: Item{"pk": S(key)}})
	return err
}

func transactOne(t *testing.T, db *dynamodb.Client, key string) error {
	_, err := db.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: &plainTable.name, Item: Item{"pk": S(key)}}},
	}})
	return err
}

func isThere(t *testing.T, db *dynamodb.Client, key string) bool {
	t.Helper()
	answer, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: &plainTable.name, Key: Item{"pk": S(key)}, ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		t.Fatal(err)
	}
	return answer.Item != nil
}

// TestFaultsAreTyped injects each fault at every call and looks at the Go
// type that the SDK makes of it, and at what was written.
func TestFaultsAreTyped(t *testing.T) {
	rows := []struct {
		name    string
		faults  ddb.Faults
		write   func(t *testing.T, db *dynamodb.Client, key string) error
		is      func(err error) bool
		written bool
	}{
		{"throttled put", ddb.Faults{Throttle: 1}, putOne, isA[*types.ProvisionedThroughputExceededException], false},
		{"throttled transaction", ddb.Faults{Throttle: 1}, transactOne, isA[*types.ProvisionedThroughputExceededException], false},
		{"conflict of a put", ddb.Faults{Conflict: 1}, putOne, isA[*types.TransactionConflictException], false},
		{"conflict of a transaction", ddb.Faults{Conflict: 1}, transactOne, func(err error) bool {
			return join(Reasons(err)) == "TransactionConflict"
		}, false},
		{"server error", ddb.Faults{ServerError: 1}, putOne, func(err error) bool {
			var answer *smithyhttp.ResponseError
			return isA[*types.InternalServerError](err) && errors.As(err, &answer) && answer.HTTPStatusCode() == 500
		}, false},
		{"answer of a put lost", ddb.Faults{AnswerLost: 1}, putOne, func(err error) bool { return err != nil && !outcome(err) }, true},
		{"answer of a transaction lost", ddb.Faults{AnswerLost: 1}, transactOne, func(err error) bool { return err != nil && !outcome(err) }, true},
	}
	for i := range rows {
		row := &rows[i]
		t.Run(row.name, func(t *testing.T) {
			db := faulty(t, &row.faults)
			if err := row.write(t, db, "x"); !row.is(err) {
				t.Errorf("error: got %v", err)
			}
			row.faults.Pause()
			if got := isThere(t, db, "x"); got != row.written {
				t.Errorf("written: got %v, want %v", got, row.written)
			}
		})
	}
}

// TestFaultsReplay demands that one seed gives one sequence of faults, and
// another seed another.
func TestFaultsReplay(t *testing.T) {
	sequence := func(seed uint64) string {
		faults := &ddb.Faults{Seed: seed, Throttle: 0.2, Conflict: 0.2, ServerError: 0.2, AnswerLost: 0.2}
		db := faulty(t, faults)
		var outcomes []string
		for i := range 100 {
			outcomes = append(outcomes, ErrorCode(putOne(t, db, fmt.Sprint(i))))
		}
		return strings.Join(outcomes, ",") + strings.Join(faults.Log(), ",")
	}
	first, again, other := sequence(1), sequence(1), sequence(2)
	if first != again {
		t.Errorf("the same seed gave\n%s\nand\n%s", first, again)
	}
	if first == other {
		t.Error("two seeds gave the same faults")
	}
}

// TestRetriesHealFaults lets the SDK's own retryer, without its pauses, meet
// faults that strike a quarter of the calls: what it reports as done is done.
func TestRetriesHealFaults(t *testing.T) {
	faults := &ddb.Faults{Seed: 7, Throttle: 0.1, ServerError: 0.1, AnswerLost: 0.1}
	faults.Pause()
	engine := openEngine(t, ddb.Options{Dir: t.TempDir(), NoSync: true, Faults: faults})
	retryer := retry.NewStandard(func(o *retry.StandardOptions) {
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		o.RateLimiter = ratelimit.None
	})
	db := dynamodb.NewFromConfig(NewClients(engineTarget(engine, nil)).Config, func(o *dynamodb.Options) { o.Retryer = retryer })
	if _, err := db.CreateTable(t.Context(), plainTable.input()); err != nil {
		t.Fatal(err)
	}
	faults.Resume()
	var done []string
	for i := range 40 {
		if key := fmt.Sprint(i); putOne(t, db, key) == nil {
			done = append(done, key)
		}
	}
	faults.Pause()
	if len(done) < 30 {
		t.Errorf("only %d of 40 puts were healed", len(done))
	}
	for _, key := range done {
		if !isThere(t, db, key) {
			t.Errorf("%s was reported as done", key)
		}
	}
}
