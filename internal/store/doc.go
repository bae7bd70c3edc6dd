// Package store is the kit on which every domain's single-table design stands: typed keys with the tenant first, reads that
// page until done, writes that carry their condition and the refusal it stands for, and the commit of an act with everything
// it changes in one transaction over any number of tables.
//
// Every table has the same form:
//
//	attribute | what
//	pk, sk    | partition and sort key; pk starts with the tenant
//	sv        | schema version of the item; an older item is upgraded when it is read
//	v         | record version, the ETag
//	g1pk,g1sk | key of the sparse index "gsi1", all attributes projected
//	pend,pat  | key of the sparse index "pending", keys only: acts that a projection has not taken up
//
// Calls made with a context that Begin has limited are held against the operation's declared access and its tenant, in the
// client itself: a missing grant fails on a laptop as it would under IAM.
package store
