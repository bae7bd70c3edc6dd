package ddb

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/wire"
)

// The shapes of the calls about tables.
type (
	keyShape struct {
		AttributeName string
		KeyType       string
	}
	attributeShape struct {
		AttributeName string
		AttributeType string
	}
	projectionShape struct {
		ProjectionType   string
		NonKeyAttributes []string
	}
	indexShape struct {
		IndexName             string
		KeySchema             []keyShape
		Projection            *projectionShape
		ProvisionedThroughput *throughput
	}
	streamShape struct {
		StreamEnabled  bool
		StreamViewType string
	}
	tagShape struct {
		Key   string
		Value string
	}
	createShape struct {
		TableName                 string
		AttributeDefinitions      []attributeShape
		KeySchema                 []keyShape
		GlobalSecondaryIndexes    []indexShape
		LocalSecondaryIndexes     []indexShape
		BillingMode               string
		ProvisionedThroughput     *throughput
		StreamSpecification       *streamShape
		DeletionProtectionEnabled bool
		TableClass                string
		Tags                      []tagShape
	}
	indexNameShape struct {
		IndexName             string
		ProvisionedThroughput *throughput
	}
	indexUpdateShape struct {
		Create *indexShape
		Delete *indexNameShape
		Update *indexNameShape
	}
	updateShape struct {
		TableName                   string
		AttributeDefinitions        []attributeShape
		BillingMode                 string
		ProvisionedThroughput       *throughput
		StreamSpecification         *streamShape
		GlobalSecondaryIndexUpdates []indexUpdateShape
		DeletionProtectionEnabled   *bool
		TableClass                  string
	}
)

// readShape reads the body of a call about tables.
func readShape(body string, into any) error {
	d := json.NewDecoder(strings.NewReader(body))
	if err := d.Decode(into); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return awserr.Unreadable("%s cannot be converted to %s", strings.ToUpper(wrong.Value)+"_VALUE", wrong.Type)
		}
		return awserr.Unreadable("The body is no JSON: %s", err.Error())
	}
	if _, err := d.Token(); err != io.EOF {
		return awserr.Unreadable("The body goes on after its JSON")
	}
	return nil
}

// schema makes a key schema of its shape and the attributes' definitions.
func schema(keys []keyShape, defs map[string]attr.Type) (k keySchema, err error) {
	if len(keys) < 1 || len(keys) > 2 {
		return k, constraint("'[...]'", "keySchema", "Member must have length between 1 and 2")
	}
	for i, s := range keys {
		if err := oneOf(text{s.KeyType, true}, "keySchema."+strconv.Itoa(i+1)+".member.keyType", "HASH", "RANGE"); err != nil {
			return k, err
		}
		t, ok := defs[s.AttributeName]
		if !ok {
			return k, awserr.Invalid("Some index key attributes are not defined in AttributeDefinitions. Keys: [%s], AttributeDefinitions: [%s]", s.AttributeName, strings.Join(sortedKeys(defs), ", "))
		}
		switch {
		case i == 0 && s.KeyType != "HASH":
			return k, awserr.Validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
		case i == 1 && s.KeyType != "RANGE":
			return k, awserr.Validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
		case i == 0:
			k.Hash = keyDef{s.AttributeName, t}
		default:
			k.Range = keyDef{s.AttributeName, t}
		}
	}
	if k.Hash.Name == k.Range.Name {
		return k, awserr.Validation("Both the Hash Key and the Range Key element in the KeySchema have the same name")
	}
	return k, nil
}

// definitions gathers the attributes' types.
func definitions(shapes []attributeShape) (map[string]attr.Type, error) {
	out := map[string]attr.Type{}
	for i, s := range shapes {
		if err := oneOf(text{s.AttributeType, true}, "attributeDefinitions."+strconv.Itoa(i+1)+".member.attributeType", "B", "N", "S"); err != nil {
			return nil, err
		}
		if _, twice := out[s.AttributeName]; twice {
			return nil, awserr.Invalid("Cannot have two attributes with the same name: %s", s.AttributeName)
		}
		if s.AttributeName == "" {
			return nil, constraint("''", "attributeDefinitions.1.member.attributeName", "Member must have length greater than or equal to 1")
		}
		out[s.AttributeName] = attr.TypeOf(s.AttributeType)
	}
	return out, nil
}

// appendKeySchema appends a key schema as Describe answers it.
func appendKeySchema(out []byte, k keySchema) []byte {
	out = append(out, '[')
	for i, d := range k.defs() {
		out = append(wire.AppendComma(out), '{')
		out = wire.AppendString(wire.AppendKey(out, "AttributeName"), d.Name)
		out = wire.AppendString(wire.AppendKey(out, "KeyType"), [...]string{"HASH", "RANGE"}[i])
		out = append(out, '}')
	}
	return append(out, ']')
}

