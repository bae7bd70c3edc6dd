package ddbtest

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"pgregory.net/rapid"

	"backoffice/internal/ddb"
)

// The number of random operations in one sequence.
const (
	sequenceMin = 5
	sequenceMax = 40
)

// generators are the kinds of operation, the more frequent ones repeated.
func generators() []func(t *rapid.T, table string) operation {
	return []func(t *rapid.T, table string) operation{
		genPut, genPut, genPut, genUpdate, genUpdate, genUpdate, genDelete, genTransaction, genTransaction,
		genBatch, genGet, genQuery, genQuery, genIndexQuery, genScan, genReadMany,
	}
}

// TestDifferential runs random sequences of operations on the engine and on
// dynoxide and demands equal answers, errors by their codes, then equal
// tables, indexes and streams. What dynoxide is known to answer wrongly is
// not drawn; the generators say where and why.
func TestDifferential(t *testing.T) {
	process := startOracle(t)
	clock := newManualClock()
	engine := openEngine(t, ddb.Options{Dir: t.TempDir(), Clock: clock.Now, NoSync: true})
	stores := []*Suite{
		newSuite(t, engineTarget(engine, clock)),
		newSuite(t, Target{Name: "dynoxide", Endpoint: process.URL}),
	}
	var runs atomic.Int64
	answers := map[string]int{}
	t.Cleanup(func() { t.Logf("%d sequences, answers: %v", runs.Load(), answers) })
	rapid.Check(t, func(rt *rapid.T) {
		table := fmt.Sprintf("ddbtest-random-%d", runs.Add(1))
		for _, store := range stores {
			c := &C{Suite: store, ctx: t.Context()}
			if err := c.create(diffTable(table)); err != nil {
				t.Fatal(err)
			}
			defer store.dropTable(t.Context(), table)
		}
		for range rapid.IntRange(sequenceMin, sequenceMax).Draw(rt, "length") {
			clock.Advance(1)
			op := rapid.SampledFrom(generators()).Draw(rt, "kind")(rt, table)
			rt.Logf("%s", op.text)
			got, want := op.run(t.Context(), stores[0].DB), op.run(t.Context(), stores[1].DB)
			answers[kindOf(op.text, got)]++
			if got != want && !agree(got, want) {
				rt.Fatalf("%s\nengine:\n%s\ndynoxide:\n%s", op.text, got, want)
			}
		}
		for _, op := range finalReads(table) {
			if got, want := op.run(t.Context(), stores[0].DB), op.run(t.Context(), stores[1].DB); got != want {
				rt.Fatalf("at the end, %s\nengine:\n%s\ndynoxide:\n%s", op.text, got, want)
			}
		}
		if got, want := streamText(t, stores[0], table), streamText(t, stores[1], table); got != want {
			rt.Fatalf("streams\nengine:\n%s\ndynoxide:\n%s", got, want)
		}
	})
}

// kindOf names an operation with its outcome, for the log.
func kindOf(text, answer string) string {
	verb, _, _ := strings.Cut(text, " ")
	switch {
	case strings.HasPrefix(answer, "error: "):
		return verb + " " + answer
	case strings.HasPrefix(answer, "cancelled: "):
		return verb + " cancelled"
	}
	return verb
}

// agree accepts the one difference that is a matter of form: where a part of
// a transaction is invalid by itself, AWS refuses the request at once or
// names the part as the reason of a cancellation.
func agree(a, b string) bool {
	invalid := func(text string) bool {
		return text == "error: "+validation || strings.HasPrefix(text, "cancelled: ") && strings.Contains(text, "ValidationError")
	}
	return invalid(a) && invalid(b)
}

// finalReads look at all that a sequence left behind.
func finalReads(table string) []operation {
	var out []operation
	for _, index := range []string{"", "all", "some", "local"} {
		out = append(out, operation{"scan of " + index, func(ctx ctx, db *dynamodb.Client) string {
			answer, err := db.Scan(ctx, &dynamodb.ScanInput{TableName: aws.String(table), IndexName: opt(index)})
			if err != nil {
				return failure(err)
			}
			return sortedItems(answer.Items)
		}})
	}
	return out
}

// streamText writes each item's records in their order. Records that change
// nothing, which only dynoxide writes, are left out.
func streamText(t *testing.T, store *Suite, table string) string {
	c := &C{Suite: store, ctx: t.Context(), name: "end"}
	defer func() {
		for _, failure := range c.failures {
			t.Error(failure)
		}
	}()
	if _, err := c.DB.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: item(`{"pk":"end","sk":0}`)}); err != nil {
		t.Fatal(err)
	}
	byKey := map[string][]string{}
	var keys []string
	for _, record := range c.recordsUntil(table, "end") {
		key := fromStream(record.Dynamodb.Keys)
		if fromStream(record.Dynamodb.OldImage) == fromStream(record.Dynamodb.NewImage) {
			continue
		}
		if byKey[key] == nil {
			keys = append(keys, key)
		}
		byKey[key] = append(byKey[key], event(record))
	}
	lines := []string{}
	for _, key := range keys {
		lines = append(lines, key+"\n  "+strings.Join(byKey[key], "\n  "))
	}
	return strings.Join(lines, "\n")
}
