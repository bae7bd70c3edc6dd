// Package audittest does to audit chains what somebody would who can write to their tables and knows how the system works.
package audittest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/store"
)

// Rewrite lets the acts of each link of a chain be changed, in their order, and makes every hash anew, from the first link to the
// head, so that the chain verifies by itself as if nothing had happened.
func Rewrite(t testing.TB, db *store.DB, table, tenant string, change func(link int, acts []store.ChainedAct)) {
	t.Helper()
	head, links := items(t, db, table, tenant)
	before := ""
	for i, link := range links {
		acts := actsOf(t, link)
		change(i+1, acts)
		raw, err := json.Marshal(acts)
		if err != nil {
			t.Fatal(err)
		}
		if before != "" {
			link["b"] = text(before)
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "%d\n%s\n%s", i+1, before, raw))
		before = hex.EncodeToString(sum[:])
		link["a"], link["h"] = text(string(raw)), text(before)
		Put(t, db, table, link)
	}
	head["h"] = text(before)
	Put(t, db, table, head)
}

// Cut takes links away from the end of a chain, and makes the last of those that stay the head.
func Cut(t testing.TB, db *store.DB, table, tenant string, stay int) {
	t.Helper()
	head, links := items(t, db, table, tenant)
	head["n"], head["h"] = &types.AttributeValueMemberN{Value: fmt.Sprint(stay)}, links[stay-1]["h"]
	Put(t, db, table, head)
	for _, link := range links[stay:] {
		if _, err := db.Client().DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String(db.TableName(table)),
			Key: map[string]types.AttributeValue{"pk": link["pk"], "sk": link["sk"]}}); err != nil {
			t.Fatal(err)
		}
	}
}

// Put writes an item as it is, past everything that watches over the store.
func Put(t testing.TB, db *store.DB, table string, item map[string]types.AttributeValue) {
	t.Helper()
	if _, err := db.Client().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(db.TableName(table)), Item: item}); err != nil {
		t.Fatal(err)
	}
}

// items reads the head and the links of a chain.
func items(t testing.TB, db *store.DB, table, tenant string) (head map[string]types.AttributeValue, links []map[string]types.AttributeValue) {
	t.Helper()
	pages := dynamodb.NewQueryPaginator(db.Client(), &dynamodb.QueryInput{TableName: aws.String(db.TableName(table)), KeyConditionExpression: aws.String("pk = :c"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":c": text(tenant + "|CHAIN")}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		links = append(links, page.Items...)
	}
	if len(links) < 2 {
		t.Fatalf("%s has no chain in %s", tenant, table)
	}
	return links[0], links[1:] // HEAD comes before L…
}

func actsOf(t testing.TB, link map[string]types.AttributeValue) []store.ChainedAct {
	t.Helper()
	var p store.Packed
	var acts []store.ChainedAct
	if err := p.UnmarshalDynamo(link["a"]); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(p), &acts); err != nil {
		t.Fatal(err)
	}
	return acts
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
