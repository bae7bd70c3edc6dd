package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"
)

// The names of the secondary indexes that every table has.
const (
	IndexG1      = "gsi1"
	IndexPending = "pending"
)

// The client repeats a call that failed on its way this often; conflicts are the pipeline's own affair.
const (
	attemptsMax = 6
	backoffMax  = 2 * time.Second
)

// DB is a store of tables under one name prefix.
type DB struct {
	dynamo *dynamo.DB
	client *dynamodb.Client
	prefix string
	forms  forms // decoded items that readers share
}

// Open makes a store on a client configuration; physical tables are named prefix-table.
func Open(cfg aws.Config, prefix string, options ...func(*dynamodb.Options)) *DB {
	options = append(options, func(o *dynamodb.Options) {
		o.Retryer = retry.NewStandard(func(r *retry.StandardOptions) {
			r.MaxAttempts, r.MaxBackoff = attemptsMax, backoffMax
		})
		o.APIOptions = append(o.APIOptions, addGuard(prefix), addMeter, addMemory, addBody)
	})
	client := dynamodb.NewFromConfig(cfg, options...)
	return &DB{dynamo: dynamo.NewFromIface(client), client: client, prefix: prefix}
}

// Client gives the bare client, for tools that copy or compare whole tables.
func (d *DB) Client() *dynamodb.Client { return d.client }

// TableName gives the physical name of a table.
func (d *DB) TableName(table string) string { return tableName(d.prefix, table) }

func tableName(prefix, table string) string { return prefix + "-" + table }

func (d *DB) table(name string) dynamo.Table { return d.dynamo.Table(d.TableName(name)) }

// TableInput describes a table of the common form, for whoever creates it: host, tests and, as the model that the templates
// are compared with, the cloud stacks.
func TableInput(name string, streams bool) *dynamodb.CreateTableInput {
	text := types.ScalarAttributeTypeS
	in := &dynamodb.CreateTableInput{
		TableName: aws.String(name), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("pk"), AttributeType: text}, {AttributeName: aws.String("sk"), AttributeType: text},
			{AttributeName: aws.String("g1pk"), AttributeType: text}, {AttributeName: aws.String("g1sk"), AttributeType: text},
			{AttributeName: aws.String("pend"), AttributeType: text}, {AttributeName: aws.String("pat"), AttributeType: text},
		},
		KeySchema: keySchema("pk", "sk"),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{
			{IndexName: aws.String(IndexG1), KeySchema: keySchema("g1pk", "g1sk"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}},
			{IndexName: aws.String(IndexPending), KeySchema: keySchema("pend", "pat"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}},
		},
	}
	if streams {
		in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewImage}
	}
	return in
}

func keySchema(hash, sort string) []types.KeySchemaElement {
	return []types.KeySchemaElement{{AttributeName: aws.String(hash), KeyType: types.KeyTypeHash}, {AttributeName: aws.String(sort), KeyType: types.KeyTypeRange}}
}

const tableWait = 30 * time.Second

// EnsureTable creates a table of the common form unless it is there.
func (d *DB) EnsureTable(ctx context.Context, table string, streams bool) error {
	name := d.TableName(table)
	_, err := d.client.CreateTable(ctx, TableInput(name, streams))
	var there *types.ResourceInUseException
	if err != nil && !errors.As(err, &there) {
		return fmt.Errorf("create table %s: %w", name, err)
	}
	return dynamodb.NewTableExistsWaiter(d.client).Wait(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(name)}, tableWait)
}
