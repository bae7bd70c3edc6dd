// Command costs counts what every operation costs the store (round trips, written items, read and write units) and how many
// events it announces, by calling its example in a fresh tenant of a whole system in memory, and writes docs/costs.md with
// prices from a dated table. Nothing is timed: the same code gives the same figures everywhere. How long a function runs is
// an assumption, kept in a table that is measured anew only on request.
//
//	go run ./scripts/costs                    # write docs/costs.md
//	go run ./scripts/costs -check             # fail when docs/costs.md is not what it would write
//	go run ./scripts/costs -lines 10000,100000,1000000   # measure the trial balance anew, too
//	go run ./scripts/costs -durations         # measure the assumed durations anew
package main
