package ddbtest

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"
)

// ctx shortens the signatures of the many small request functions.
type ctx = context.Context

// operation is one random request and how to put it to a store. Its answer
// is a text that two stores have to agree on.
type operation struct {
	text string
	run  func(ctx ctx, db *dynamodb.Client) string
}

// failure writes an error as its code and, for a cancelled transaction, the
// codes of its reasons.
func failure(err error) string {
	if reasons := Reasons(err); reasons != nil {
		return "cancelled: " + join(reasons)
	}
	return "error: " + ErrorCode(err)
}

// capacity writes what a request consumed, of the table and of each index.
func capacity(used *types.ConsumedCapacity) string {
	if used == nil {
		return "no capacity"
	}
	var words []string
	note := func(name string, c types.Capacity) {
		if units := aws.ToFloat64(c.CapacityUnits); units != 0 {
			words = append(words, fmt.Sprintf("%s:%g", name, units))
		}
	}
	for name, c := range used.GlobalSecondaryIndexes {
		note(name, c)
	}
	for name, c := range used.LocalSecondaryIndexes {
		note(name, c)
	}
	if used.Table != nil {
		note("table", *used.Table)
	}
	sort.Strings(words)
	return fmt.Sprintf("%g = %s", aws.ToFloat64(used.CapacityUnits), join(words))
}

const indexesToo = types.ReturnConsumedCapacityIndexes

func genPut(t *rapid.T, table string) operation {
	e := genExpression{t: t}
	condition := e.guarded(e.optional())
	request := &dynamodb.PutItemInput{
		TableName: &table, Item: genItem(t), ConditionExpression: condition, ExpressionAttributeValues: e.values,
		ReturnValues: rapid.SampledFrom([]types.ReturnValue{types.ReturnValueNone, types.ReturnValueAllOld}).Draw(t, "return"), ReturnConsumedCapacity: indexesToo,
	}
	return operation{fmt.Sprintf("put %s if %s %s", show(request.Item), aws.ToString(condition), show(e.values)), func(ctx ctx, db *dynamodb.Client) string {
		answer, err := db.PutItem(ctx, request)
		if err != nil {
			return failure(err)
		}
		return show(orEmpty(answer.Attributes)) + " " + capacity(answer.ConsumedCapacity)
	}}
}

func genDelete(t *rapid.T, table string) operation {
	e := genExpression{t: t}
	condition := e.guarded(e.optional())
	request := &dynamodb.DeleteItemInput{
		TableName: &table, Key: genKey(t), ConditionExpression: condition, ExpressionAttributeValues: e.values,
		ReturnValues: types.ReturnValueAllOld, ReturnConsumedCapacity: indexesToo,
	}
	return operation{fmt.Sprintf("delete %s if %s %s", show(request.Key), aws.ToString(condition), show(e.values)), func(ctx ctx, db *dynamodb.Client) string {
		answer, err := db.DeleteItem(ctx, request)
		if err != nil {
			return failure(err)
		}
		return show(orEmpty(answer.Attributes)) + " " + capacity(answer.ConsumedCapacity)
	}}
}

// genUpdate draws an update. It does not ask for ALL_OLD, which the oracle
// answers with the key where there was no item, nor for the updated parts
// where a list's element is among them, of which AWS documents no form.
func genUpdate(t *rapid.T, table string) operation {
	e := genExpression{t: t}
	expression := e.update()
	condition := e.guarded(e.optional())
	kinds := []types.ReturnValue{types.ReturnValueNone, types.ReturnValueAllNew}
	if !strings.Contains(expression, "l[") {
		kinds = append(kinds, types.ReturnValueUpdatedNew, types.ReturnValueUpdatedOld)
	}
	request := &dynamodb.UpdateItemInput{
		TableName: &table, Key: genKey(t), UpdateExpression: opt(expression), ConditionExpression: condition, ExpressionAttributeValues: e.values,
		ReturnValues: rapid.SampledFrom(kinds).Draw(t, "return"), ReturnConsumedCapacity: indexesToo,
	}
	text := fmt.Sprintf("update %s %s if %s %s return %s", show(request.Key), expression, aws.ToString(condition), show(e.values), request.ReturnValues)
	return operation{text, func(ctx ctx, db *dynamodb.Client) string {
		answer, err := db.UpdateItem(ctx, request)
		if err != nil {
			return failure(err)
		}
		return show(orEmpty(answer.Attributes)) + " " + capacity(answer.ConsumedCapacity)
	}}
}

