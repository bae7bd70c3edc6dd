// Package page holds the two parameters with which every list is read in pieces: how many records, and where to go on.
//
// A cursor is the table's own position, which a client must be able to hand back but never to make: a forged one would be a key
// into another tenant's partition. So it is signed together with a scope, in which the caller names everything that the list
// depends on (tenant, operation, filter, order). A cursor is then worth nothing with another filter or for another tenant.
// It is signed, not encrypted: its client has seen the record it points at.
package page
