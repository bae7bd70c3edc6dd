// Package ddb is a durable store that speaks DynamoDB, in this process: a
// table engine over Pebble behind an http.RoundTripper, so that the AWS client
// and the libraries on it work unchanged.
//
//	e, err := ddb.Open(ddb.Options{Dir: dir})
//	client := dynamodb.New(dynamodb.Options{HTTPClient: &http.Client{Transport: e.RoundTripper()}, …})
//
// # Rows
//
// A row's key begins with a byte that tells what the row is. Numbers in keys
// are big-endian. pk and sk are the encoded key attributes of an item.
//
//	01 name                               number of the store: format, last ids, last sequence number
//	02 table name                         definition of a table, JSON
//	03 table(4)                           its items(8) and bytes(8)
//	04 stream(4)                          definition of a stream, JSON
//	10 table(4) pk sk                     item: size, then its stored form
//	11 table(4) index(2) ipk isk pk sk    where in this key the item's own begins
//	12 stream(4) sequence(8)              change: kind, time, key, item after, item before
//	13 table(4) second(8) pk sk           nothing: the item expires then
//	14 token                              time(8) and digest of a transaction
//	15 time(8) token                      nothing: the token was used then
//
// A text or binary part of a key is written with each zero byte as 00 FF and
// ends with 00 01; a number part has the form of package num, which sorts and
// ends by itself. So parts follow one another, keys sort as DynamoDB sorts, and
// a prefix of a text is a prefix of its key.
//
// An item is encoded once, when it is written; the same bytes are its row and
// its image in the stream, and become JSON without being decoded when nothing
// looks inside. An index row holds no attributes: an index is read through to
// the items, in one snapshot, and cut down to its projection. A change that
// leaves an index's key alone therefore costs the index nothing.
//
// # Writes
//
// A write takes the locks of its items (1,024 stripes, in order), reads them,
// evaluates its condition, and stages every row it changes in one batch. Under
// one lock for all, the batch gets its sequence numbers and is applied; then
// all locks are given back, and the call waits for the fsync, which it shares
// with all that were applied meanwhile. A write that changes nothing, or whose
// condition fails, waits until what it saw is durable.
//
// Transactions are serializable: they hold all their items' locks from the
// first read to the commit. Transactions that read use one snapshot. Readers
// take no locks. A plain read may see a commit whose fsync is still under way;
// a consistent read waits for that fsync if it may have seen such a commit, and
// a stream shows a change only when it is durable, for who reads streams acts
// on them elsewhere.
//
// Definitions are an immutable catalogue that a change of definitions
// replaces; writes of items hold a lock for reading meanwhile, so each sees one
// definition from start to end.
//
// # Failures
//
// When the log cannot be written the store takes no more writes and every call
// that would need it answers InternalServerError; what was acknowledged before
// is on disk. A damaged page is found by its checksum and answered in the same
// way. Faults can also be injected: see Faults.
package ddb
