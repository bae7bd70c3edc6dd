package ddb_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/cockroachdb/pebble/v2"
	"go.uber.org/goleak"

	"backoffice/internal/ddb"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashChildVariable); dir != "" {
		crashChild(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

// reopen closes a store and opens it again.
func reopen(t *testing.T, s *store, o ddb.Options) *store {
	t.Helper()
	if err := s.e.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t, o)
}

func TestOneOpenerAtATime(t *testing.T) {
	o := ddb.Options{Dir: t.TempDir()}
	s := open(t, o)
	if _, err := ddb.Open(o); !errors.Is(err, ddb.ErrInUse) {
		t.Fatalf("second opener: %v", err)
	}
	reopen(t, s, o)
}

func TestNewerFormatIsRefused(t *testing.T) {
	o := ddb.Options{Dir: t.TempDir()}
	if err := open(t, o).e.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := pebble.Open(o.Dir, &pebble.Options{FormatMajorVersion: pebble.FormatNewest})
	if err != nil {
		t.Fatal(err)
	}
	format := append([]byte{0x01}, "format"...)
	if err := db.Set(format, binary.BigEndian.AppendUint64(nil, 99), pebble.Sync); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := ddb.Open(o); !errors.Is(err, ddb.ErrNewerFormat) {
		t.Fatalf("newer format: %v", err)
	}
}

func TestFilesArePrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("permissions are another thing there")
	}
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, ddb.Options{Dir: dir})
	s.table(t, "tab")
	s.put(t, itemOf(sample(1)))
	if err := s.e.Flush(); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCheckpointIsAStore(t *testing.T) {
	s := open(t, ddb.Options{Dir: t.TempDir()})
	s.table(t, "tab")
	s.put(t, itemOf(sample(1)))
	dir := filepath.Join(t.TempDir(), "copy")
	if err := s.e.Checkpoint(dir); err != nil {
		t.Fatal(err)
	}
	s.put(t, itemOf(sample(2)))
	c := open(t, ddb.Options{Dir: dir})
	c.checkAgreement(t)
	page, err := c.Scan(context.Background(), &dynamodb.ScanInput{TableName: aws.String("tab")})
	if err != nil || len(page.Items) != 1 {
		t.Fatalf("the copy holds %v %v", page, err)
	}
}

func TestCloseWaitsForCalls(t *testing.T) {
	started, goOn := make(chan bool), make(chan bool)
	f := &ddb.Faults{}
	f.Sleep = func(context.Context, time.Duration) error {
		close(started)
		<-goOn
		return nil
	}
	s := open(t, ddb.Options{Faults: f})
	s.table(t, "tab")
	f.Set(func(f *ddb.Faults) { f.Delay, f.DelayMax = 1, time.Second })
	var put, closed error
	var wg sync.WaitGroup
	wg.Go(func() { put = s.tryPut(key("a", "1")) })
	<-started
	wg.Go(func() { closed = s.e.Close() })
	close(goOn)
	wg.Wait()
	if put != nil || closed != nil {
		t.Fatalf("put %v, close %v", put, closed)
	}
	if err := s.tryPut(key("a", "2")); !isInternal(err) {
		t.Fatalf("a closed store answers %v", err)
	}
}

// All that a store knows survives a restart: definitions, items, numbers.
func TestRestart(t *testing.T) {
	at := &fixedClock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	o := ddb.Options{Dir: t.TempDir(), Clock: at.Now}
	s := open(t, o)
	s.table(t, "tab")
	for n := range 10 {
		s.put(t, itemOf(sample(n)))
	}
	before := s.records(t, "tab")
	s = reopen(t, s, o)
	s.checkAgreement(t)
	s.put(t, itemOf(sample(10)))
	after := s.records(t, "tab")
	if len(after) != 11 || *after[9].Dynamodb.SequenceNumber != *before[9].Dynamodb.SequenceNumber ||
		*after[10].Dynamodb.SequenceNumber <= *before[9].Dynamodb.SequenceNumber {
		t.Fatalf("%d changes after, %d before", len(after), len(before))
	}
}

