package store

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Number is an exact decimal of up to 38 digits, kept as the store's own number type, so that it can be added to in place.
type Number string

// MarshalDynamo writes the number; an empty one is nought.
func (n Number) MarshalDynamo() (types.AttributeValue, error) {
	if n == "" {
		n = "0"
	}
	return &types.AttributeValueMemberN{Value: string(n)}, nil
}

// UnmarshalDynamo reads the number.
func (n *Number) UnmarshalDynamo(av types.AttributeValue) error {
	v, ok := av.(*types.AttributeValueMemberN)
	if !ok {
		return fmt.Errorf("store: a number is expected, not %T", av)
	}
	*n = Number(v.Value)
	return nil
}
