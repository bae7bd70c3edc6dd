package store

import (
	"maps"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/op"
)

// Restored puts an item as another copy of the tables holds it, byte for byte, if the condition holds of what stands there. The
// act that carries it claims no image of it: the act that once wrote the item does.
func Restored(table string, item map[string]types.AttributeValue, cond string, args ...any) *Write {
	text := func(name string) string {
		s, _ := item[name].(*types.AttributeValueMemberS)
		if s == nil {
			panic("store: an item without its key")
		}
		return s.Value
	}
	key := Key{Table: table, PK: Partition{text("pk")}, SK: Sort{text("sk")}}
	return &Write{key: key, kind: restore, raw: item, cond: cond, condArg: args, refusal: op.ErrConflict}
}

// Marked gives an act as it was when it was committed: waiting for the relay, which has done nothing with it yet.
func Marked(act map[string]types.AttributeValue, tenant, id string) map[string]types.AttributeValue {
	out := Unmarked(act)
	at := id
	if project, ok := act["prj"].(*types.AttributeValueMemberS); ok && project.Value != "" {
		at += projectedMark
	}
	out["pend"] = &types.AttributeValueMemberS{Value: PendingShard(tenant, shardOf(id)).text}
	out["pat"] = &types.AttributeValueMemberS{Value: at}
	return out
}

// Unmarked gives an act without the relay's marks: as it is once the audit chain holds it.
func Unmarked(act map[string]types.AttributeValue) map[string]types.AttributeValue {
	out := maps.Clone(act)
	for _, mark := range []string{"pend", "pat", "don"} {
		delete(out, mark)
	}
	return out
}
