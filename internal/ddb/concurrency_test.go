package ddb_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"backoffice/internal/ddb"
)

const counterClients, counterSteps = 32, 25

// 32 clients count one item up, each by another means; it ends exact, and the
// stream has seen every step in order.
func TestManyClientsOneCounter(t *testing.T) {
	for _, mode := range []string{"add", "condition", "transaction"} {
		for _, conflict := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/conflict=%v", mode, conflict), func(t *testing.T) {
				s := open(t, ddb.Options{ConflictError: conflict})
				s.table(t, "tab")
				s.put(t, itemOf(key("c", "1")).with("n", num("0")))
				var wg sync.WaitGroup
				for range counterClients {
					wg.Go(func() {
						for range counterSteps {
							if err := s.step(mode); err != nil {
								t.Error(err)
								return
							}
						}
					})
				}
				wg.Wait()
				const want = counterClients * counterSteps
				if n := textOf(s.get(t, "c", "1")["n"]); n != strconv.Itoa(want) {
					t.Fatalf("counted to %s, not %d", n, want)
				}
				for i, r := range s.records(t, "tab") {
					n, ok := r.Dynamodb.NewImage["n"].(*streamtypes.AttributeValueMemberN)
					if !ok || n.Value != strconv.Itoa(i) {
						t.Fatalf("change %d counts %v", i, n)
					}
				}
			})
		}
	}
}

// step counts up once, again and again until nobody is in the way.
func (s *store) step(mode string) error {
	ctx := context.Background()
	for {
		var err error
		switch mode {
		case "add":
			_, err = s.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: aws.String("tab"), Key: key("c", "1"),
				UpdateExpression: aws.String("ADD n :one"), ExpressionAttributeValues: item{":one": num("1")}})
		case "condition":
			err = s.compareAndSet(ctx)
		case "transaction":
			_, err = s.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
				{Update: &types.Update{TableName: aws.String("tab"), Key: key("c", "1"),
					UpdateExpression: aws.String("SET n = n + :one"), ExpressionAttributeValues: item{":one": num("1")}}}}})
		}
		if !inTheWay(err) {
			return err
		}
	}
}

func (s *store) compareAndSet(ctx context.Context) error {
	got, err := s.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("tab"), Key: key("c", "1"), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(textOf(got.Item["n"]))
	if err != nil {
		return err
	}
	_, err = s.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("tab"),
		Item:                item(itemOf(key("c", "1")).with("n", num(strconv.Itoa(n+1)))),
		ConditionExpression: aws.String("n = :n"), ExpressionAttributeValues: item{":n": num(strconv.Itoa(n))}})
	return err
}

// inTheWay reports whether a write was refused for another's sake.
func inTheWay(err error) bool {
	var condition *types.ConditionalCheckFailedException
	var conflict *types.TransactionConflictException
	var canceled *types.TransactionCanceledException
	if errors.As(err, &canceled) {
		for _, r := range canceled.CancellationReasons {
			if *r.Code != "None" && *r.Code != "TransactionConflict" {
				return false
			}
		}
		return true
	}
	return errors.As(err, &condition) || errors.As(err, &conflict)
}

// Money moves between accounts while others look: no look ever sees a sum that
// is wrong, and none waits for the writers' disk.
func TestTransfersAreSerializable(t *testing.T) {
	for _, conflict := range []bool{false, true} {
		t.Run(fmt.Sprintf("conflict=%v", conflict), func(t *testing.T) { transfers(t, conflict) })
	}
}

const accounts, each = 6, 100

func transfers(t *testing.T, conflict bool) {
	s := open(t, ddb.Options{ConflictError: conflict})
	s.table(t, "tab")
	for n := range accounts {
		s.put(t, itemOf(key("acc", strconv.Itoa(n))).with("n", num(strconv.Itoa(each))))
	}
	var writers, readers sync.WaitGroup
	var done atomic.Bool
	var moved atomic.Int64
	for c := range 8 {
		rng := rand.New(rand.NewPCG(uint64(c), 1))
		writers.Go(func() {
			for range 60 {
				err := s.transfer(rng.IntN(accounts), rng.IntN(accounts), 1+rng.IntN(40))
				switch {
				case err == nil:
					moved.Add(1)
				case !refusedTransfer(err):
					t.Error(err)
					return
				}
			}
		})
	}
	for range 2 {
		readers.Go(func() {
			for !done.Load() {
				if sum, err := s.sum(); err != nil || sum != accounts*each {
					t.Errorf("the sum is %d: %v", sum, err)
					return
				}
			}
		})
	}
	writers.Wait()
	done.Store(true)
	readers.Wait()
	if sum, err := s.sum(); err != nil || sum != accounts*each || moved.Load() == 0 {
		t.Fatalf("after %d transfers the sum is %d: %v", moved.Load(), sum, err)
	}
	s.checkAgreement(t)
}

// refusedTransfer reports whether the rules refused: too little money, the
// same account twice, or another transfer.
func refusedTransfer(err error) bool {
	var canceled *types.TransactionCanceledException
	return errors.As(err, &canceled) || errors.Is(err, errSame)
}

var errSame = errors.New("the same account twice")

func (s *store) transfer(from, to, amount int) error {
	if from == to {
		return errSame
	}
	move := func(acc int, expr, cond string) types.TransactWriteItem {
		u := &types.Update{TableName: aws.String("tab"), Key: key("acc", strconv.Itoa(acc)), UpdateExpression: &expr,
			ExpressionAttributeValues: item{":n": num(strconv.Itoa(amount))}}
		if cond != "" {
			u.ConditionExpression = &cond
		}
		return types.TransactWriteItem{Update: u}
	}
	_, err := s.TransactWriteItems(context.Background(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		move(from, "SET n = n - :n", "n >= :n"), move(to, "ADD n :n", "")}})
	return err
}

// sum adds all accounts up as they are at one moment, by a transaction; when
// one is busy it asks again.
func (s *store) sum() (int, error) {
	in := &dynamodb.TransactGetItemsInput{}
	for n := range accounts {
		in.TransactItems = append(in.TransactItems, types.TransactGetItem{Get: &types.Get{TableName: aws.String("tab"), Key: key("acc", strconv.Itoa(n))}})
	}
	for {
		got, err := s.TransactGetItems(context.Background(), in)
		if inTheWay(err) {
			continue
		}
		if err != nil {
			return 0, err
		}
		total := 0
		for _, r := range got.Responses {
			n, err := strconv.Atoi(textOf(r.Item["n"]))
			if err != nil {
				return 0, err
			}
			total += n
		}
		return total, nil
	}
}
