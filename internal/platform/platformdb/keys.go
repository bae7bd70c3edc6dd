package platformdb

import (
	"backoffice/internal/platform"
	"backoffice/internal/store"
)

const (
	table = platform.Table

	// Where keys have no tenant, these words stand in its place. No tenant's id looks like them.
	loginSpace = "login"
	claimSpace = "claim"
)

func tenantKey(holder, id string) store.Key {
	return store.Key{Table: table, PK: tenantPartition(holder), SK: store.At(id)}
}

func personKey(tenant, id string) store.Key {
	return store.Key{Table: table, PK: personPartition(tenant), SK: store.At(id)}
}

func principalKey(tenant, id string) store.Key {
	return store.Key{Table: table, PK: principalPartition(tenant, id), SK: store.At("A")}
}

func assignmentKey(tenant, principal, id string) store.Key {
	return store.Key{Table: table, PK: principalPartition(tenant, principal), SK: store.At("G", id)}
}

func sessionKey(tenant, user, id string) store.Key {
	return store.Key{Table: table, PK: principalPartition(tenant, user), SK: store.At("S", id)}
}

func roleKey(tenant, id string) store.Key {
	return store.Key{Table: table, PK: rolePartition(tenant), SK: store.At(id)}
}

func loginKey(login, tenant string) store.Key {
	return store.Key{Table: table, PK: store.In(loginSpace, login), SK: store.At("T", tenant)}
}

func failuresKey(of platform.Guessed) store.Key {
	pk := store.In(loginSpace, of.Login)
	if of.User != "" {
		pk = principalPartition(of.Tenant, of.User)
	}
	if of.Kind != "" {
		return store.Key{Table: table, PK: pk, SK: store.At("F", of.Kind)}
	}
	return store.Key{Table: table, PK: pk, SK: store.At("F")}
}

func factorKey(tenant, user string) store.Key {
	return store.Key{Table: table, PK: principalPartition(tenant, user), SK: store.At("O")}
}

func administratorsKey(tenant string) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "ADM"), SK: store.At("A")}
}

func codeKey(tenant, user string) store.Key {
	return store.Key{Table: table, PK: principalPartition(tenant, user), SK: store.At("C")}
}

func claimKey() store.Key {
	return store.Key{Table: table, PK: store.In(claimSpace), SK: store.At("A")}
}

func tenantPartition(tenant string) store.Partition { return store.In(tenant, "TEN") }
func personPartition(tenant string) store.Partition { return store.In(tenant, "PER") }
func rolePartition(tenant string) store.Partition   { return store.In(tenant, "ROL") }

func principalPartition(tenant, principal string) store.Partition {
	return store.In(tenant, "PRN", principal)
}

func userIndex(tenant string) store.Partition { return store.In(tenant, "USER") }
func keyIndex(tenant string) store.Partition  { return store.In(tenant, "KEY") }

func reportsPartition(tenant, manager string) store.Partition {
	return store.In(tenant, "REP", manager)
}

func reportKey(tenant, manager, person string) store.Key {
	return store.Key{Table: table, PK: reportsPartition(tenant, manager), SK: store.At(person)}
}