// genAction draws one action of a transaction on the given key.
func genAction(t *rapid.T, table string, key Item) (types.TransactWriteItem, string) {
	e := genExpression{t: t}
	switch rapid.IntRange(0, 3).Draw(t, "action") {
	case 0:
		condition := e.guarded(e.optional())
		one := merge(genItem(t), key)
		return types.TransactWriteItem{Put: &types.Put{TableName: &table, Item: one, ConditionExpression: condition, ExpressionAttributeValues: e.values}},
			fmt.Sprintf("put %s if %s %s", show(one), aws.ToString(condition), show(e.values))
	case 1:
		condition := e.guarded(e.optional())
		return types.TransactWriteItem{Delete: &types.Delete{TableName: &table, Key: key, ConditionExpression: condition, ExpressionAttributeValues: e.values}},
			fmt.Sprintf("delete %s if %s %s", show(key), aws.ToString(condition), show(e.values))
	case 2:
		condition := e.guarded(e.condition(2))
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{TableName: &table, Key: key, ConditionExpression: condition, ExpressionAttributeValues: e.values}},
			fmt.Sprintf("check %s if %s %s", show(key), aws.ToString(condition), show(e.values))
	}
	expression := either(e.update(), "REMOVE nothing")
	condition := e.guarded(e.optional())
	return types.TransactWriteItem{Update: &types.Update{TableName: &table, Key: key, UpdateExpression: &expression, ConditionExpression: condition, ExpressionAttributeValues: e.values}},
		fmt.Sprintf("update %s %s if %s %s", show(key), expression, aws.ToString(condition), show(e.values))
}

// genTransaction draws a transaction over distinct keys.
func genTransaction(t *rapid.T, table string) operation {
	var actions []types.TransactWriteItem
	var texts []string
	for i, sort := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"-1", "0", "1", "2", "10"}), 1, 4, rapid.ID).Draw(t, "keys") {
		hash := rapid.SampledFrom(genHashes).Draw(t, fmt.Sprintf("pk %d", i))
		action, text := genAction(t, table, Item{"pk": S(hash), "sk": N(sort)})
		actions, texts = append(actions, action), append(texts, text)
	}
	return operation{"transaction of " + strings.Join(texts, "; "), func(ctx ctx, db *dynamodb.Client) string {
		answer, err := db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: actions, ReturnConsumedCapacity: indexesToo})
		if err != nil {
			return failure(err)
		}
		return capacity(&answer.ConsumedCapacity[0])
	}}
}

// genBatch draws a batch of puts and deletes over distinct keys.
func genBatch(t *rapid.T, table string) operation {
	var requests []types.WriteRequest
	var texts []string
	for i, sort := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"-1", "0", "1", "2", "10"}), 1, 4, rapid.ID).Draw(t, "keys") {
		key := Item{"pk": S(rapid.SampledFrom(genHashes).Draw(t, fmt.Sprintf("pk %d", i))), "sk": N(sort)}
		if rapid.Bool().Draw(t, "delete") {
			requests, texts = append(requests, deleteRequest(key)), append(texts, "delete "+show(key))
			continue
		}
		one := merge(genItem(t), key)
		requests, texts = append(requests, putRequest(one)), append(texts, "put "+show(one))
	}
	return operation{"batch of " + strings.Join(texts, "; "), func(ctx ctx, db *dynamodb.Client) string {
		answer, err := db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
			RequestItems: map[string][]types.WriteRequest{table: requests}, ReturnConsumedCapacity: indexesToo,
		})
		if err != nil {
			return failure(err)
		}
		return fmt.Sprint(len(answer.UnprocessedItems), " ", capacity(&answer.ConsumedCapacity[0]))
	}}
}
