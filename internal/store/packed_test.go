package store_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"

	"backoffice/internal/store"
)

// What is packed comes out again, and text that repeats itself is smaller.
func TestPacked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		av, err := store.Packed(text).MarshalDynamo()
		if err != nil {
			t.Fatal(err)
		}
		var back store.Packed
		if err := back.UnmarshalDynamo(av); err != nil || string(back) != text {
			t.Fatalf("%q came back as %q: %v", text, back, err)
		}
	})
	long := strings.Repeat("finance.record-journal", 100)
	av, err := store.Packed(long).MarshalDynamo()
	if err != nil {
		t.Fatal(err)
	}
	if b := av.(*types.AttributeValueMemberB).Value; len(b) > len(long)/10 {
		t.Errorf("%d bytes are packed into %d", len(long), len(b))
	}
	var plain store.Packed
	if err := plain.UnmarshalDynamo(&types.AttributeValueMemberS{Value: "as it was"}); err != nil || plain != "as it was" {
		t.Errorf("a plain text is read as %q: %v", plain, err)
	}
	for _, bad := range []types.AttributeValue{&types.AttributeValueMemberB{Value: []byte("no deflate")}, &types.AttributeValueMemberN{Value: "1"}} {
		if err := plain.UnmarshalDynamo(bad); err == nil {
			t.Errorf("%v is read as a text", bad)
		}
	}
}