// Changes are kept for 24 hours, and no number is given twice even when all
// are gone and the store was closed meanwhile.
func TestStreamIsTrimmed(t *testing.T) {
	at := &fixedClock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	o := ddb.Options{Dir: t.TempDir(), Clock: at.Now}
	s := open(t, o)
	s.table(t, "tab")
	s.put(t, itemOf(sample(1)))
	first := *s.records(t, "tab")[0].Dynamodb.SequenceNumber
	at.now = at.now.Add(23 * time.Hour)
	s.put(t, itemOf(sample(2)))
	if n := len(s.records(t, "tab")); n != 2 {
		t.Fatalf("%d changes after 23 hours", n)
	}
	at.now = at.now.Add(2 * time.Hour)
	if n := len(s.records(t, "tab")); n != 1 {
		t.Fatalf("%d changes are young enough", n)
	}
	at.now = at.now.Add(25 * time.Hour)
	if _, err := s.e.SweepTTL(context.Background()); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, s, o)
	list, err := s.streams.ListStreams(context.Background(), &dynamodbstreams.ListStreamsInput{})
	if err != nil {
		t.Fatal(err)
	}
	desc, err := s.streams.DescribeStream(context.Background(), &dynamodbstreams.DescribeStreamInput{StreamArn: list.Streams[0].StreamArn})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.streams.GetShardIterator(context.Background(), &dynamodbstreams.GetShardIteratorInput{
		StreamArn: list.Streams[0].StreamArn, ShardId: desc.StreamDescription.Shards[0].ShardId,
		ShardIteratorType: streamtypes.ShardIteratorTypeAtSequenceNumber, SequenceNumber: &first})
	var trimmed *streamtypes.TrimmedDataAccessException
	if !errors.As(err, &trimmed) {
		t.Fatalf("a trimmed place: %v", err)
	}
	s.put(t, itemOf(sample(3)))
	got := s.records(t, "tab")
	if len(got) != 1 || *got[0].Dynamodb.SequenceNumber <= first {
		t.Fatalf("after the trim: %v", got)
	}
}

// Items expire at their time, the stream says by whom, and one that was given
// more time stays.
func TestExpiry(t *testing.T) {
	at := &fixedClock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	s := open(t, ddb.Options{Clock: at.Now})
	s.table(t, "tab")
	ctx := context.Background()
	in := func(d time.Duration) av { return num(fmt.Sprint(at.now.Add(d).Unix())) }
	s.put(t, itemOf(key("a", "before")).with("ttl", in(time.Minute)))
	_, err := s.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{TableName: aws.String("tab"),
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("ttl"), Enabled: aws.Bool(true)}})
	if err != nil {
		t.Fatal(err)
	}
	s.put(t, itemOf(key("a", "after")).with("ttl", in(time.Minute)))
	s.put(t, itemOf(key("a", "more")).with("ttl", in(time.Minute)))
	s.put(t, itemOf(key("a", "more")).with("ttl", in(time.Hour)))
	s.put(t, itemOf(key("a", "text")).with("ttl", str("1")))
	s.put(t, itemOf(key("a", "ancient")).with("ttl", num("1")))
	if n, err := s.e.SweepTTL(ctx); n != 0 || err != nil {
		t.Fatalf("%d swept too early: %v", n, err)
	}
	at.now = at.now.Add(2 * time.Minute)
	if n, err := s.e.SweepTTL(ctx); n != 2 || err != nil {
		t.Fatalf("%d swept: %v", n, err)
	}
	removed := 0
	for _, r := range s.records(t, "tab") {
		if r.EventName == "REMOVE" {
			removed++
			if r.UserIdentity == nil || *r.UserIdentity.Type != "Service" || *r.UserIdentity.PrincipalId != "dynamodb.amazonaws.com" {
				t.Errorf("removed by %v", r.UserIdentity)
			}
		}
	}
	if removed != 2 || s.get(t, "a", "more") == nil || s.get(t, "a", "ancient") == nil || s.get(t, "a", "text") == nil {
		t.Fatalf("%d removed", removed)
	}
}

// A token outlives the process, for ten minutes and no longer.
func TestTokensAreDurable(t *testing.T) {
	at := &fixedClock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	o := ddb.Options{Dir: t.TempDir(), Clock: at.Now}
	s := open(t, o)
	s.table(t, "tab")
	ctx := context.Background()
	add := func(n string) error {
		_, err := s.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{ClientRequestToken: aws.String("token"),
			TransactItems: []types.TransactWriteItem{{Update: &types.Update{TableName: aws.String("tab"), Key: key("a", "1"),
				UpdateExpression: aws.String("ADD n :n"), ExpressionAttributeValues: item{":n": num(n)}}}}})
		return err
	}
	for range 3 {
		if err := add("1"); err != nil {
			t.Fatal(err)
		}
		s = reopen(t, s, o)
	}
	var mismatch *types.IdempotentParameterMismatchException
	if err := add("2"); !errors.As(err, &mismatch) {
		t.Fatalf("other content: %v", err)
	}
	if n := textOf(s.get(t, "a", "1")["n"]); n != "1" {
		t.Fatalf("added %s times", n)
	}
	at.now = at.now.Add(10 * time.Minute)
	if err := add("2"); err != nil {
		t.Fatal(err)
	}
	at.now = at.now.Add(10 * time.Minute)
	if _, err := s.e.SweepTTL(ctx); err != nil {
		t.Fatal(err)
	}
	if n := textOf(s.get(t, "a", "1")["n"]); n != "3" {
		t.Fatalf("n is %s", n)
	}
}
