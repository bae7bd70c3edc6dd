package ddb_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/ddb"
)

// The largest writes that are allowed, which Pebble takes by another way than
// small ones, are as durable and as whole.
func TestLargeWrites(t *testing.T) {
	o := ddb.Options{Dir: t.TempDir()}
	s := open(t, o)
	s.table(t, "tab")
	ctx := context.Background()
	const items, rounds = 10, 3
	for round := range rounds {
		fill := strings.Repeat(string(rune('a'+round)), 390<<10)
		in := &dynamodb.TransactWriteItemsInput{}
		batch := []types.WriteRequest{}
		for n := range items {
			it := itemOf(key("tx", fmt.Sprint(n))).with("fill", str(fill)).with("gk", str("g")).with("gs", num(fmt.Sprint(round)))
			in.TransactItems = append(in.TransactItems, types.TransactWriteItem{Put: &types.Put{TableName: aws.String("tab"), Item: it}})
			other := itemOf(key("batch", fmt.Sprint(n))).with("fill", str(fill))
			batch = append(batch, types.WriteRequest{PutRequest: &types.PutRequest{Item: other}})
		}
		if _, err := s.TransactWriteItems(ctx, in); err != nil {
			t.Fatal(err)
		}
		if _, err := s.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"tab": batch}}); err != nil {
			t.Fatal(err)
		}
	}
	s = reopen(t, s, o)
	s.checkAgreement(t)
	for _, pk := range []string{"tx", "batch"} {
		for n := range items {
			if got := textOf(s.get(t, pk, fmt.Sprint(n))["fill"]); len(got) != 390<<10 || got[0] != 'a'+rounds-1 {
				t.Fatalf("%s %d has %d bytes", pk, n, len(got))
			}
		}
	}
	if n := len(s.records(t, "tab")); n != 2*items*rounds {
		t.Fatalf("%d changes", n)
	}
}
