package ddbtest

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func tableChecks(s *Suite) {
	s.check("describe", tableDescribe)
	s.check("create twice", func(c *C) {
		table := c.table(plainTable)
		_, err := c.DB.CreateTable(c.ctx, tableSpec{name: table, hash: "other N"}.input())
		c.wantError(err, inUse)
	})
	s.check("delete", func(c *C) {
		table := c.ownTable(tableSpec{hash: "pk S"})
		c.put(table, c.own("{}"))
		c.dropTable(c.ctx, table)
		_, err := c.DB.DescribeTable(c.ctx, &dynamodb.DescribeTableInput{TableName: aws.String(table)})
		c.wantError(err, notFound)
		c.must(c.create(tableSpec{name: table, hash: "pk S"}))
		c.stored(table, "")
	})
	s.check("describe of no table", func(c *C) {
		_, err := c.DB.DescribeTable(c.ctx, &dynamodb.DescribeTableInput{TableName: aws.String("ddbtest-no-such-table")})
		c.wantError(err, notFound)
	})
	s.check("delete of no table", func(c *C) {
		_, err := c.DB.DeleteTable(c.ctx, &dynamodb.DeleteTableInput{TableName: aws.String("ddbtest-no-such-table")})
		c.wantError(err, notFound)
	})
	s.check("list in pages", tableList)
	s.check("protected from deletion", func(c *C) {
		spec := tableSpec{name: "ddbtest-protected", hash: "pk S"}
		c.table(spec)
		protect := func(on bool) {
			_, err := c.DB.UpdateTable(c.ctx, &dynamodb.UpdateTableInput{TableName: aws.String(spec.name), DeletionProtectionEnabled: aws.Bool(on)})
			c.must(err)
		}
		protect(true)
		_, err := c.DB.DeleteTable(c.ctx, &dynamodb.DeleteTableInput{TableName: aws.String(spec.name)})
		c.wantError(err, validation, "deletion protection")
		protect(false)
	})
	tableErrorChecks(s)
}

func tableDescribe(c *C) {
	table := c.table(indexedTable)
	answer, err := c.DB.DescribeTable(c.ctx, &dynamodb.DescribeTableInput{TableName: aws.String(table)})
	c.must(err)
	got := answer.Table
	c.same("name and status", fmt.Sprint(*got.TableName, " ", got.TableStatus), table+" ACTIVE")
	c.same("key schema", schemaText(got.KeySchema), "pk HASH sk RANGE")
	if got.TableArn == nil || !strings.HasSuffix(*got.TableArn, ":table/"+table) || got.CreationDateTime == nil || got.TableId == nil {
		c.Errorf("the description lacks an ARN, a time or an id: %v", got)
	}
	var attributes []string
	for _, definition := range got.AttributeDefinitions {
		attributes = append(attributes, *definition.AttributeName+":"+string(definition.AttributeType))
	}
	sameSet(c, "attributes", join(attributes), "pk:S sk:S gpk:S gsk:S kpk:S ipk:S isk:N lsk:N lsk2:S lsk3:S")
	var global, local []string
	for _, index := range got.GlobalSecondaryIndexes {
		global = append(global, fmt.Sprintf("%s:%s:%s:%s", *index.IndexName, strings.ReplaceAll(schemaText(index.KeySchema), " ", "."),
			index.Projection.ProjectionType, index.IndexStatus))
	}
	for _, index := range got.LocalSecondaryIndexes {
		local = append(local, fmt.Sprintf("%s:%s:%s", *index.IndexName, strings.ReplaceAll(schemaText(index.KeySchema), " ", "."), index.Projection.ProjectionType))
	}
	sameSet(c, "global indexes", join(global), "all:gpk.HASH.gsk.RANGE:ALL:ACTIVE keys:kpk.HASH:KEYS_ONLY:ACTIVE some:ipk.HASH.isk.RANGE:INCLUDE:ACTIVE")
	sameSet(c, "local indexes", join(local), "lall:pk.HASH.lsk.RANGE:ALL lkeys:pk.HASH.lsk2.RANGE:KEYS_ONLY lsome:pk.HASH.lsk3.RANGE:INCLUDE")
	if got.BillingModeSummary == nil || got.BillingModeSummary.BillingMode != types.BillingModePayPerRequest {
		c.Errorf("the table is not on demand")
	}
}

func schemaText(schema []types.KeySchemaElement) string {
	var words []string
	for _, element := range schema {
		words = append(words, *element.AttributeName, string(element.KeyType))
	}
	return join(words)
}

// tableList follows the pages of the list and demands three tables of the
// suite, in order.
func tableList(c *C) {
	for _, spec := range []tableSpec{plainTable, pairTable, binaryTable} {
		c.table(spec)
	}
	var all []string
	request := &dynamodb.ListTablesInput{Limit: aws.Int32(1)}
	for {
		answer, err := c.DB.ListTables(c.ctx, request)
		c.must(err)
		all = append(all, answer.TableNames...)
		if answer.LastEvaluatedTableName == nil || len(all) > pagesMax {
			break
		}
		request.ExclusiveStartTableName = answer.LastEvaluatedTableName
	}
	var own []string
	for i, name := range all {
		if i > 0 && all[i-1] >= name {
			c.Errorf("%s is listed after %s", name, all[i-1])
		}
		if name == plainTable.name || name == pairTable.name || name == binaryTable.name {
			own = append(own, name)
		}
	}
	c.same("tables", join(own), join([]string{binaryTable.name, pairTable.name, plainTable.name}))
}

