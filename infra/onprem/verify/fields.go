package verify

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/seal"
	"backoffice/internal/seal/keyring"
	"backoffice/internal/store"
)

// Fields names the encrypted fields of a store whose keys are not in the data directory's file: nobody would ever read them
// again, and whose second factor one is could not sign in.
func Fields(ctx context.Context, db *store.DB, keys string) ([]Defect, error) {
	ring, err := keyring.Read(keys)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []Defect
	err = each(ctx, db, func(table string, it item) {
		for name, v := range it {
			b, ok := v.(*types.AttributeValueMemberB)
			if !ok || !seal.Sealed(b.Value) || ring != nil && ring.Holds(b.Value) {
				continue
			}
			key, _, err := seal.Unpack(b.Value)
			if err != nil {
				key = "of no name"
			}
			out = append(out, Defect{placeOf(table, it).String(), fmt.Sprintf("its field %s is encrypted under the key %s, which is not in %s", name, key, filepath.Base(keys))})
		}
	})
	return out, err
}
