package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/catalog"
	"backoffice/internal/store"
)

// batchItemsMax is how many items DynamoDB takes at once.
const batchItemsMax = 25

// Copy copies the tables whose names begin with a prefix, of any DynamoDB-compatible store, into a directory that is not there
// yet, and opens the copy. It reads and changes nothing. Reading takes its time, so nothing may write to the tables meanwhile:
// writes are shut, or nobody knows of the tables yet. A domain without its table is an error.
func Copy(ctx context.Context, cfg aws.Config, prefix, dir string) (*Set, error) {
	from := store.Open(cfg, prefix)
	set, err := Open(dir) //nolint:contextcheck // the store works until it is closed, whatever becomes of the call
	if err != nil {
		return nil, err
	}
	for _, d := range catalog.Domains() {
		err := set.DB.EnsureTable(ctx, d.Name, false)
		if err == nil {
			err = copyTable(ctx, from, set.DB, d.Name)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("copy table %s: %w", from.TableName(d.Name), err), set.Close())
		}
	}
	return set, nil
}

func copyTable(ctx context.Context, from, to *store.DB, table string) error {
	pages := dynamodb.NewScanPaginator(from.Client(), &dynamodb.ScanInput{TableName: aws.String(from.TableName(table)), ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for items := range slices.Chunk(page.Items, batchItemsMax) {
			if err := putAll(ctx, to, table, items); err != nil {
				return err
			}
		}
	}
	return nil
}

func putAll(ctx context.Context, to *store.DB, table string, items []map[string]types.AttributeValue) error {
	puts := make([]types.WriteRequest, 0, len(items))
	for _, it := range items {
		puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: it}})
	}
	for left := map[string][]types.WriteRequest{to.TableName(table): puts}; len(left) > 0; {
		out, err := to.Client().BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left})
		if err != nil {
			return err
		}
		left = out.UnprocessedItems
	}
	return nil
}
