package migrationdb

import (
	"fmt"
	"strconv"

	"backoffice/internal/migration"
	"backoffice/internal/store"
)

const table = migration.Table

func importKey(tenant, id string) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "IMP"), SK: store.At(id)}
}

func partKey(tenant, id, part string) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "IMP", id), SK: store.At(part)}
}

func roundPartition(tenant string, i migration.Import) store.Partition {
	return store.In(tenant, "IMP", i.ID, strconv.Itoa(i.Round))
}

func roundKey(tenant string, i migration.Import, parts ...string) store.Key {
	return store.Key{Table: table, PK: roundPartition(tenant, i), SK: store.At(parts...)}
}

// dueImports is where the imports of all tenants stand that will be cleared, by when. Few are saved at a time: one key bears them.
func dueImports() store.Partition { return store.In("imports", "DUE") }

// numbered brings a number to the width at which its text sorts like the number.
func numbered(n int) string { return fmt.Sprintf("%07d", n) }

func heldKey(tenant string, row migration.Identity) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "EXT", row.Source, row.ExternalID), SK: store.At("R")}
}
