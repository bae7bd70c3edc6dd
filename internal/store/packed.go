package store

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Packed is a text that repeats itself, such as a list of ids, kept deflated: a write is paid by the kilobyte. A plain text is
// read, too.
type Packed string

// packedBytesMax bounds what is unpacked, whatever the store holds: many times what fits one item.
const packedBytesMax = 8 << 20

// MarshalDynamo deflates the text.
func (p Packed) MarshalDynamo() (types.AttributeValue, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(w, string(p)); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return &types.AttributeValueMemberB{Value: b.Bytes()}, nil
}

// UnmarshalDynamo inflates the text.
func (p *Packed) UnmarshalDynamo(av types.AttributeValue) error {
	switch v := av.(type) {
	case *types.AttributeValueMemberS:
		*p = Packed(v.Value)
		return nil
	case *types.AttributeValueMemberB:
		text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(v.Value)), packedBytesMax))
		*p = Packed(text)
		return err
	}
	return fmt.Errorf("store: a packed text is expected, not %T", av)
}
