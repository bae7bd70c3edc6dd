package ddbtest

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// streamRow is some writes to one item and the records they leave, each
// written "EVENT old -> new" without the item's partition key.
type streamRow struct {
	name   string
	write  func(c *C, table string)
	events []string // names, keys, old and new image with all of them on
}

// event writes a record with both images, as in "MODIFY {...} -> {...}".
func event(record streamtypes.Record) string {
	return fmt.Sprintf("%s %s -> %s", record.EventName, fromStream(record.Dynamodb.OldImage), fromStream(record.Dynamodb.NewImage))
}

var streamRows = []streamRow{
	{"put", func(c *C, t string) { c.put(t, c.own(`{"a":1}`)) }, []string{`INSERT none -> {"a":1}`}},
	{"put over", func(c *C, t string) { c.put(t, c.own(`{"a":1}`)); c.put(t, c.own(`{"b":2}`)) },
		[]string{`INSERT none -> {"a":1}`, `MODIFY {"a":1} -> {"b":2}`}},
	{"put of the same", func(c *C, t string) { c.put(t, c.own(`{"a":1}`)); c.put(t, c.own(`{"a":1}`)) }, []string{`INSERT none -> {"a":1}`}},
	{"put of the same number in another form", func(c *C, t string) { c.put(t, c.own(`{"a":10}`)); c.put(t, c.own(`{"a":{"$n":"1.0e1"}}`)) },
		[]string{`INSERT none -> {"a":10}`}},
	{"put of the same set in another order", func(c *C, t string) {
		c.put(t, c.own(`{"a":{"$ss":["x","y"]}}`))
		c.put(t, c.own(`{"a":{"$ss":["y","x"]}}`))
	}, []string{`INSERT none -> {"a":{"$ss":["x","y"]}}`}},
	{"update", func(c *C, t string) {
		c.update(t, "SET a = :v", `{":v":1}`)
		c.update(t, "SET b = :v ADD a :v", `{":v":1}`)
	}, []string{`INSERT none -> {"a":1}`, `MODIFY {"a":1} -> {"a":2,"b":1}`}},
	{"update to the same", func(c *C, t string) {
		c.update(t, "SET a = :v", `{":v":1}`)
		c.update(t, "SET a = :v", `{":v":1}`)
	}, []string{`INSERT none -> {"a":1}`}},
	{"update of nothing", func(c *C, t string) { c.update(t, "SET a = :v", `{":v":1}`); c.update(t, "REMOVE b", "") }, []string{`INSERT none -> {"a":1}`}},
	{"update that makes a bare item", func(c *C, t string) { c.update(t, "", "") }, []string{`INSERT none -> {}`}},
	{"delete", func(c *C, t string) { c.put(t, c.own(`{"a":1}`)); c.remove(t, Item{"pk": c.key()}) },
		[]string{`INSERT none -> {"a":1}`, `REMOVE {"a":1} -> none`}},
	{"delete of nothing", func(c *C, t string) { c.remove(t, Item{"pk": c.key()}) }, nil},
	{"delete and put again", func(c *C, t string) {
		c.put(t, c.own(`{"a":1}`))
		c.remove(t, Item{"pk": c.key()})
		c.put(t, c.own(`{"a":1}`))
	}, []string{`INSERT none -> {"a":1}`, `REMOVE {"a":1} -> none`, `INSERT none -> {"a":1}`}},
	{"refused put", func(c *C, t string) {
		_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{TableName: &t, Item: c.own(`{}`), ConditionExpression: aws.String("attribute_exists(pk)")})
		c.wantError(err, conditionFailed)
	}, nil},
	{"batch", func(c *C, t string) {
		c.put(t, c.own(`{"a":1}`))
		c.must(c.batchWrite(t, deleteRequest(Item{"pk": c.key()})))
		c.must(c.batchWrite(t, putRequest(c.own(`{"a":2}`))))
	}, []string{`INSERT none -> {"a":1}`, `REMOVE {"a":1} -> none`, `INSERT none -> {"a":2}`}},
	{"transaction", func(c *C, t string) {
		c.must(c.transact(types.TransactWriteItem{Put: &types.Put{TableName: &t, Item: c.own(`{"a":1}`)}}))
		c.must(c.transact(types.TransactWriteItem{Delete: &types.Delete{TableName: &t, Key: Item{"pk": c.key()}}}))
	}, []string{`INSERT none -> {"a":1}`, `REMOVE {"a":1} -> none`}},
	{"check in a transaction", func(c *C, t string) {
		c.put(t, c.own(`{"a":1}`))
		c.must(c.transact(types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName: &t, Key: Item{"pk": c.key()}, ConditionExpression: aws.String("attribute_exists(pk)"),
		}}))
	}, []string{`INSERT none -> {"a":1}`}},
	{"cancelled transaction", func(c *C, t string) {
		c.wantError(c.transact(types.TransactWriteItem{Put: &types.Put{TableName: &t, Item: c.own(`{"a":1}`)}},
			types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
				TableName: &t, Key: Item{"pk": S(c.name + "+")}, ConditionExpression: aws.String("attribute_exists(pk)"),
			}}), cancelled)
	}, nil},
	{"repeated token", func(c *C, t string) {
		for range 2 {
			c.must(c.withToken(c.token(), types.TransactWriteItem{Put: &types.Put{TableName: &t, Item: c.own(`{"a":1}`)}}))
		}
	}, []string{`INSERT none -> {"a":1}`}},
}

// streamedTable streams both images; its records are told apart by key.
var streamedTable = tableSpec{name: "ddbtest-streamed", hash: "pk S", stream: types.StreamViewTypeNewAndOldImages}

