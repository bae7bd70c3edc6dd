package ddb

import (
	"errors"
	"strings"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/expr"
	"backoffice/internal/ddb/wire"
)

// text is a parameter that may be left out.
type text struct {
	s   string
	set bool
}

func (t text) or(def string) string {
	if t.set {
		return t.s
	}
	return def
}

// request holds the parameters of all calls about items; each call looks at
// its own. What is unknown is skipped, as AWS does.
type request struct {
	table            string
	item, key        attr.Item
	hasItem, hasKey  bool
	scope            expr.Scope
	namesSet, valSet bool

	condition, update, projection, filter, keyCondition text
	keyConditions                                       []expr.KeyTerm
	startKey                                            attr.Item
	index, sel                                          text
	limit                                               int64
	limitSet                                            bool
	backward, consistent                                bool
	segment, segments                                   int64
	segmentSet, segmentsSet                             bool

	returnValues, returnFailed    text
	returnCapacity, returnMetrics text
}

// readRequest takes the parameters of a call from its body.
func readRequest(body string) (*request, error) {
	q := &request{}
	r := wire.NewReader(body)
	q.read(r)
	if err := r.Done(); err != nil {
		return nil, err
	}
	return q, q.check()
}

// read takes an object of parameters.
func (q *request) read(r *wire.Reader) {
	for r.OpenObject(); r.Next('}'); {
		name := r.Key()
		if !r.Null() {
			q.field(r, name)
		}
	}
}

func (q *request) field(r *wire.Reader, name string) {
	if t := q.textField(name); t != nil {
		t.s, t.set = r.String(), true
		return
	}
	switch name {
	case "TableName":
		q.table = tableName(r.String())
	case "Item":
		q.item, q.hasItem = attr.ReadItem(r), true
	case "Key":
		q.key, q.hasKey = attr.ReadItem(r), true
	case "ExpressionAttributeNames":
		q.namesSet = true
		readNames(r, &q.scope)
	case "ExpressionAttributeValues":
		q.valSet = true
		for r.OpenObject(); r.Next('}'); {
			k := r.Key()
			q.scope.BindValue(k, readBoundValue(r, k))
		}
	case "ExclusiveStartKey":
		q.startKey = attr.ReadItem(r)
	case "Limit":
		q.limit, q.limitSet = r.Int(), true
	case "ScanIndexForward":
		q.backward = !r.Bool()
	case "ConsistentRead":
		q.consistent = r.Bool()
	case "Segment":
		q.segment, q.segmentSet = r.Int(), true
	case "TotalSegments":
		q.segments, q.segmentsSet = r.Int(), true
	case "KeyConditions":
		q.keyConditions = readKeyConditions(r)
	case "Expected", "AttributeUpdates", "AttributesToGet", "QueryFilter", "ScanFilter", "ConditionalOperator":
		r.Fail(awserr.Validation("The legacy parameter %s is not supported; use an expression", name))
	default:
		r.Skip()
	}
}

// textField gives the place of a parameter that is a plain text.
func (q *request) textField(name string) *text {
	switch name {
	case "ConditionExpression":
		return &q.condition
	case "UpdateExpression":
		return &q.update
	case "ProjectionExpression":
		return &q.projection
	case "FilterExpression":
		return &q.filter
	case "KeyConditionExpression":
		return &q.keyCondition
	case "IndexName":
		return &q.index
	case "Select":
		return &q.sel
	case "ReturnValues":
		return &q.returnValues
	case "ReturnValuesOnConditionCheckFailure":
		return &q.returnFailed
	case "ReturnConsumedCapacity":
		return &q.returnCapacity
	case "ReturnItemCollectionMetrics":
		return &q.returnMetrics
	}
	return nil
}

// readBoundValue takes a value of ExpressionAttributeValues; what is wrong with
// it is told with its name.
func readBoundValue(r *wire.Reader, key string) attr.Value {
	before := r.Err()
	v := attr.ReadValue(r)
	var bad *awserr.Error
	if before == nil && errors.As(r.Err(), &bad) && bad.Type == awserr.TypeValidation {
		r.Replace(awserr.Validation("ExpressionAttributeValues contains invalid value: %s for key %s", bad.Message, key))
	}
	return v
}

