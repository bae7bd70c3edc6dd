package ddbtest

import (
	"context"
	"flag"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// tableSpec describes a table. Keys are written "name type", as in "pk S";
// an empty sort key means none.
type tableSpec struct {
	name    string
	hash    string
	sort    string
	stream  types.StreamViewType
	indexes []indexSpec
}

// indexSpec describes one index; a local one shares the table's hash key.
type indexSpec struct {
	name    string
	hash    string
	sort    string
	local   bool
	project types.ProjectionType
	include []string
}

// tableReadyWait bounds the wait for a table on a store that creates tables
// in the background, as AWS does.
const tableReadyWait = 2 * time.Minute

// The tables that many checks share; each check keeps to its own keys.
var (
	plainTable   = tableSpec{name: "ddbtest-plain", hash: "pk S"}
	pairTable    = tableSpec{name: "ddbtest-pair", hash: "pk S", sort: "sk S"}
	numberTable  = tableSpec{name: "ddbtest-number", hash: "pk S", sort: "sk N"}
	binaryTable  = tableSpec{name: "ddbtest-binary", hash: "pk S", sort: "sk B"}
	numHashTable = tableSpec{name: "ddbtest-numhash", hash: "pk N"}
	binHashTable = tableSpec{name: "ddbtest-binhash", hash: "pk B"}
	indexedTable = tableSpec{name: "ddbtest-indexed", hash: "pk S", sort: "sk S", indexes: []indexSpec{
		{name: "all", hash: "gpk S", sort: "gsk S", project: types.ProjectionTypeAll},
		{name: "keys", hash: "kpk S", project: types.ProjectionTypeKeysOnly},
		{name: "some", hash: "ipk S", sort: "isk N", project: types.ProjectionTypeInclude, include: []string{"a", "b"}},
		{name: "lall", hash: "pk S", sort: "lsk N", local: true, project: types.ProjectionTypeAll},
		{name: "lkeys", hash: "pk S", sort: "lsk2 S", local: true, project: types.ProjectionTypeKeysOnly},
		{name: "lsome", hash: "pk S", sort: "lsk3 S", local: true, project: types.ProjectionTypeInclude, include: []string{"a"}},
	}}
)

// input is the request that creates the table, on demand.
func (spec tableSpec) input() *dynamodb.CreateTableInput {
	attributes := map[string]types.ScalarAttributeType{}
	input := &dynamodb.CreateTableInput{
		TableName:   aws.String(spec.name),
		BillingMode: types.BillingModePayPerRequest,
		KeySchema:   keySchema(spec.hash, spec.sort, attributes),
	}
	for _, index := range spec.indexes {
		schema := keySchema(index.hash, index.sort, attributes)
		projection := &types.Projection{ProjectionType: index.project, NonKeyAttributes: index.include}
		if index.local {
			input.LocalSecondaryIndexes = append(input.LocalSecondaryIndexes, types.LocalSecondaryIndex{
				IndexName: aws.String(index.name), KeySchema: schema, Projection: projection,
			})
			continue
		}
		input.GlobalSecondaryIndexes = append(input.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: aws.String(index.name), KeySchema: schema, Projection: projection,
		})
	}
	input.AttributeDefinitions = definitions(attributes)
	if spec.stream != "" {
		input.StreamSpecification = &types.StreamSpecification{
			StreamEnabled: aws.Bool(true), StreamViewType: spec.stream,
		}
	}
	return input
}

// keySchema builds a key schema and notes the attribute types it needs.
func keySchema(hash, sort string, attributes map[string]types.ScalarAttributeType) []types.KeySchemaElement {
	var schema []types.KeySchemaElement
	add := func(key string, role types.KeyType) {
		name, kind, _ := strings.Cut(key, " ")
		attributes[name] = types.ScalarAttributeType(kind)
		schema = append(schema, types.KeySchemaElement{AttributeName: aws.String(name), KeyType: role})
	}
	add(hash, types.KeyTypeHash)
	if sort != "" {
		add(sort, types.KeyTypeRange)
	}
	return schema
}

func definitions(attributes map[string]types.ScalarAttributeType) []types.AttributeDefinition {
	var out []types.AttributeDefinition
	for name, kind := range attributes {
		out = append(out, types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: kind})
	}
	return out
}

// table makes sure that a shared table exists and returns its name. The
// table is removed when the whole run ends.
func (c *C) table(spec tableSpec) string {
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	if !c.shared.tables[spec.name] {
		c.must(c.create(spec))
		c.shared.tables[spec.name] = true
	}
	return spec.name
}

// ownTable creates a table for this check alone and returns its name. It is
// removed with the shared ones.
func (c *C) ownTable(spec tableSpec) string {
	if spec.name == "" {
		spec.name = "ddbtest-" + strings.NewReplacer("/", ".", "_", "-").Replace(c.name)
	}
	return c.table(spec)
}

// create makes a table anew, even where an earlier run left one behind.
func (c *C) create(spec tableSpec) error {
	if _, err := c.DB.CreateTable(c.ctx, spec.input()); err != nil {
		if ErrorCode(err) != inUse {
			return err
		}
		c.dropTable(c.ctx, spec.name)
		if _, err = c.DB.CreateTable(c.ctx, spec.input()); err != nil {
			return err
		}
	}
	waiter := dynamodb.NewTableExistsWaiter(c.DB)
	return waiter.Wait(c.ctx, &dynamodb.DescribeTableInput{TableName: aws.String(spec.name)}, tableReadyWait)
}

// dropTable removes a table and waits until it is gone; errors are left to
// the next creation to notice.
func (s *Suite) dropTable(ctx context.Context, name string) {
	if _, err := s.DB.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: aws.String(name)}); err != nil {
		return
	}
	waiter := dynamodb.NewTableNotExistsWaiter(s.DB)
	_ = waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(name)}, tableReadyWait)
}

// dropTables removes every table that the run created.
func (s *Suite) dropTables() {
	for name := range s.shared.tables {
		s.dropTable(context.Background(), name)
	}
}

// partOfSuiteSelected tells whether -run chose only some of the checks.
func partOfSuiteSelected() bool {
	run, skip := flag.Lookup("test.run"), flag.Lookup("test.skip")
	selects := func(f *flag.Flag) bool { return f != nil && strings.Contains(f.Value.String(), "/") }
	return selects(run) || selects(skip)
}
