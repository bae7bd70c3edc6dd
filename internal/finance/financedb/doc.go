// Package financedb keeps the finance domain in its single table:
//
//	PK                                | SK             | what                                        | type
//	<tenant>|ENT                      | <entity>       | entity                                      | entityRow
//	<tenant>|BOOK|<entity>            | CHART          | chart of accounts, dimensions, series       | chartRow
//	<tenant>|BOOK|<entity>            | CALENDAR       | fiscal calendar, all periods                | calendarRow
//	<tenant>|NUM|<entity>             | <series>|<fy>  | last number given or leased                 | numberRow
//	<tenant>|JRN|<journal>            | J              | journal with its lines                      | journalRow
//	<tenant>|EXT|<source>|<id>        | J              | holds a journal's external id               | externalRow
//	<tenant>|BAL|<entity>|<view>      | <values>|<account>|<cur>|<year>       | monthly totals of a calendar year | (updates)
//	<tenant>|DAY|<entity>|<view>|<period> | <values>|<account>|<cur>          | daily totals of a period  | (updates)
//	<tenant>|LED|<entity>|<account>   | <date>|<act>|<n>                      | lines of an account       | entriesRow
//	<tenant>|REG|<entity>             | <date>|<act>|<n>                      | posted journals           | listingRow
//	<tenant>|RES|<kind>|<within>      | <key>          | reference records: parties, dimension values | (package store)
//	<tenant>|PTYNAME|<name>/<source>/<id> | P          | holds a party's name and external id        | partyNameRow
//	<tenant>|NO|<entity>              | <number but its last two digits>             | journals' ids, attributes i00 to i99 | (updates)
//	<tenant>|REBUILD                  | R              | latest rebuild of the projections           | rebuildRow
//	<tenant>|EXP                      | <export>       | export: its state, and what its steps hand on | exportRow
//	<tenant>|ACT|<key>                | A              | act (package store)                         |
//
// A draft stands in the sparse index gsi1 under <tenant>|DRAFT|<entity>, by date; a posted journal leaves it, so that a posting
// writes no index. Chart and calendar are one item each: a posting reads them with one call, whatever the number of its lines.
package financedb
