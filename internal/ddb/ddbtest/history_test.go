package ddbtest

import (
	"math"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"backoffice/internal/ddb"
)

// The size of a concurrent history. Checking one costs more than linearly, and
// is given up after historyWait, which a busy machine must not reach.
const (
	historyClients    = 8
	historyOperations = 60
	historyKeys       = 3
	historyWait       = 10 * time.Minute
)

// history records what concurrent clients asked and were told, for the
// question whether some order of one operation at a time explains it.
type history struct {
	mu      sync.Mutex
	started time.Time
	done    []porcupine.Operation
}

// unknown marks an operation whose caller saw an error and cannot know
// whether it took effect: it may have, at any time after it was called.
type unknown struct{}

// record runs one operation and notes when it was called and answered. An
// operation that had no effect at all (ok is false) is left out.
func (h *history) record(client int, input any, run func() (output any, ok bool)) {
	call := time.Since(h.started).Nanoseconds()
	output, ok := run()
	back := time.Since(h.started).Nanoseconds()
	if !ok {
		return
	}
	if _, lost := output.(unknown); lost {
		back = math.MaxInt64
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.done = append(h.done, porcupine.Operation{ClientId: client, Input: input, Call: call, Output: output, Return: back})
}

// storeMode is a way of running the engine that a history is made under.
type storeMode struct {
	name    string
	options func(seed uint64) ddb.Options
}

func storeModes() []storeMode {
	return []storeMode{
		{"waits", func(uint64) ddb.Options { return ddb.Options{} }},
		{"conflicts", func(uint64) ddb.Options { return ddb.Options{ConflictError: true} }},
		{"faults", func(seed uint64) ddb.Options {
			return ddb.Options{ConflictError: true, Faults: &ddb.Faults{
				Seed: seed, Throttle: 0.05, Conflict: 0.05, ServerError: 0.05, AnswerLost: 0.1,
			}}
		}},
	}
}

// historySeeds are replayed on every run; a failing one says which.
var historySeeds = []uint64{1, 2, 3, 4}

// eachHistory makes a history per mode and seed, by clients that draw their
// operations at random, and demands that it is linearizable.
func eachHistory(t *testing.T, model porcupine.Model, prepare func(t *testing.T, db *dynamodb.Client),
	step func(h *history, db *dynamodb.Client, client int, random *rand.Rand)) {
	t.Helper()
	for _, mode := range storeModes() {
		t.Run(mode.name, func(t *testing.T) {
			for _, seed := range historySeeds {
				options := mode.options(seed)
				options.Dir = t.TempDir()
				faults := options.Faults
				if faults != nil {
					faults.Pause()
				}
				engine := openEngine(t, options)
				db := onceClient(engine)
				prepare(t, db)
				if faults != nil {
					faults.Resume()
				}
				h := &history{started: time.Now()}
				var clients sync.WaitGroup
				for client := range historyClients {
					clients.Go(func() {
						random := rand.New(rand.NewPCG(seed, uint64(client)))
						for range historyOperations {
							step(h, db, client, random)
						}
					})
				}
				clients.Wait()
				if result := porcupine.CheckOperationsTimeout(model, h.done, historyWait); result != porcupine.Ok {
					t.Errorf("seed %d: the history of %d operations is %s", seed, len(h.done), result)
				}
			}
		})
	}
}

// onceClient is a client that never repeats a request by itself, since a
// repeated one may take effect twice.
func onceClient(engine *ddb.Engine) *dynamodb.Client {
	clients := NewClients(Target{Endpoint: engineURL, Client: &http.Client{Transport: engine.RoundTripper()}})
	return dynamodb.NewFromConfig(clients.Config, func(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} })
}

// outcome sorts the error of a write: effect is known to be none (refused),
// or cannot be known.
func outcome(err error) (refused bool) {
	switch ErrorCode(err) {
	case conditionFailed, cancelled, validation, "TransactionConflictException",
		"ProvisionedThroughputExceededException", "ThrottlingException", "InternalServerError":
		return true
	}
	return false
}
