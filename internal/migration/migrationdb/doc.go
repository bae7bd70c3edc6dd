// Package migrationdb keeps the migration domain in its single table:
//
//	PK                          | SK              | what                                            | type
//	<tenant>|IMP                | <import>        | import                                          | importRow
//	<tenant>|IMP|<import>       | MAP             | the mapping it was made with                    | textRow
//	<tenant>|IMP|<import>       | FILE            | its file, if that was sent inline               | textRow
//	<tenant>|IMP|<import>|<round> | TOTALS        | sums by account and journals by period          | textRow
//	<tenant>|IMP|<import>|<round> | C|<chunk>     | staged journals that one act posts              | textRow
//	<tenant>|IMP|<import>|<round> | E|<chunk>     | rejected rows of a chunk                        | textRow
//	<tenant>|IMP|<import>|<round> | F|<kind>|<n>  | a page of similar parties or repeated rows      | textRow
//	<tenant>|IMP|<import>|<round> | MERGE         | which names are to be one party                 | textRow
//	<tenant>|EXT|<source>|<id>  | R               | holds an imported row's identity                | heldRow
//	imports|DUE (gsi1)          | <instant>       | imports of all tenants that will be cleared     | importRow
//	<tenant>|RES|mappings|      | <mapping>       | saved mapping (package store)                   |
//	<tenant>|ACT|<key>          | A               | act (package store); one that posts journals stands in the ledger's table |
//
// What is staged stands as JSON in one attribute: it is written once or twice, read whole, and never searched. A round is one
// validation; a later one leaves the earlier one's rows where they are and never looks at them.
package migrationdb
