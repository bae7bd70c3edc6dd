package ddbtest

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"strconv"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// registerOp is one operation on a single item that holds a number.
type registerOp struct {
	key  string
	verb string // read, write, swap (if it holds old) or add
	old  int
	new  int
}

// registerModel says what a single item may answer: reads give its number,
// swap tells whether it took place, add gives the new number.
var registerModel = porcupine.Model{
	Partition: func(all []porcupine.Operation) [][]porcupine.Operation {
		byKey := map[string][]porcupine.Operation{}
		for _, op := range all {
			key := op.Input.(registerOp).key
			byKey[key] = append(byKey[key], op)
		}
		var out [][]porcupine.Operation
		for _, part := range byKey {
			out = append(out, part)
		}
		return out
	},
	Init: func() any { return 0 },
	Step: func(state, input, output any) (bool, any) {
		held, op := state.(int), input.(registerOp)
		_, lost := output.(unknown)
		switch op.verb {
		case "read":
			return output == held, held
		case "write":
			return true, op.new
		case "swap":
			if held != op.old {
				return lost || output == false, held
			}
			return lost || output == true, op.new
		}
		return lost || output == held+op.new, held + op.new
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprint(input, " -> ", output) },
}

const linearTable = "ddbtest-linear"

// number reads the "n" of an item; no item counts as 0.
func number(one Item) int {
	value, ok := one["n"].(*types.AttributeValueMemberN)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(value.Value)
	if err != nil {
		panic(err)
	}
	return n
}

// TestRegisters demands that single items are linearizable: each read, write,
// conditional write and atomic addition seems to happen at one moment.
func TestRegisters(t *testing.T) {
	table := aws.String(linearTable)
	prepare := func(t *testing.T, db *dynamodb.Client) {
		if _, err := db.CreateTable(t.Context(), tableSpec{name: linearTable, hash: "pk S"}.input()); err != nil {
			t.Fatal(err)
		}
	}
	eachHistory(t, registerModel, prepare, func(h *history, db *dynamodb.Client, client int, random *rand.Rand) {
		op := registerOp{key: fmt.Sprint(random.IntN(historyKeys)), verb: []string{"read", "write", "swap", "add"}[random.IntN(4)], old: random.IntN(3), new: 1 + random.IntN(2)}
		key := Item{"pk": S(op.key)}
		h.record(client, op, func() (any, bool) {
			switch op.verb {
			case "read":
				answer, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: table, Key: key, ConsistentRead: aws.Bool(true)})
				if err != nil {
					return nil, false
				}
				return number(answer.Item), true
			case "write":
				_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: table, Item: with(key, "n", N(fmt.Sprint(op.new)))})
				return written(err, nil)
			case "swap":
				condition := "n = :old"
				if op.old == 0 {
					condition += " OR attribute_not_exists(n)"
				}
				_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{
					TableName: table, Item: with(key, "n", N(fmt.Sprint(op.new))), ConditionExpression: &condition,
					ExpressionAttributeValues: Item{":old": N(fmt.Sprint(op.old))},
				})
				if ErrorCode(err) == conditionFailed {
					return false, true
				}
				return written(err, true)
			}
			answer, err := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
				TableName: table, Key: key, UpdateExpression: aws.String("ADD n :n"),
				ExpressionAttributeValues: Item{":n": N(fmt.Sprint(op.new))}, ReturnValues: types.ReturnValueUpdatedNew,
			})
			if err != nil {
				return written(err, nil)
			}
			return number(answer.Attributes), true
		})
	})
}

// written is the output of a write: as given where it was acknowledged,
// unknown where its fate is, and nothing at all where it was refused.
func written(err error, acknowledged any) (output any, ok bool) {
	switch {
	case err == nil:
		return acknowledged, true
	case outcome(err):
		return nil, false
	}
	return unknown{}, true
}

// transferOp moves an amount between two accounts, or reads them all.
type transferOp struct {
	from, to, amount int // amount 0 reads
}

const (
	transferAccounts = 3
	transferStart    = 10
)

