package ddb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"backoffice/internal/ddb"
)

func (s *store) tryPut(it item) error {
	_, err := s.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: aws.String("tab"), Item: it})
	return err
}

func (s *store) get(t testing.TB, pk, sk string) item {
	t.Helper()
	got, err := s.GetItem(context.Background(), &dynamodb.GetItemInput{TableName: aws.String("tab"), Key: key(pk, sk), ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	return got.Item
}

// isInternal reports whether the error is the store's own failure.
func isInternal(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "InternalServerError"
}

// A disk that takes no more, at every point where that can show: what was
// acknowledged is there after a restart, and no later write claims success.
func TestFullDisk(t *testing.T) {
	for _, kinds := range []string{"write", "sync", "create"} {
		t.Run(kinds, func(t *testing.T) { fullDisk(t, kinds) })
	}
}

func fullDisk(t *testing.T, kinds string) {
	var full atomic.Bool
	mem := vfs.NewCrashableMem()
	fsys := errorfs.Wrap(mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
		hit := false
		switch op.Kind { //nolint:exhaustive // the others are let through
		case errorfs.OpFileWrite:
			hit = kinds == "write"
		case errorfs.OpFileSync, errorfs.OpFileSyncData, errorfs.OpFileSyncTo:
			hit = kinds == "sync"
		case errorfs.OpCreate, errorfs.OpReuseForWrite:
			hit = kinds == "create"
		}
		if hit && full.Load() {
			return syscall.ENOSPC
		}
		return nil
	}))
	e, err := ddb.Open(ddb.Options{FS: fsys})
	if err != nil {
		t.Fatal(err)
	}
	s := clients(e)
	s.table(t, "tab")
	acked := 0
	put := func(n int) error {
		it := itemOf(key("p", fmt.Sprintf("%06d", n))).with("fill", str(strings.Repeat("x", 2000)))
		return s.tryPut(item(it))
	}
	for ; acked < 50; acked++ {
		if err := put(acked); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Failure(); err != nil {
		t.Errorf("a sound store tells of a failure: %v", err)
	}
	full.Store(true)
	const attempts = 3000 // enough to need a new file
	failed := false
	for n := range attempts {
		switch err := put(acked); {
		case err == nil && failed:
			t.Fatalf("write %d claims success after a failure", n)
		case err == nil:
			acked++
		case !isInternal(err):
			t.Fatalf("write %d: %v", n, err)
		default:
			failed = true
		}
		if failed && n > 100 {
			break
		}
	}
	if !failed {
		t.Fatal("the full disk went unnoticed")
	}
	if err := e.Failure(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("the store tells of %v", err)
	}
	if err := e.Close(); err == nil {
		t.Error("closing tells nothing of the failure")
	}
	again := open(t, ddb.Options{FS: mem.CrashClone(vfs.CrashCloneCfg{})})
	for n := range acked {
		if again.get(t, "p", fmt.Sprintf("%06d", n)) == nil {
			t.Fatalf("item %d of %d acknowledged ones is lost", n, acked)
		}
	}
}

func TestReadOnlyDirectory(t *testing.T) {
	mem := vfs.NewMem()
	fsys := errorfs.Wrap(mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind.ReadOrWrite() == errorfs.OpIsWrite && op.Kind != errorfs.OpFileClose {
			return syscall.EROFS
		}
		return nil
	}))
	if _, err := ddb.Open(ddb.Options{FS: fsys}); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Fatalf("open: %v", err)
	}
}

// A page that was damaged on disk is an error and never a wrong answer.
func TestCorruptPage(t *testing.T) {
	dir := t.TempDir()
	e, err := ddb.Open(ddb.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	s := clients(e)
	s.table(t, "tab")
	const items = 200
	for n := range items {
		s.put(t, itemOf(sample(n)))
	}
	if err := e.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	tables, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil || len(tables) == 0 {
		t.Fatalf("no tables on disk: %v", err)
	}
	for _, name := range tables {
		damage(t, name)
	}
	e, err = ddb.Open(ddb.Options{Dir: dir})
	if err != nil {
		t.Logf("open: %v", err) // a damaged definition shows at once
		return
	}
	defer func() { _ = e.Close() }() // it tells of the damage
	s = clients(e)
	var damaged []int
	for n := range items {
		want := sample(n)
		got, err := s.GetItem(context.Background(), &dynamodb.GetItemInput{TableName: aws.String("tab"),
			Key: item{"pk": want["pk"], "sk": want["sk"]}})
		switch {
		case err != nil && !isInternal(err):
			t.Fatal(err)
		case err != nil:
			damaged = append(damaged, n)
		case textOf(got.Item["field0"]) != textOf(want["field0"]):
			t.Fatalf("item %d is wrong: %v", n, got.Item)
		}
	}
	if len(damaged) == 0 {
		t.Fatal("no read noticed the damage")
	}
	// A write that takes an item for missing would put another in its place.
	for _, n := range damaged {
		in := &dynamodb.TransactWriteItemsInput{}
		for _, near := range []int{items + n, n, 2*items + n} {
			in.TransactItems = append(in.TransactItems, types.TransactWriteItem{Put: &types.Put{TableName: aws.String("tab"), Item: sample(near),
				ConditionExpression: aws.String("attribute_not_exists(pk)")}})
		}
		if _, err := s.TransactWriteItems(context.Background(), in); !isInternal(err) {
			t.Fatalf("a transaction over damaged item %d: %v", n, err)
		}
	}
}

// damage flips a byte in every part of the file's first half: data, not the
// index of it.
func damage(t *testing.T, name string) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := 100; i < len(raw)/2; i += 1000 {
		raw[i] ^= 0x40
	}
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Faults strike by their seed: the same calls meet the same faults.
func TestFaultsAreReplayed(t *testing.T) {
	run := func(seed uint64) []string {
		f := &ddb.Faults{Seed: seed, Throttle: 0.1, Conflict: 0.1, ServerError: 0.1, AnswerLost: 0.2}
		f.Pause()
		s := open(t, ddb.Options{Faults: f})
		s.table(t, "tab")
		f.Resume()
		for n := range 200 {
			_ = s.tryPut(key("p", fmt.Sprint(n))) // most fail, by intent
		}
		return f.Log()
	}
	a, b, c := run(7), run(7), run(8)
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("seed 7 gave %v, then %v", a, b)
	}
	if fmt.Sprint(a) == fmt.Sprint(c) {
		t.Error("seeds 7 and 8 gave the same faults")
	}
	for _, what := range []string{"Throttle", "Conflict", "ServerError", "AnswerLost"} {
		if !strings.Contains(fmt.Sprint(a), what+" PutItem") {
			t.Errorf("seed 7 injected no %s", what)
		}
	}
}

