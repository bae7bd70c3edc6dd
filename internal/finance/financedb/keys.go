package financedb

import (
	"backoffice/internal/finance"
	"backoffice/internal/store"
)

const table = finance.Table

func entityKey(tenant, entity string) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "ENT"), SK: store.At(entity)}
}

func chartKey(tenant, entity string) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "BOOK", entity), SK: store.At("CHART")}
}

func calendarKey(tenant, entity string) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "BOOK", entity), SK: store.At("CALENDAR")}
}

func dimensionKey(tenant, entity, dimension, value string) store.Key {
	kind, within, key := finance.DimensionValuePlace(entity, finance.DimensionKey{Dimension: dimension, Value: value})
	return store.RecordKey(table, tenant, kind, within, key)
}

func partyKey(tenant, party string) store.Key {
	return store.RecordKey(table, tenant, finance.Parties.Plural, "", party)
}

func numberKey(tenant, entity, series, year string) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "NUM", entity), SK: store.At(series, year)}
}

func journalKey(tenant, journal string) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "JRN", journal), SK: store.At("J")}
}

func externalKey(tenant, source, id string) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "EXT", source, id), SK: store.At("J")}
}

func draftPartition(tenant, entity string) store.Partition { return store.In(tenant, "DRAFT", entity) }

func partyNameKey(tenant, key string) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "PTYNAME", key), SK: store.At("P")}
}
