package store

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ReachSpace is the partition that [DB.Reach] asks for. Nothing is ever kept in it, so that whoever may ask for it alone learns
// nothing but that the table answers.
const ReachSpace = "reach"

// Reach asks each table for an item that none has, and gives the first failure. It shows that tables are there, that they answer,
// and that the process may read; it costs half a read unit a table.
func (d *DB) Reach(ctx context.Context, tables ...string) error {
	nothing := &types.AttributeValueMemberS{Value: ReachSpace}
	for _, table := range tables {
		_, err := d.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(d.TableName(table)), Key: map[string]types.AttributeValue{"pk": nothing, "sk": nothing}})
		if err != nil {
			return fmt.Errorf("reach the table %s: %w", table, err)
		}
	}
	return nil
}