// A lost answer is an error to the caller, and the write is done.
func TestLostAnswerIsCommitted(t *testing.T) {
	f := &ddb.Faults{AnswerLost: 1}
	s := open(t, ddb.Options{Faults: f})
	s.table(t, "tab")
	if err := s.tryPut(key("p", "1")); err == nil {
		t.Fatal("the answer was not lost")
	}
	if s.get(t, "p", "1") == nil {
		t.Fatal("the write was")
	}
}

// An injected conflict has a reason for each action of a transaction.
func TestInjectedConflict(t *testing.T) {
	f := &ddb.Faults{Conflict: 1}
	s := open(t, ddb.Options{Faults: f})
	s.table(t, "tab")
	put := func(sk string) types.TransactWriteItem {
		return types.TransactWriteItem{Put: &types.Put{TableName: aws.String("tab"), Item: key("p", sk)}}
	}
	_, err := s.TransactWriteItems(context.Background(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{put("1"), put("2")}})
	var canceled *types.TransactionCanceledException
	if !errors.As(err, &canceled) || len(canceled.CancellationReasons) != 2 || *canceled.CancellationReasons[0].Code != "TransactionConflict" {
		t.Fatalf("%v", err)
	}
}

// A crash at any commit leaves exactly what was acknowledged before it.
func TestCrashAtEachCommit(t *testing.T) {
	const writes = 12
	for at := uint64(2); at < writes; at++ {
		mem := vfs.NewCrashableMem()
		var after *vfs.MemFS
		f := &ddb.Faults{CrashAt: at}
		f.OnCrash = func() { after = mem.CrashClone(vfs.CrashCloneCfg{}) }
		e, err := ddb.Open(ddb.Options{FS: mem, Faults: f})
		if err != nil {
			t.Fatal(err)
		}
		s := clients(e)
		s.table(t, "tab") // the first commit
		acked := 0
		for n := range writes {
			if err := s.tryPut(item(itemOf(key("p", fmt.Sprint(n))).with("gk", str("g")).with("gs", num("1")))); err == nil {
				acked++
			} else if !isInternal(err) {
				t.Fatal(err)
			}
		}
		if uint64(acked) != at-2 {
			t.Fatalf("crash at %d: %d writes acknowledged", at, acked)
		}
		_ = e.Close() // it tells of the crash
		again := open(t, ddb.Options{FS: after})
		again.checkAgreement(t)
		for n := range writes {
			if has := again.get(t, "p", fmt.Sprint(n)) != nil; has != (n < acked) {
				t.Fatalf("crash at %d: item %d there: %v", at, n, has)
			}
		}
	}
}

// checkAgreement checks that table, indexes, stream and counts tell the same.
func (s *store) checkAgreement(t testing.TB) {
	t.Helper()
	ctx := context.Background()
	count := func(index *string) (items int, withKey int) {
		var start item
		for {
			page, err := s.Scan(ctx, &dynamodb.ScanInput{TableName: aws.String("tab"), IndexName: index, ExclusiveStartKey: start})
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range page.Items {
				if it["gk"] != nil && it["gs"] != nil {
					withKey++
				}
			}
			items += len(page.Items)
			if start = page.LastEvaluatedKey; start == nil {
				return items, withKey
			}
		}
	}
	items, indexed := count(nil)
	if got, _ := count(aws.String("global")); got != indexed {
		t.Fatalf("%d items have the index's key, the index has %d", indexed, got)
	}
	live := map[string]bool{}
	for _, r := range s.records(t, "tab") {
		k := fmt.Sprint(r.Dynamodb.Keys["pk"], r.Dynamodb.Keys["sk"])
		delete(live, k)
		if r.EventName != "REMOVE" {
			live[k] = true
		}
	}
	if len(live) != items {
		t.Fatalf("%d items in the table, %d by the stream", items, len(live))
	}
	desc, err := s.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String("tab")})
	if err != nil || *desc.Table.ItemCount != int64(items) {
		t.Fatalf("%d items in the table, counted %v %v", items, *desc.Table.ItemCount, err)
	}
}
