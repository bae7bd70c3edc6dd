package ddb_test

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/ddb"
)

// In virtual time the engine runs like anything else: its own sweep removes
// what expired, and injected delays take no time at all.
func TestVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &ddb.Faults{Delay: 1, DelayMax: time.Hour}
		f.Pause()
		e, err := ddb.Open(ddb.Options{Faults: f})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		}()
		s := clients(e)
		s.table(t, "tab")
		_, err = s.UpdateTimeToLive(context.Background(), &dynamodb.UpdateTimeToLiveInput{TableName: aws.String("tab"),
			TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("ttl"), Enabled: aws.Bool(true)}})
		if err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(90 * time.Minute).Unix()
		s.put(t, itemOf(key("a", "1")).with("ttl", num(strconv.FormatInt(at, 10))))
		<-time.After(time.Hour)
		if s.get(t, "a", "1") == nil {
			t.Fatal("the item went too early")
		}
		<-time.After(time.Hour)
		synctest.Wait()
		if s.get(t, "a", "1") != nil {
			t.Fatal("nobody removed the item")
		}
		f.Resume()
		before := time.Now()
		for range 20 {
			s.put(t, itemOf(key("a", "2")))
		}
		if waited := time.Since(before); waited < time.Hour {
			t.Errorf("twenty delays took %v", waited)
		}
	})
}