// appendTable appends a table's description.
func (e *Engine) appendTable(out []byte, t *table, status string) []byte {
	out = append(out, '{')
	out = wire.AppendString(wire.AppendKey(out, "TableName"), t.Name)
	out = wire.AppendString(wire.AppendKey(out, "TableArn"), e.arn(t))
	out = wire.AppendString(wire.AppendKey(out, "TableId"), t.UUID)
	out = wire.AppendString(wire.AppendKey(out, "TableStatus"), status)
	out = wire.AppendFloat(wire.AppendKey(out, "CreationDateTime"), seconds(t.Created))
	out = appendKeySchema(wire.AppendKey(out, "KeySchema"), t.Keys)
	out = t.appendDefinitions(wire.AppendKey(out, "AttributeDefinitions"))
	out = strconv.AppendInt(wire.AppendKey(out, "ItemCount"), t.stats.items.Load(), 10)
	out = strconv.AppendInt(wire.AppendKey(out, "TableSizeBytes"), t.stats.bytes.Load(), 10)
	out = appendThroughput(out, t.Units)
	if t.Billing == billingOnDemand {
		out = append(out, `,"BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST"}`...)
	}
	if t.Class != "" {
		out = append(wire.AppendString(append(wire.AppendKey(out, "TableClassSummary"), `{"TableClass":`...), t.Class), '}')
	}
	out = append(wire.AppendKey(out, "DeletionProtectionEnabled"), strconv.FormatBool(t.Protected)...)
	if s := t.stream; s != nil {
		out = append(wire.AppendKey(out, "StreamSpecification"), `{"StreamEnabled":true,"StreamViewType":`...)
		out = append(wire.AppendString(out, s.View), '}')
		out = wire.AppendString(wire.AppendKey(out, "LatestStreamArn"), e.streamARN(s))
		out = wire.AppendString(wire.AppendKey(out, "LatestStreamLabel"), s.Label)
	}
	out = e.appendIndexShapes(out, t, "LocalSecondaryIndexes", true)
	out = e.appendIndexShapes(out, t, "GlobalSecondaryIndexes", false)
	return append(out, '}')
}

func appendThroughput(out []byte, u throughput) []byte {
	out = append(wire.AppendKey(out, "ProvisionedThroughput"), `{"NumberOfDecreasesToday":0`...)
	out = strconv.AppendInt(wire.AppendKey(out, "ReadCapacityUnits"), u.Read, 10)
	out = strconv.AppendInt(wire.AppendKey(out, "WriteCapacityUnits"), u.Write, 10)
	return append(out, '}')
}

// appendDefinitions appends the types of all key attributes.
func (t *table) appendDefinitions(out []byte) []byte {
	defs := map[string]attr.Type{}
	for _, d := range t.Keys.defs() {
		defs[d.Name] = d.Type
	}
	for _, x := range t.Indexes {
		for _, d := range x.Keys.defs() {
			defs[d.Name] = d.Type
		}
	}
	out = append(out, '[')
	for _, name := range sortedKeys(defs) {
		out = append(wire.AppendComma(out), '{')
		out = wire.AppendString(wire.AppendKey(out, "AttributeName"), name)
		out = wire.AppendString(wire.AppendKey(out, "AttributeType"), defs[name].String())
		out = append(out, '}')
	}
	return append(out, ']')
}

func (e *Engine) appendIndexShapes(out []byte, t *table, name string, local bool) []byte {
	open := false
	for _, x := range t.Indexes {
		if x.Local != local {
			continue
		}
		if !open {
			out = append(wire.AppendKey(out, name), '[')
			open = true
		}
		out = append(wire.AppendComma(out), '{')
		out = wire.AppendString(wire.AppendKey(out, "IndexName"), x.Name)
		out = wire.AppendString(wire.AppendKey(out, "IndexArn"), e.arn(t)+"/index/"+x.Name)
		out = appendKeySchema(wire.AppendKey(out, "KeySchema"), x.Keys)
		out = append(wire.AppendKey(out, "Projection"), '{')
		out = wire.AppendString(wire.AppendKey(out, "ProjectionType"), x.Project)
		if x.Project == projectInclude {
			out = append(wire.AppendKey(out, "NonKeyAttributes"), '[')
			for _, n := range x.Include {
				out = wire.AppendString(wire.AppendComma(out), n)
			}
			out = append(out, ']')
		}
		out = append(out, '}')
		if !local {
			out = append(out, `,"IndexStatus":"ACTIVE"`...)
			out = appendThroughput(out, x.Units)
		}
		out = append(out, '}')
	}
	if open {
		out = append(out, ']')
	}
	return out
}
