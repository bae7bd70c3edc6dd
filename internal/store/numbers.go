package store

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"
)

// NumbersRow is a row of sums whose names are data: its key and its number attributes.
type NumbersRow struct {
	SK      string
	Numbers map[string]string
}

// ScanNumbers reads the rows of a range as rows of sums, eventually consistent: what it reads are projections, which follow
// the acts anyway, at half the price.
func (d *DB) ScanNumbers(ctx context.Context, r Range) ([]NumbersRow, error) {
	q := d.table(r.Table).Get("pk", r.PK.text).Range("sk", dynamo.BeginsWith, r.Prefix.text)
	var items []dynamo.Item
	if err := q.All(ctx, &items); err != nil {
		return nil, callError("query "+r.Table, err)
	}
	out := make([]NumbersRow, len(items))
	for i, item := range items {
		out[i].Numbers = make(map[string]string, len(item))
		for name, v := range item {
			switch t := v.(type) {
			case *types.AttributeValueMemberN:
				out[i].Numbers[name] = t.Value
			case *types.AttributeValueMemberS:
				if name == "sk" {
					out[i].SK = t.Value
				}
			}
		}
	}
	return out, nil
}