func streamChecks(s *Suite) {
	for _, row := range streamRows {
		s.check(row.name, func(c *C) {
			table := c.table(streamedTable)
			row.write(c, table)
			c.sentinel(table)
			var got []string
			for _, record := range c.ownRecords(table) {
				got = append(got, strings.ReplaceAll(strings.ReplaceAll(event(record), fmt.Sprintf(`,"pk":%q`, c.name), ""), fmt.Sprintf(`"pk":%q`, c.name), ""))
			}
			c.same("records", strings.Join(got, "\n"), strings.Join(row.events, "\n"))
		})
	}
	streamViewChecks(s)
	s.check("order across items", streamOrder)
	s.check("fields of a record", streamFields)
	s.check("no stream", func(c *C) {
		answer, err := c.DB.DescribeTable(c.ctx, &dynamodb.DescribeTableInput{TableName: aws.String(c.table(plainTable))})
		c.must(err)
		c.same("stream", aws.ToString(answer.Table.LatestStreamArn), "")
	})
}

// sentinel writes one more item, whose record ends the waiting for records
// where there may be none of the check's own.
func (c *C) sentinel(table string) {
	c.put(table, Item{"pk": S(c.name + " end")})
}

// ownRecords reads a stream up to the check's sentinel and returns the
// records of the check's own key.
func (c *C) ownRecords(table string) []streamtypes.Record {
	var own []streamtypes.Record
	for _, record := range c.recordsUntil(table, c.name+" end") {
		if key := record.Dynamodb.Keys["pk"].(*streamtypes.AttributeValueMemberS); key.Value == c.name {
			own = append(own, record)
		}
	}
	return own
}

// streamViewChecks make the same writes under each view type.
func streamViewChecks(s *Suite) {
	views := map[types.StreamViewType][2]bool{ // old image, new image
		types.StreamViewTypeKeysOnly: {}, types.StreamViewTypeNewImage: {false, true},
		types.StreamViewTypeOldImage: {true, false}, types.StreamViewTypeNewAndOldImages: {true, true},
	}
	for view, images := range views {
		s.check("view "+string(view), func(c *C) {
			table := c.ownTable(tableSpec{hash: "pk S", stream: view})
			c.put(table, c.own(`{"a":1}`))
			c.update(table, "SET a = :v", `{":v":2}`)
			c.remove(table, Item{"pk": c.key()})
			c.sentinel(table)
			records := c.ownRecords(table)
			c.sameInt("records", len(records), 3)
			wantImages := [][2]string{{"none", `{"a":1}`}, {`{"a":1}`, `{"a":2}`}, {`{"a":2}`, "none"}}
			for i, record := range records {
				for side, got := range []string{fromStream(record.Dynamodb.OldImage), fromStream(record.Dynamodb.NewImage)} {
					want := wantImages[i][side]
					if want != "none" {
						want = show(c.own(want))
					}
					if !images[side] {
						want = "none"
					}
					c.same(fmt.Sprintf("image %d of record %d", side, i), got, want)
				}
				c.same("keys", fromStream(record.Dynamodb.Keys), show(Item{"pk": c.key()}))
				c.same("view", string(record.Dynamodb.StreamViewType), string(view))
			}
		})
	}
}

// streamOrder writes many items in turn, some in transactions, and demands
// that sequence numbers rise and that each item's own order is kept.
func streamOrder(c *C) {
	table := c.ownTable(tableSpec{hash: "pk S", stream: types.StreamViewTypeNewImage})
	const rounds, items = 12, 4
	for round := range rounds {
		var actions []types.TransactWriteItem
		for i := range items {
			actions = append(actions, types.TransactWriteItem{Put: &types.Put{
				TableName: aws.String(table), Item: item(fmt.Sprintf(`{"pk":"i%d","round":%d}`, i, round)),
			}})
		}
		c.must(c.transact(actions...))
	}
	c.sentinel(table)
	next := map[string]int{}
	last := ""
	for _, record := range c.recordsUntil(table, c.name+" end") {
		sequence := aws.ToString(record.Dynamodb.SequenceNumber)
		if last != "" && !sequenceLess(last, sequence) {
			c.Errorf("sequence number %s comes after %s", sequence, last)
		}
		last = sequence
		image := itemFromStream(record.Dynamodb.NewImage)
		name := column([]Item{image}, "pk")
		if strings.HasPrefix(name, "i") {
			c.same("round of "+name, column([]Item{image}, "round"), fmt.Sprint(next[name]))
			next[name]++
		}
	}
	for i := range items {
		c.sameInt("records of an item", next[fmt.Sprintf("i%d", i)], rounds)
	}
}

// streamFields reads the fields around the images.
func streamFields(c *C) {
	table := c.table(streamedTable)
	c.put(table, c.own(`{"a":1}`))
	c.update(table, "SET a = :v", `{":v":2}`)
	c.sentinel(table)
	records := c.ownRecords(table)
	if len(records) != 2 {
		c.Fatalf("got %d records, want 2", len(records))
	}
	ids := map[string]bool{}
	for _, record := range records {
		c.same("event source", aws.ToString(record.EventSource), "aws:dynamodb")
		c.same("region", aws.ToString(record.AwsRegion), c.Config.Region)
		if record.EventVersion == nil || record.Dynamodb.ApproximateCreationDateTime == nil {
			c.Errorf("a record has no version or no time")
		}
		if aws.ToInt64(record.Dynamodb.SizeBytes) <= 0 {
			c.Errorf("a record has no size")
		}
		if record.UserIdentity != nil {
			c.Errorf("a user's change is marked as the service's")
		}
		ids[aws.ToString(record.EventID)] = true
	}
	c.sameInt("distinct event ids", len(ids), 2)
}
