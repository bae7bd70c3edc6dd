package store_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/store"
)

// chained gives books with three posted journals, all taken up.
func chained(t *testing.T) *financetest.Books {
	t.Helper()
	b := financetest.New(t)
	for range 3 {
		b.Record("2026-04-30", financetest.Line{Account: "7105", Amount: "10.00"}, financetest.Line{Account: "2100", Amount: "-10.00"})
		b.Project()
	}
	return b
}

func TestChainHoldsEveryAct(t *testing.T) {
	b := chained(t)
	n, err := b.DB.VerifyChain(t.Context(), finance.Table, b.Tenant)
	if err != nil || n != 5 { // the entity, the year, three journals
		t.Errorf("%d acts, %v", n, err)
	}
}

// TestChainShowsTampering changes the store behind the system's back, in every way that would hide or forge an act.
func TestChainShowsTampering(t *testing.T) {
	for name, tamper := range map[string]func(t *testing.T, b *financetest.Books, acts []map[string]types.AttributeValue, links []map[string]types.AttributeValue){
		"an act's actor": func(t *testing.T, b *financetest.Books, acts, _ []map[string]types.AttributeValue) {
			acts[1]["by"] = &types.AttributeValueMemberS{Value: "usr_somebody_else"}
			put(t, b.DB, acts[1])
		},
		"a missing act": func(t *testing.T, b *financetest.Books, acts, _ []map[string]types.AttributeValue) {
			remove(t, b.DB, acts[1])
		},
		"a missing link": func(t *testing.T, b *financetest.Books, _, links []map[string]types.AttributeValue) {
			remove(t, b.DB, links[1])
		},
		"a cut end": func(t *testing.T, b *financetest.Books, _, links []map[string]types.AttributeValue) {
			remove(t, b.DB, links[len(links)-1])
		},
		"a missing head": func(t *testing.T, b *financetest.Books, _, _ []map[string]types.AttributeValue) {
			remove(t, b.DB, items(t, b, "|CHAIN")[0])
		},
		"a forged link": func(t *testing.T, b *financetest.Books, _, links []map[string]types.AttributeValue) {
			links[1]["a"] = &types.AttributeValueMemberS{Value: "[]"}
			put(t, b.DB, links[1])
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := chained(t)
			acts, links := items(t, b, "|ACT|"), items(t, b, "|CHAIN")[1:] // the first is the head
			tamper(t, b, acts, links)
			_, err := b.DB.VerifyChain(t.Context(), finance.Table, b.Tenant)
			if broken := (*store.BrokenChainError)(nil); !errors.As(err, &broken) {
				t.Errorf("the chain verifies: %v", err)
			}
		})
	}
}

// items reads the raw items of the tenant under a part of their keys, by key.
func items(t *testing.T, b *financetest.Books, part string) []map[string]types.AttributeValue {
	t.Helper()
	out, err := b.DB.Client().Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String(b.DB.TableName(finance.Table)),
		FilterExpression:          aws.String("contains(pk, :part)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":part": &types.AttributeValueMemberS{Value: part}}})
	if err != nil {
		t.Fatal(err)
	}
	return out.Items
}

func put(t *testing.T, db *store.DB, item map[string]types.AttributeValue) {
	t.Helper()
	if _, err := db.Client().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(db.TableName(finance.Table)), Item: item}); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, db *store.DB, item map[string]types.AttributeValue) {
	t.Helper()
	key := map[string]types.AttributeValue{"pk": item["pk"], "sk": item["sk"]}
	if _, err := db.Client().DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String(db.TableName(finance.Table)), Key: key}); err != nil {
		t.Fatal(err)
	}
}
