package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/ddb/ddbtest"
)

// tableName is the one table that is measured: a partition and a sort key, two
// global indexes of everything, a stream of new images.
const tableName = "bench"

// contender is one store under measurement, with the serial number of the
// next item to put.
type contender struct {
	name string
	db   *dynamodb.Client
	conf aws.Config
	next int
}

// newContender makes clients for a store and its table.
func newContender(ctx context.Context, name, endpoint string, transport http.RoundTripper) (*contender, error) {
	target := ddbtest.Target{Name: name, Endpoint: endpoint}
	if transport != nil {
		target.Client = &http.Client{Transport: transport}
	}
	clients := ddbtest.NewClients(target)
	c := &contender{name: name, db: clients.DB, conf: clients.Config}
	_, err := c.db.CreateTable(ctx, tableInput())
	if err != nil && ddbtest.ErrorCode(err) != "ResourceInUseException" {
		return nil, fmt.Errorf("create the table in %s: %w", name, err)
	}
	return c, nil
}

func tableInput() *dynamodb.CreateTableInput {
	attribute := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: types.ScalarAttributeTypeS}
	}
	schema := func(hash, sort string) []types.KeySchemaElement {
		return []types.KeySchemaElement{
			{AttributeName: aws.String(hash), KeyType: types.KeyTypeHash}, {AttributeName: aws.String(sort), KeyType: types.KeyTypeRange},
		}
	}
	index := func(name, hash, sort string) types.GlobalSecondaryIndex {
		return types.GlobalSecondaryIndex{
			IndexName: aws.String(name), KeySchema: schema(hash, sort), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}
	}
	return &dynamodb.CreateTableInput{
		TableName: aws.String(tableName), BillingMode: types.BillingModePayPerRequest, KeySchema: schema("pk", "sk"),
		AttributeDefinitions:   []types.AttributeDefinition{attribute("pk"), attribute("sk"), attribute("g1"), attribute("s1"), attribute("g2"), attribute("s2")},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{index("one", "g1", "s1"), index("two", "g2", "s2")},
		StreamSpecification:    &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewImage},
	}
}

// The shape of the items: about itemBytes each, of words as documents have
// them and of ids as every record has.
const (
	itemBytes      = 600
	partitionItems = 50
)

// words are what the texts are made of; they compress as real texts do.
func words() []string {
	return strings.Fields("invoice order supplier delivery quantity amount net gross tax account period journal approved " +
		"rejected office stationery laptop monitor freight insurance contract renewal department budget holder payment " +
		"terms thirty days credit note returned goods warehouse shelf batch serial inspection employee salary")
}

// itemKey is the key of an item.
func itemKey(serial int) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"pk": ddbtest.S(fmt.Sprintf("tenant-7#doc-%06d", serial/partitionItems)), "sk": ddbtest.S(fmt.Sprintf("line-%09d", serial)),
	}
}

// newItem makes an item; one serial number always gives the same.
func newItem(serial int) map[string]types.AttributeValue {
	random, all := rand.New(rand.NewPCG(1, uint64(serial))), words() //nolint:gosec // not for secrets
	one := itemKey(serial)
	one["g1"], one["s1"] = ddbtest.S(fmt.Sprintf("supplier-%04d", random.IntN(5000))), ddbtest.S(fmt.Sprintf("2026-%02d-%02d#%09d", 1+random.IntN(12), 1+random.IntN(28), serial))
	one["g2"], one["s2"] = ddbtest.S(fmt.Sprintf("status-%d", random.IntN(8))), ddbtest.S(fmt.Sprintf("%016x", random.Uint64()))
	one["amount"], one["version"] = ddbtest.N(fmt.Sprintf("%d.%02d", random.IntN(100000), random.IntN(100))), ddbtest.N("1")
	one["id"] = ddbtest.S(fmt.Sprintf("inv_%016x%010x", random.Uint64(), random.Uint64()>>24))
	var text strings.Builder
	for text.Len() < itemBytes-240 {
		text.WriteString(all[random.IntN(len(all))] + " ")
	}
	one["text"] = ddbtest.S(text.String())
	return one
}

func (c *contender) put(ctx context.Context, serial int) error {
	_, err := c.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(tableName), Item: newItem(serial)})
	return err
}

func (c *contender) get(ctx context.Context, serial int) error {
	answer, err := c.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(tableName), Key: itemKey(serial), ConsistentRead: aws.Bool(true)})
	if err == nil && len(answer.Item) == 0 {
		err = fmt.Errorf("item %d is not in %s", serial, c.name)
	}
	return err
}

// transact puts size new items in one transaction.
func (c *contender) transact(ctx context.Context, serial, size int) error {
	request := &dynamodb.TransactWriteItemsInput{}
	for i := range size {
		request.TransactItems = append(request.TransactItems, types.TransactWriteItem{Put: &types.Put{
			TableName: aws.String(tableName), Item: newItem(serial + i),
		}})
	}
	_, err := c.db.TransactWriteItems(ctx, request)
	return err
}

// load puts the items from one serial number up to another in full batches.
func (c *contender) load(ctx context.Context, from, to int) error {
	const batchItems = 25
	return inParallel(loadClients, (to-from+batchItems-1)/batchItems, func(batch int) error {
		var requests []types.WriteRequest
		for i := from + batch*batchItems; i < min(to, from+(batch+1)*batchItems); i++ {
			requests = append(requests, types.WriteRequest{PutRequest: &types.PutRequest{Item: newItem(i)}})
		}
		answer, err := c.db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{tableName: requests}})
		if err == nil && len(answer.UnprocessedItems) > 0 {
			err = fmt.Errorf("%s left requests of a batch over", c.name)
		}
		return err
	})
}

// loadClients fill a store at once.
const loadClients = 4
