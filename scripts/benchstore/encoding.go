package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/guregu/dynamo/v2"
)

// nullStore answers every request with nothing, at once: what is left is the
// cost of the client.
type nullStore struct{}

func (nullStore) RoundTrip(request *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, request.Body); err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(bytes.NewReader([]byte("{}"))), Request: request,
	}, nil
}

// row is an item as guregu/dynamo's users have them.
type row struct {
	PK      string `dynamo:"pk,hash"`
	SK      string `dynamo:"sk,range"`
	G1      string `dynamo:"g1"`
	S1      string `dynamo:"s1"`
	G2      string `dynamo:"g2"`
	S2      string `dynamo:"s2"`
	ID      string `dynamo:"id"`
	Text    string `dynamo:"text"`
	Amount  int    `dynamo:"amount"`
	Version int    `dynamo:"version"`
}

// encodingSize is the transaction whose cost is compared, and encodingBlock
// how many of them run in a turn.
const (
	encodingSize  = 100
	encodingBlock = 10
)

// rows makes the rows of one transaction, outside of what is measured.
func rows(from int) []row {
	out := make([]row, encodingSize)
	for i := range out {
		one := newItem(from + i)
		text := func(name string) string { return plain(one[name]) }
		out[i] = row{
			PK: text("pk"), SK: text("sk"), G1: text("g1"), S1: text("s1"), G2: text("g2"), S2: text("s2"),
			ID: text("id"), Text: text("text"), Amount: from, Version: 1,
		}
	}
	return out
}

// encodingCost compares transactions of 100 through guregu/dynamo on the
// engine with the same over a store that does nothing, in turns: the time on
// the clock, and the processor's.
func encodingCost(ctx context.Context, s settings, engine *contender, page *report) error {
	nothing, err := newContender(ctx, "null store", "http://store.invalid", nullStore{})
	if err != nil {
		return err
	}
	var clock [2][]time.Duration
	var processor [2]time.Duration // of all transactions: its steps are too coarse for few
	transactions := 0
	for range s.blocks * 4 {
		for i, c := range []*contender{nothing, engine} {
			db := dynamo.New(c.conf)
			table := db.Table(tableName)
			batches := make([][]row, encodingBlock)
			for n := range batches {
				batches[n] = rows(c.take(encodingSize))
			}
			from, cpuFrom := time.Now(), processorTime()
			for _, batch := range batches {
				tx := db.WriteTx()
				for _, one := range batch {
					tx.Put(table.Put(one))
				}
				if err := tx.Run(ctx); err != nil {
					return fmt.Errorf("transaction of %d: %w", encodingSize, err)
				}
			}
			clock[i] = append(clock[i], time.Since(from)/encodingBlock)
			processor[i] += processorTime() - cpuFrom
		}
		transactions += encodingBlock
	}
	each := time.Duration(transactions)
	page.encoding = encoding{
		nullClock: medianOf(clock[0]), engineClock: medianOf(clock[1]),
		nullProcessor: processor[0] / each, engineProcessor: processor[1] / each,
	}
	fmt.Printf("%+v\n", page.encoding)
	return nil
}
