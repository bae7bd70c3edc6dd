package ddbtest

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/cockroachdb/pebble/v2/vfs"

	"backoffice/internal/ddb"
)

// The size of the power test.
const (
	powerRounds     = 30
	powerCommitsMin = 10
	powerCommitsMax = 200
	powerSeed       = 20260701
)

// errPowerOff is what a caller sees whose answer came after the power went.
var errPowerOff = errors.New("the power went before the answer came")

// powered carries requests to an engine until the power goes.
type powered struct {
	next http.RoundTripper
	off  *atomic.Bool
}

func (p powered) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := p.next.RoundTrip(request)
	if p.off.Load() {
		return nil, errPowerOff
	}
	return response, err
}

// TestPowerLoss is the kill test without mercy: the file system forgets, at a
// commit in the midst of concurrent writes, whatever was not synced. What was
// acknowledged before has to be there after the next start.
func TestPowerLoss(t *testing.T) {
	rounds := powerRounds
	if testing.Short() {
		rounds /= 5
	}
	random := rand.New(rand.NewPCG(powerSeed, 0))
	logs := make([]*killLog, killClients)
	for i := range logs {
		logs[i] = &killLog{client: i, items: map[string]string{}}
	}
	replay := &streamReplay{items: map[string]string{}}
	disk := vfs.NewCrashableMem()
	prepareDisk(t, disk)
	for round := range rounds {
		var off atomic.Bool
		var survived *vfs.MemFS
		faults := &ddb.Faults{}
		faults.CrashAt = uint64(powerCommitsMin + random.IntN(powerCommitsMax-powerCommitsMin))
		seed := random.Uint64()
		faults.OnCrash = func() {
			off.Store(true)
			survived = disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 0})
		}
		engine, err := ddb.Open(ddb.Options{Dir: "store", FS: disk, Faults: faults})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		suite, db := poweredClients(engine, &off)
		verifyKill(t, &C{Suite: suite, ctx: t.Context(), name: "power"}, logs, replay)
		var clients sync.WaitGroup
		for _, log := range logs {
			clients.Go(func() {
				random := rand.New(rand.NewPCG(seed, uint64(log.client)))
				for log.write(t, db, random) {
				}
			})
		}
		clients.Wait()
		if survived == nil {
			t.Fatalf("seed %d, round %d: the clients ended before the power did", powerSeed, round)
		}
		_ = engine.Close() // it may say that it crashed
		disk = survived
	}
	engine := openEngine(t, ddb.Options{Dir: "store", FS: disk})
	suite, _ := poweredClients(engine, new(atomic.Bool))
	verifyKill(t, &C{Suite: suite, ctx: t.Context(), name: "power"}, logs, replay)
	t.Logf("%d rounds, %d items, %d stream records", rounds, len(replay.items), replay.records)
}

// prepareDisk makes the table, before any power is lost.
func prepareDisk(t *testing.T, disk *vfs.MemFS) {
	t.Helper()
	engine, err := ddb.Open(ddb.Options{Dir: "store", FS: disk})
	if err != nil {
		t.Fatal(err)
	}
	suite, _ := poweredClients(engine, new(atomic.Bool))
	if err := (&C{Suite: suite, ctx: t.Context()}).create(killTable); err != nil {
		t.Fatal(err)
	}
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
}

func poweredClients(engine *ddb.Engine, off *atomic.Bool) (*Suite, *dynamodb.Client) {
	target := Target{Name: "engine", Endpoint: engineURL, Client: &http.Client{Transport: powered{engine.RoundTripper(), off}}}
	clients := NewClients(target)
	suite := &Suite{Clients: clients, target: target, shared: &sharedState{tables: map[string]bool{}, seen: map[string]bool{}}}
	return suite, dynamodb.NewFromConfig(clients.Config, func(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} })
}
