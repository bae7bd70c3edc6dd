package ddbtest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/prooftest/port"
)

// The size of the kill test.
const (
	killRounds      = 50
	killRoundsShort = 5
	killClients     = 8
	killWritesMin   = 20 // acknowledged in a round before the store is killed
	killWritesMax   = 250
	killSeed        = 20260314
)

// killTable has an index and a stream, which have to agree with the table.
var killTable = tableSpec{name: "ddbtest-kill", hash: "pk S", sort: "sk S", stream: types.StreamViewTypeNewAndOldImages, indexes: []indexSpec{
	{name: "all", hash: "gpk S", sort: "sk S", project: types.ProjectionTypeAll},
}}

// killLog is what one client knows: what its items must be, and what may have
// happened to the one it was writing when the store died.
type killLog struct {
	client  int
	serial  int
	items   map[string]string // sort key → wanted item, "" for deleted
	added   int               // acknowledged additions to the client's counter
	doubt   string            // sort key that was in flight
	doubtTx *dynamodb.TransactWriteItemsInput
}

// TestKill kills the store process in the middle of concurrent writes, again
// and again, and demands after each restart that nothing acknowledged is lost,
// no transaction is torn or applied twice, and index and stream agree with
// the table.
func TestKill(t *testing.T) {
	rounds := killRounds
	if testing.Short() {
		rounds = killRoundsShort
	}
	dir := t.TempDir()
	kept, err := port.Keep()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	random := rand.New(rand.NewPCG(killSeed, 0))
	logs := make([]*killLog, killClients)
	for i := range logs {
		logs[i] = &killLog{client: i, items: map[string]string{}}
	}
	replay := &streamReplay{items: map[string]string{}}
	acknowledged := 0
	for round := range rounds {
		store := startChild(t, dir, kept.Number)
		suite, once := store.clients()
		c := &C{Suite: suite, ctx: t.Context(), name: "kill"}
		if round == 0 {
			if err := c.create(killTable); err != nil {
				t.Fatal(err)
			}
		}
		verifyKill(t, c, logs, replay)
		acknowledged += writeUntilKilled(t, store, once, logs, killWritesMin+random.IntN(killWritesMax-killWritesMin), random.Uint64())
		if t.Failed() {
			t.Fatalf("seed %d, round %d", killSeed, round)
		}
	}
	store := startChild(t, dir, kept.Number)
	suite, _ := store.clients()
	verifyKill(t, &C{Suite: suite, ctx: t.Context(), name: "kill"}, logs, replay)
	store.kill(t)
	t.Logf("%d rounds, %d acknowledged writes, %d items, %d stream records", rounds, acknowledged, len(replay.items), replay.records)
}

// writeUntilKilled lets all clients write until enough was acknowledged, and
// kills the store while they go on.
func writeUntilKilled(t *testing.T, store *child, db *dynamodb.Client, logs []*killLog, enough int, seed uint64) int {
	t.Helper()
	var acknowledged atomic.Int64
	reached := make(chan struct{})
	var once sync.Once
	var clients sync.WaitGroup
	for _, log := range logs {
		clients.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(log.client)))
			for log.write(t, db, random) {
				if acknowledged.Add(1) >= int64(enough) {
					once.Do(func() { close(reached) })
				}
			}
			once.Do(func() { close(reached) }) // an error before the kill fails there
		})
	}
	<-reached
	store.kill(t)
	clients.Wait()
	if got := acknowledged.Load(); got < int64(enough) {
		t.Errorf("a client failed before the store was killed, after %d writes", got)
	}
	return int(acknowledged.Load())
}

// write makes one random write and notes it once acknowledged. It returns
// false when the store did not answer.
func (l *killLog) write(t *testing.T, db *dynamodb.Client, random *rand.Rand) bool {
	l.serial++
	sort := fmt.Sprintf("%d-%06d", l.client, l.serial)
	switch kind := random.IntN(10); {
	case kind < 4:
		one := l.item(sort, random)
		_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &killTable.name, Item: one})
		return l.note(err, sort, show(one))
	case kind < 6 && l.serial > 1:
		victim := fmt.Sprintf("%d-%06d", l.client, 1+random.IntN(l.serial-1))
		_, err := db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &killTable.name, Key: Item{"pk": S("item"), "sk": S(victim)}})
		return l.note(err, victim, "")
	}
	request := l.transaction(sort)
	_, err := db.TransactWriteItems(t.Context(), request)
	if err != nil {
		l.doubtTx = request
		return false
	}
	l.noteTransaction(sort)
	return true
}

func (l *killLog) item(sort string, random *rand.Rand) Item {
	return item(fmt.Sprintf(`{"pk":"item","sk":%q,"gpk":"g%d","n":%d}`, sort, random.IntN(3), random.IntN(1000)))
}

// note keeps the wanted state of an item, or that it is in doubt.
func (l *killLog) note(err error, sort, want string) bool {
	if err != nil {
		l.doubt = sort
		return false
	}
	l.items[sort] = want
	return true
}

// The parts of a transaction: three items of its own and one addition to the
// client's counter, under a token, so that it can be repeated after a crash.
var transactionParts = []string{"a", "b", "c"}

func (l *killLog) transaction(sort string) *dynamodb.TransactWriteItemsInput {
	request := &dynamodb.TransactWriteItemsInput{ClientRequestToken: aws.String("kill-" + sort)}
	for _, part := range transactionParts {
		request.TransactItems = append(request.TransactItems, types.TransactWriteItem{Put: &types.Put{
			TableName: &killTable.name, Item: partOf(sort, part), ConditionExpression: aws.String("attribute_not_exists(pk)"),
		}})
	}
	request.TransactItems = append(request.TransactItems, types.TransactWriteItem{Update: &types.Update{
		TableName: &killTable.name, Key: l.counterKey(), UpdateExpression: aws.String("ADD n :one"),
		ExpressionAttributeValues: item(`{":one":1}`),
	}})
	return request
}

func partOf(sort, part string) Item {
	return item(fmt.Sprintf(`{"pk":"item","sk":%q,"gpk":"part"}`, sort+part))
}

func (l *killLog) counterKey() Item {
	return item(fmt.Sprintf(`{"pk":"counter","sk":"%d"}`, l.client))
}

func (l *killLog) noteTransaction(sort string) {
	l.added++
	for _, part := range transactionParts {
		l.items[sort+part] = show(partOf(sort, part))
	}
}
