package store

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"
)

// toPagingKey and fromPagingKey turn a position into the store's own form and back; all keys of all tables are texts.
func toPagingKey(position map[string]string) dynamo.PagingKey {
	key := dynamo.PagingKey{}
	for name, text := range position {
		key[name] = &types.AttributeValueMemberS{Value: text}
	}
	return key
}

func fromPagingKey(key dynamo.PagingKey) map[string]string {
	position := map[string]string{}
	for name, v := range key {
		if s, ok := v.(*types.AttributeValueMemberS); ok {
			position[name] = s.Value
		}
	}
	return position
}