func readNames(r *wire.Reader, s *expr.Scope) {
	for r.OpenObject(); r.Next('}'); {
		k := r.Key()
		s.BindName(k, r.String())
	}
}

// legacyOps are the comparisons that KeyConditions may name.
var legacyOps = map[string]expr.KeyOp{
	"EQ": expr.KeyEQ, "LT": expr.KeyLT, "LE": expr.KeyLE, "GT": expr.KeyGT, "GE": expr.KeyGE,
	"BETWEEN": expr.KeyBetween, "BEGINS_WITH": expr.KeyBeginsWith,
}

// readKeyConditions takes the older form of a key condition.
func readKeyConditions(r *wire.Reader) []expr.KeyTerm {
	terms := []expr.KeyTerm{}
	for r.OpenObject(); r.Next('}'); {
		t := expr.KeyTerm{Name: r.Key()}
		op := ""
		for r.OpenObject(); r.Next('}'); {
			switch r.Key() {
			case "ComparisonOperator":
				op = r.String()
			case "AttributeValueList":
				for r.OpenArray(); r.Next(']'); {
					t.Values = append(t.Values, attr.ReadValue(r))
				}
			default:
				r.Skip()
			}
		}
		known, ok := legacyOps[op]
		want := 1
		if known == expr.KeyBetween {
			want = 2
		}
		switch {
		case r.Err() != nil:
		case !ok:
			r.Fail(awserr.Validation("Attempted conditional constraint is not an indexable operation"))
		case len(t.Values) != want:
			r.Fail(awserr.Invalid("Invalid number of argument(s) for the %s ComparisonOperator", op))
		}
		t.Op = known
		terms = append(terms, t)
	}
	return terms
}

// constraint is AWS's sentence for a parameter out of its bounds.
func constraint(value, name, rule string) error {
	return awserr.Validation("1 validation error detected: Value %s at '%s' failed to satisfy constraint: %s", value, name, rule)
}

// oneOf refuses a text that is set to none of the values.
func oneOf(t text, name string, values ...string) error {
	if !t.set {
		return nil
	}
	for _, v := range values {
		if t.s == v {
			return nil
		}
	}
	return constraint("'"+t.s+"'", name, "Member must satisfy enum value set: ["+strings.Join(values, ", ")+"]")
}

// check refuses texts that are none of the values that their parameters take.
func (q *request) check() error {
	for _, err := range []error{
		oneOf(q.returnCapacity, "returnConsumedCapacity", "INDEXES", "TOTAL", "NONE"),
		oneOf(q.returnMetrics, "returnItemCollectionMetrics", "SIZE", "NONE"),
		oneOf(q.returnFailed, "returnValuesOnConditionCheckFailure", "ALL_OLD", "NONE"),
		oneOf(q.returnValues, "returnValues", "ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"),
		oneOf(q.sel, "select", "SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	tableNameBytesMin = 3
	tableNameBytesMax = 255
)

// checkTableName refuses what cannot be a table's name.
func checkTableName(name string) error {
	switch {
	case name == "":
		return constraint("null", "tableName", "Member must not be null")
	case len(name) < tableNameBytesMin:
		return constraint("'"+name+"'", "tableName", "Member must have length greater than or equal to 3")
	case len(name) > tableNameBytesMax:
		return constraint("'"+name+"'", "tableName", "Member must have length less than or equal to 255")
	}
	for _, c := range []byte(name) {
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-' {
			continue
		}
		return constraint("'"+name+"'", "tableName", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
	}
	return nil
}

// scopeAllowed refuses names or values beside no expression that could use
// them.
func (q *request) scopeAllowed(expressions ...text) error {
	any := false
	for _, t := range expressions {
		any = any || t.set
	}
	switch {
	case any && q.namesSet && !q.scope.HasNames():
		return awserr.Validation("ExpressionAttributeNames must not be empty")
	case any && q.valSet && !q.scope.HasValues():
		return awserr.Validation("ExpressionAttributeValues must not be empty")
	case any:
		return nil
	case q.namesSet:
		return awserr.Validation("ExpressionAttributeNames can only be specified when using expressions")
	case q.valSet:
		return awserr.Validation("ExpressionAttributeValues can only be specified when using expressions")
	}
	return nil
}