// transferModel says what accounts may answer: all balances at one moment to
// a read, and to a transfer whether there was enough.
var transferModel = porcupine.Model{
	Init: func() any { return [transferAccounts]int{transferStart, transferStart, transferStart} },
	Step: func(state, input, output any) (bool, any) {
		balances, op := state.([transferAccounts]int), input.(transferOp)
		_, lost := output.(unknown)
		if op.amount == 0 {
			return output == balances, balances
		}
		if balances[op.from] < op.amount {
			return lost || output == false, balances
		}
		balances[op.from] -= op.amount
		balances[op.to] += op.amount
		return lost || output == true, balances
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprint(input, " -> ", output) },
}

// TestTransfers demands that transactions over several items are serializable
// in real time: none is seen in part, and none is built on a stale balance.
func TestTransfers(t *testing.T) {
	table := aws.String(linearTable)
	prepare := func(t *testing.T, db *dynamodb.Client) {
		if _, err := db.CreateTable(t.Context(), tableSpec{name: linearTable, hash: "pk S"}.input()); err != nil {
			t.Fatal(err)
		}
		for i := range transferAccounts {
			if _, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: table, Item: item(fmt.Sprintf(`{"pk":"%d","n":%d}`, i, transferStart))}); err != nil {
				t.Fatal(err)
			}
		}
	}
	add := func(account, amount int, condition *string) types.TransactWriteItem {
		values := Item{":n": N(fmt.Sprint(amount))}
		if condition != nil {
			values[":least"] = N(fmt.Sprint(-amount))
		}
		return types.TransactWriteItem{Update: &types.Update{
			TableName: table, Key: Item{"pk": S(fmt.Sprint(account))}, UpdateExpression: aws.String("ADD n :n"),
			ConditionExpression: condition, ExpressionAttributeValues: values,
		}}
	}
	eachHistory(t, transferModel, prepare, func(h *history, db *dynamodb.Client, client int, random *rand.Rand) {
		from := random.IntN(transferAccounts)
		op := transferOp{from: from, to: (from + 1 + random.IntN(transferAccounts-1)) % transferAccounts, amount: random.IntN(9)}
		h.record(client, op, func() (any, bool) {
			if op.amount == 0 {
				return readBalances(t, db)
			}
			_, err := db.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
				add(op.from, -op.amount, aws.String("n >= :least")), add(op.to, op.amount, nil),
			}})
			if reasons := Reasons(err); len(reasons) > 0 && reasons[0] == "ConditionalCheckFailed" {
				return false, true
			}
			return written(err, true)
		})
	})
}

// readBalances reads all accounts in one transaction.
func readBalances(t *testing.T, db *dynamodb.Client) (any, bool) {
	var gets []types.TransactGetItem
	for i := range transferAccounts {
		gets = append(gets, types.TransactGetItem{Get: &types.Get{TableName: aws.String(linearTable), Key: Item{"pk": S(fmt.Sprint(i))}}})
	}
	answer, err := db.TransactGetItems(t.Context(), &dynamodb.TransactGetItemsInput{TransactItems: gets})
	if err != nil {
		return nil, false
	}
	var balances [transferAccounts]int
	for i, response := range answer.Responses {
		balances[i] = number(response.Item)
	}
	return balances, true
}

// TestModelsCanFail feeds both models histories that no store may produce, so
// that a checker that takes anything would be noticed.
func TestModelsCanFail(t *testing.T) {
	stale := []porcupine.Operation{
		{ClientId: 0, Input: registerOp{key: "0", verb: "write", new: 1}, Call: 0, Return: 1},
		{ClientId: 1, Input: registerOp{key: "0", verb: "read"}, Output: 0, Call: 2, Return: 3},
	}
	if porcupine.CheckOperations(registerModel, stale) {
		t.Error("a stale read passes")
	}
	torn := []porcupine.Operation{
		{ClientId: 0, Input: transferOp{from: 0, to: 1, amount: 5}, Output: true, Call: 0, Return: 3},
		{ClientId: 1, Input: transferOp{}, Output: [transferAccounts]int{5, 10, 10}, Call: 1, Return: 2},
	}
	if porcupine.CheckOperations(transferModel, torn) {
		t.Error("a torn read passes")
	}
}

// sortedNumbers tells whether the numbers are exactly 1 to their count.
func sortedNumbers(numbers []int) bool {
	sort.Ints(numbers)
	for i, n := range numbers {
		if n != i+1 {
			return false
		}
	}
	return true
}
