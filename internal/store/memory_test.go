package store

import (
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"
)

// An index may lag behind its table: what it gives late does not push the newest version out of a call's memory.
func TestAMemoryKeepsTheNewestVersion(t *testing.T) {
	m := memory{items: map[string]dynamo.Item{}}
	version := func(n int) dynamo.Item {
		return dynamo.Item{"pk": &types.AttributeValueMemberS{Value: "ten_a|X"}, "sk": &types.AttributeValueMemberS{Value: "1"}, "v": &types.AttributeValueMemberN{Value: strconv.Itoa(n)}}
	}
	for _, n := range []int{1, 3, 2} {
		m.note("things", version(n))
	}
	if got := numberOf(m.items[placeOf("things", "ten_a|X", "1")]["v"]); got != 3 {
		t.Errorf("version %d is kept", got)
	}
	m.note("things", dynamo.Item{"pk": &types.AttributeValueMemberS{Value: "ten_a|SUM"}, "sk": &types.AttributeValueMemberS{Value: "1"}})
	if len(m.items) != 1 {
		t.Error("a row without a version is kept")
	}
}
