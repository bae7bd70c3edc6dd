package ddbtest

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// key is the check's own partition key value: its name.
func (c *C) key() types.AttributeValue { return S(c.name) }

// own adds the check's partition key to an item.
func (c *C) own(text string) Item { return with(item(text), "pk", c.key()) }

// names reads substitutes such as "#a=a, #b=b"; nil where there are none.
func names(text string) map[string]string {
	if text == "" {
		return nil
	}
	out := map[string]string{}
	for _, pair := range strings.Split(text, ",") {
		placeholder, name, _ := strings.Cut(strings.TrimSpace(pair), "=")
		out[placeholder] = name
	}
	return out
}

// opt is a pointer to the text, or nil for none.
func opt(text string) *string {
	if text == "" {
		return nil
	}
	return aws.String(text)
}

// put stores an item and ends the check if that fails.
func (c *C) put(table string, one Item) {
	_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: one})
	c.must(err)
}

// putAll stores several items of the check's own partition.
func (c *C) putAll(table string, texts ...string) {
	for _, text := range texts {
		c.put(table, c.own(text))
	}
}

// get reads an item consistently; nil where there is none.
func (c *C) get(table string, key Item) Item {
	answer, err := c.DB.GetItem(c.ctx, &dynamodb.GetItemInput{
		TableName: aws.String(table), Key: key, ConsistentRead: aws.Bool(true),
	})
	c.must(err)
	return answer.Item
}

// remove deletes an item and ends the check if that fails.
func (c *C) remove(table string, key Item) {
	_, err := c.DB.DeleteItem(c.ctx, &dynamodb.DeleteItemInput{TableName: aws.String(table), Key: key})
	c.must(err)
}

// stored fails the check unless the item of the check's own key is as
// written; an empty text demands that there is none. It works on tables with
// only a partition key.
func (c *C) stored(table, want string) {
	got := c.get(table, Item{"pk": c.key()})
	if want == "" {
		c.same("stored item", show(got), "none")
		return
	}
	c.same("stored item", show(got), show(c.own(want)))
}

// updateRequest is an update of the check's own item.
func (c *C) updateRequest(table, expression, substitutes, values string) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName:                 aws.String(table),
		Key:                       Item{"pk": c.key()},
		UpdateExpression:          opt(expression),
		ExpressionAttributeNames:  names(substitutes),
		ExpressionAttributeValues: item(values),
	}
}

// update runs an update of the check's own item and demands that it works.
func (c *C) update(table, expression, values string) {
	_, err := c.DB.UpdateItem(c.ctx, c.updateRequest(table, expression, "", values))
	c.must(err)
}

// query reads one page of the check's own partition.
func (c *C) query(table string, change func(q *dynamodb.QueryInput)) (*dynamodb.QueryOutput, error) {
	request := &dynamodb.QueryInput{
		TableName:                 aws.String(table),
		KeyConditionExpression:    aws.String("pk = :pk"),
		ExpressionAttributeValues: Item{":pk": c.key()},
	}
	if change != nil {
		change(request)
	}
	return c.DB.Query(c.ctx, request)
}

// queryAll follows the pages of a query to the end and returns every item
// and the number of pages.
func (c *C) queryAll(request *dynamodb.QueryInput) (items []Item, pages int) {
	for {
		answer, err := c.DB.Query(c.ctx, request)
		c.must(err)
		items, pages = append(items, answer.Items...), pages+1
		if answer.LastEvaluatedKey == nil {
			return items, pages
		}
		if pages > pagesMax {
			c.Fatalf("the query did not end after %d pages", pages)
		}
		request.ExclusiveStartKey = answer.LastEvaluatedKey
	}
}

// pagesMax stops a paging loop that a broken store would never end.
const pagesMax = 500

// column picks one attribute of each item, as text.
func column(items []Item, name string) string {
	cells := []string{}
	for _, one := range items {
		value, ok := one[name]
		if !ok {
			cells = append(cells, "-")
			continue
		}
		cells = append(cells, cell(value))
	}
	return strings.Join(cells, " ")
}

// cell writes a scalar without quotes.
func cell(value types.AttributeValue) string {
	switch value := value.(type) {
	case *types.AttributeValueMemberS:
		return value.Value
	case *types.AttributeValueMemberN:
		return value.Value
	case *types.AttributeValueMemberB:
		return string(value.Value)
	}
	return show(Item{"": value})
}

// transact writes the actions in one transaction.
func (c *C) transact(actions ...types.TransactWriteItem) error {
	_, err := c.DB.TransactWriteItems(c.ctx, &dynamodb.TransactWriteItemsInput{TransactItems: actions})
	return err
}

// join writes a list as one text.
func join(words []string) string { return strings.Join(words, " ") }