// tableErrorChecks are creations that are refused.
func tableErrorChecks(s *Suite) {
	attribute := func(name string, kind types.ScalarAttributeType) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: kind}
	}
	key := func(name string, role types.KeyType) types.KeySchemaElement {
		return types.KeySchemaElement{AttributeName: aws.String(name), KeyType: role}
	}
	index := func(name string, schema ...types.KeySchemaElement) types.GlobalSecondaryIndex {
		return types.GlobalSecondaryIndex{IndexName: aws.String(name), KeySchema: schema, Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}}
	}
	rows := []struct {
		name   string
		change func(r *dynamodb.CreateTableInput)
	}{
		{"name too short", func(r *dynamodb.CreateTableInput) { r.TableName = aws.String("ab") }},
		{"name too long", func(r *dynamodb.CreateTableInput) { r.TableName = aws.String(strings.Repeat("a", 256)) }},
		{"name with a space", func(r *dynamodb.CreateTableInput) { r.TableName = aws.String("a table") }},
		{"no partition key", func(r *dynamodb.CreateTableInput) { r.KeySchema[0].KeyType = types.KeyTypeRange }},
		{"two partition keys", func(r *dynamodb.CreateTableInput) {
			r.KeySchema = append(r.KeySchema, key("sk", types.KeyTypeHash))
			r.AttributeDefinitions = append(r.AttributeDefinitions, attribute("sk", "S"))
		}},
		{"three keys", func(r *dynamodb.CreateTableInput) {
			r.KeySchema = append(r.KeySchema, key("sk", types.KeyTypeRange), key("tk", types.KeyTypeRange))
			r.AttributeDefinitions = append(r.AttributeDefinitions, attribute("sk", "S"), attribute("tk", "S"))
		}},
		{"same key twice", func(r *dynamodb.CreateTableInput) { r.KeySchema = append(r.KeySchema, key("pk", types.KeyTypeRange)) }},
		{"key not defined", func(r *dynamodb.CreateTableInput) { r.AttributeDefinitions[0].AttributeName = aws.String("other") }},
		{"attribute not used", func(r *dynamodb.CreateTableInput) {
			r.AttributeDefinitions = append(r.AttributeDefinitions, attribute("spare", "S"))
		}},
		{"attribute defined twice", func(r *dynamodb.CreateTableInput) {
			r.AttributeDefinitions = append(r.AttributeDefinitions, attribute("pk", "N"))
		}},
		{"key of type bool", func(r *dynamodb.CreateTableInput) { r.AttributeDefinitions[0].AttributeType = "BOOL" }},
		{"unknown billing", func(r *dynamodb.CreateTableInput) { r.BillingMode = "FREE" }},
		{"provisioned without numbers", func(r *dynamodb.CreateTableInput) { r.BillingMode = types.BillingModeProvisioned }},
		{"on demand with numbers", func(r *dynamodb.CreateTableInput) {
			r.ProvisionedThroughput = &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(1), WriteCapacityUnits: aws.Int64(1)}
		}},
		{"two indexes of one name", func(r *dynamodb.CreateTableInput) {
			r.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{index("one", key("pk", "HASH")), index("one", key("pk", "HASH"))}
		}},
		{"index name too short", func(r *dynamodb.CreateTableInput) {
			r.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{index("ab", key("pk", "HASH"))}
		}},
		{"index key not defined", func(r *dynamodb.CreateTableInput) {
			r.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{index("one", key("nowhere", "HASH"))}
		}},
		{"empty list of indexes", func(r *dynamodb.CreateTableInput) { r.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{} }},
		{"include without attributes", func(r *dynamodb.CreateTableInput) {
			one := index("one", key("pk", "HASH"))
			one.Projection.ProjectionType = types.ProjectionTypeInclude
			r.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{one}
		}},
		{"all with attributes", func(r *dynamodb.CreateTableInput) {
			one := index("one", key("pk", "HASH"))
			one.Projection.NonKeyAttributes = []string{"a"}
			r.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{one}
		}},
		{"local index without table sort key", func(r *dynamodb.CreateTableInput) {
			r.AttributeDefinitions = append(r.AttributeDefinitions, attribute("lk", "S"))
			r.LocalSecondaryIndexes = []types.LocalSecondaryIndex{{IndexName: aws.String("one"),
				KeySchema: []types.KeySchemaElement{key("pk", "HASH"), key("lk", "RANGE")}, Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}}}
		}},
		{"stream without view", func(r *dynamodb.CreateTableInput) {
			r.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true)}
		}},
		{"view without stream", func(r *dynamodb.CreateTableInput) {
			r.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(false), StreamViewType: types.StreamViewTypeNewImage}
		}},
	}
	for _, row := range rows {
		s.check("refused "+row.name, func(c *C) {
			request := tableSpec{name: "ddbtest-refused", hash: "pk S"}.input()
			defer c.dropTable(c.ctx, "ddbtest-refused")
			row.change(request)
			_, err := c.DB.CreateTable(c.ctx, request)
			c.wantError(err, validation)
			_, err = c.DB.DescribeTable(c.ctx, &dynamodb.DescribeTableInput{TableName: aws.String("ddbtest-refused")})
			c.wantError(err, notFound)
		})
	}
}
