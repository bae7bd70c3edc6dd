package ddbtest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/ddb"
)

// The size of the counter tests.
const (
	counterClients   = 32
	counterAdditions = 40
)

// counterTable streams, so that each addition can be counted there too.
var counterTable = tableSpec{name: "ddbtest-counter", hash: "pk S", stream: types.StreamViewTypeNewImage}

// TestCounter lets 32 clients add to one item: the sum is exact, each client
// is told a number of its own, and the stream holds one record per addition.
func TestCounter(t *testing.T) {
	store, c := counterStore(t)
	numbers := inParallel(t, func(client, _ int) int {
		answer, err := store.DB.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: &counterTable.name, Key: item(`{"pk":"counter"}`), UpdateExpression: aws.String("ADD n :one"),
			ExpressionAttributeValues: item(`{":one":1}`), ReturnValues: types.ReturnValueUpdatedNew,
		})
		if err != nil {
			t.Errorf("client %d: %v", client, err)
			return 0
		}
		return number(answer.Attributes)
	})
	if !sortedNumbers(numbers) {
		t.Errorf("the numbers told are not 1 to %d, each once", len(numbers))
	}
	demandCounter(t, c, "counter", counterClients*counterAdditions)
}

// TestCounterInTransactions lets 32 clients add to two items at once.
func TestCounterInTransactions(t *testing.T) {
	store, c := counterStore(t)
	add := func(name string) types.TransactWriteItem {
		return types.TransactWriteItem{Update: &types.Update{
			TableName: &counterTable.name, Key: Item{"pk": S(name)}, UpdateExpression: aws.String("ADD n :one"),
			ExpressionAttributeValues: item(`{":one":1}`),
		}}
	}
	inParallel(t, func(client, round int) int {
		// Half of the clients name the two items in the other order, which a
		// store that locks them as they come would end in a deadlock.
		actions := []types.TransactWriteItem{add("first"), add("second")}
		if client%2 == 1 {
			actions[0], actions[1] = actions[1], actions[0]
		}
		if _, err := store.DB.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: actions}); err != nil {
			t.Errorf("client %d, round %d: %v", client, round, err)
		}
		return 0
	})
	demandCounter(t, c, "first", counterClients*counterAdditions)
	demandCounter(t, c, "second", counterClients*counterAdditions)
}

// counterStore opens a durable engine with the counters' table.
func counterStore(t *testing.T) (*Suite, *C) {
	t.Helper()
	store := newSuite(t, engineTarget(openEngine(t, ddb.Options{Dir: t.TempDir()}), nil))
	c := &C{Suite: store, ctx: t.Context(), name: t.Name()}
	if err := c.create(counterTable); err != nil {
		t.Fatal(err)
	}
	return store, c
}

// inParallel runs the clients' rounds and gathers what they return.
func inParallel(t *testing.T, round func(client, round int) int) []int {
	t.Helper()
	var clients sync.WaitGroup
	var mu sync.Mutex
	var all []int
	for client := range counterClients {
		clients.Go(func() {
			for i := range counterAdditions {
				n := round(client, i)
				mu.Lock()
				all = append(all, n)
				mu.Unlock()
			}
		})
	}
	clients.Wait()
	return all
}

// demandCounter compares the item and its stream records with the sum.
func demandCounter(t *testing.T, c *C, name string, want int) {
	t.Helper()
	if got := number(c.get(counterTable.name, Item{"pk": S(name)})); got != want {
		t.Errorf("%s: got %d, want %d", name, got, want)
	}
	c.sentinel(counterTable.name)
	var seen []int
	for _, record := range c.recordsUntil(counterTable.name, c.name+" end") {
		if image := itemFromStream(record.Dynamodb.NewImage); column([]Item{image}, "pk") == name {
			seen = append(seen, number(image))
		}
	}
	for i, n := range seen {
		if n != i+1 {
			t.Errorf("%s: record %d shows %d", name, i, n)
			break
		}
	}
	if len(seen) != want {
		t.Errorf("%s: %d records, want %d", name, len(seen), want)
	}
	for _, failure := range c.failures {
		t.Error(fmt.Sprint(failure))
	}
}
