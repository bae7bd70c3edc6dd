package ddb

import (
	"context"
	"maps"
	"slices"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
)

// The billing modes.
const (
	billingProvisioned = "PROVISIONED"
	billingOnDemand    = "PAY_PER_REQUEST"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// createTable makes a table; it is ACTIVE at once.
func (e *Engine) createTable(_ context.Context, body string) ([]byte, error) {
	var q createShape
	if err := readShape(body, &q); err != nil {
		return nil, err
	}
	q.TableName = tableName(q.TableName)
	t, err := q.table()
	if err != nil {
		return nil, err
	}
	err = e.define(func(cat *catalog, c *commit) error {
		if cat.tables[t.Name] != nil {
			return awserr.New(awserr.TypeInUse, "Table already exists: %s", t.Name)
		}
		cat.lastTable++ // never given twice, so rows that a table of the same name left behind are not this one's
		t.ID, t.Created = cat.lastTable, e.millis()
		t.UUID = uuid(t.ID, t.Created)
		if err := setMeta(c.batch, metaTable, uint64(t.ID)); err != nil {
			return err
		}
		if s := q.StreamSpecification; s != nil && s.StreamEnabled {
			if err := e.startStream(cat, c, t, s.StreamViewType); err != nil {
				return err
			}
		}
		return cat.putTable(c, t)
	})
	if err != nil {
		return nil, err
	}
	return append(e.appendTable([]byte(`{"TableDescription":`), t, "ACTIVE"), '}'), nil
}

// table makes the table that the parameters describe.
func (q *createShape) table() (*table, error) {
	if err := checkTableName(q.TableName); err != nil {
		return nil, err
	}
	defs, err := definitions(q.AttributeDefinitions)
	if err != nil {
		return nil, err
	}
	t := &table{Name: q.TableName, stats: &tableStats{}, Protected: q.DeletionProtectionEnabled, Class: q.TableClass}
	if t.Keys, err = schema(q.KeySchema, defs); err != nil {
		return nil, err
	}
	if t.Billing, t.Units, err = billing(q.BillingMode, q.ProvisionedThroughput); err != nil {
		return nil, err
	}
	if err := checkStream(q.StreamSpecification); err != nil {
		return nil, err
	}
	if t.Tags, err = tagMap(q.Tags); err != nil {
		return nil, err
	}
	if err := q.addIndexes(t, defs); err != nil {
		return nil, err
	}
	// AWS wants every key attribute defined, and nothing else: other attributes
	// have no type that the table knows of.
	used := map[string]bool{}
	for _, k := range append(t.indexSchemas(), t.Keys) {
		for _, d := range k.defs() {
			used[d.Name] = true
		}
	}
	if len(used) != len(defs) {
		return nil, awserr.Invalid("Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions")
	}
	return t, nil
}

// indexSchemas lists the keys of all indexes.
func (t *table) indexSchemas() []keySchema {
	var out []keySchema
	for _, x := range t.Indexes {
		out = append(out, x.Keys)
	}
	return out
}

// billing checks how a table is paid for. The store throttles nothing and
// charges nobody; it keeps the answer for DescribeTable.
func billing(mode string, u *throughput) (string, throughput, error) {
	if err := oneOf(text{mode, mode != ""}, "billingMode", billingProvisioned, billingOnDemand); err != nil {
		return "", throughput{}, err
	}
	switch {
	case mode == billingOnDemand && u != nil && (u.Read != 0 || u.Write != 0):
		return "", throughput{}, awserr.Invalid("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	case mode == billingOnDemand:
		return mode, throughput{}, nil
	case u == nil:
		return "", throughput{}, awserr.Invalid("ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
	case u.Read < 1 || u.Write < 1:
		return "", throughput{}, constraint("'0'", "provisionedThroughput", "Member must have value greater than or equal to 1")
	}
	return billingProvisioned, *u, nil
}

// checkStream checks what a stream is asked to show.
func checkStream(s *streamShape) error {
	switch {
	case s == nil:
		return nil
	case s.StreamEnabled && s.StreamViewType == "":
		return awserr.Invalid("StreamViewType is required when StreamEnabled is true")
	case s.StreamEnabled:
		return oneOf(text{s.StreamViewType, true}, "streamSpecification.streamViewType", viewNew, viewOld, viewBoth, viewKeys)
	case s.StreamViewType != "":
		return awserr.Invalid("StreamViewType can only be specified when StreamEnabled is true")
	}
	return nil
}

// addIndexes adds the indexes that the parameters describe. A local one shares
// the table's hash key, since with AWS it lies in the partition's own place;
// here it is an index like any other, but for what may be asked of it.
func (q *createShape) addIndexes(t *table, defs map[string]attr.Type) error {
	switch {
	case len(q.LocalSecondaryIndexes) > localIndexesMax:
		return awserr.Invalid("Number of LocalSecondaryIndexes exceeds per-table limit of %d", localIndexesMax)
	case len(q.GlobalSecondaryIndexes) > globalIndexesMax:
		return awserr.Invalid("GlobalSecondaryIndex count exceeds the per-table limit of %d", globalIndexesMax)
	case q.LocalSecondaryIndexes != nil && len(q.LocalSecondaryIndexes) == 0:
		return awserr.Invalid("List of LocalSecondaryIndexes is empty")
	case q.GlobalSecondaryIndexes != nil && len(q.GlobalSecondaryIndexes) == 0:
		return awserr.Invalid("List of GlobalSecondaryIndexes is empty")
	}
	for _, s := range q.LocalSecondaryIndexes {
		if err := t.addIndex(s, defs, true); err != nil {
			return err
		}
		x := t.Indexes[len(t.Indexes)-1]
		switch {
		case !t.Keys.ranged():
			return awserr.Invalid("Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex")
		case x.Keys.Hash != t.Keys.Hash:
			return awserr.Invalid("Index KeySchema does not have the same leading hash key as table KeySchema for index: %s. index hash key: %s, table hash key: %s", x.Name, x.Keys.Hash.Name, t.Keys.Hash.Name)
		case !x.Keys.ranged():
			return awserr.Invalid("Index KeySchema does not have a range key for index: %s", x.Name)
		}
	}
	for _, s := range q.GlobalSecondaryIndexes {
		if err := t.addIndex(s, defs, false); err != nil {
			return err
		}
	}
	return nil
}

// addIndex adds an index to a table that is being defined.
func (t *table) addIndex(s indexShape, defs map[string]attr.Type, local bool) error {
	if err := checkTableName(s.IndexName); err != nil {
		return constraint("'"+s.IndexName+"'", "indexName", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+, with a length between 3 and 255")
	}
	if t.index(s.IndexName) != nil {
		return awserr.Invalid("Duplicate index name: %s", s.IndexName)
	}
	keys, err := schema(s.KeySchema, defs)
	if err != nil {
		return err
	}
	x := &index{Name: s.IndexName, Local: local, Keys: keys}
	if err := x.setProjection(s.Projection); err != nil {
		return err
	}
	if t.Billing == billingProvisioned && !local {
		if s.ProvisionedThroughput == nil {
			return awserr.Invalid("ProvisionedThroughput is not specified for index: %s", s.IndexName)
		}
		x.Units = *s.ProvisionedThroughput
	}
	t.NextIndex++
	x.ID = t.NextIndex
	t.Indexes = append(t.Indexes, x)
	return nil
}

// setProjection sets what an index shows. It holds nothing of it (see the
// package's comment): a projection only cuts down answers, and decides what AWS
// would charge.
func (x *index) setProjection(p *projectionShape) error {
	if p == nil || p.ProjectionType == "" {
		return awserr.Invalid("Unknown ProjectionType: null")
	}
	if err := oneOf(text{p.ProjectionType, true}, "projection.projectionType", projectAll, projectInclude, projectKeys); err != nil {
		return err
	}
	switch {
	case p.ProjectionType == projectInclude && len(p.NonKeyAttributes) == 0:
		return awserr.Invalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
	case p.ProjectionType != projectInclude && len(p.NonKeyAttributes) > 0:
		return awserr.Invalid("ProjectionType is %s, but NonKeyAttributes is specified", p.ProjectionType)
	case len(p.NonKeyAttributes) > projectedMax:
		return awserr.Invalid("NonKeyAttributes has more than %d attributes", projectedMax)
	}
	x.Project, x.Include = p.ProjectionType, p.NonKeyAttributes
	return nil
}
