// Package ddbtest is the conformance suite of the project's store: what AWS
// documents about DynamoDB, asked through the unchanged SDK clients and
// through guregu/dynamo.
//
// One suite runs on every implementation, so that the embedded engine is
// judged by the same checks as an independent oracle and, one day, as AWS
// itself. A check never looks inside a store: it sends requests and reads
// answers. Where an implementation is known to be wrong, its Target says so
// by the name of the check, and the suite demands that the defect still
// shows, so that the list of excuses can only shrink.
package ddbtest

import (
	"net/http"
	"testing"
	"time"
)

// Target is one DynamoDB-compatible store under test.
type Target struct {
	// Name appears in messages only.
	Name string
	// Endpoint is the base URL that the clients are pointed at; for an
	// in-process store any well-formed URL serves.
	Endpoint string
	// Client carries the requests; nil means the SDK's own client.
	Client *http.Client
	// Region, KeyID and Secret sign the requests. Empty values become
	// "eu-west-2", "local" and "localsecret".
	Region, KeyID, Secret string
	// Defects gives, by the full name of a check, why this store is known to
	// answer it wrongly. A check so named must fail; the suite reports it as
	// skipped with the reason, and as failed once it passes.
	Defects map[string]string
	// OtherMessages says that the store words its errors in its own way, so
	// that only their codes are compared.
	OtherMessages bool
	// Advance moves the store's clock forward. Checks of expiry (tokens,
	// iterators, items, stream records) are skipped where it is nil.
	Advance func(d time.Duration)
	// Now is the time by the store's clock, for the checks of expiring items.
	Now func() time.Time
	// SweepTTL makes the store remove its expired items now. Checks of
	// expiry of items are skipped where it is nil.
	SweepTTL func() error
}

// topic is a named group of checks: one file of this package each.
type topic struct {
	name string
	run  func(s *Suite)
}

// topics lists every group in the order in which they run.
func topics() []topic {
	return []topic{
		{"protocol", protocolChecks},
		{"table", tableChecks},
		{"tags", tagChecks},
		{"item", itemChecks},
		{"returns", returnChecks},
		{"badvalue", badValueChecks},
		{"key", keyChecks},
		{"number", numberChecks},
		{"condition", conditionChecks},
		{"grammar", grammarChecks},
		{"update", updateChecks},
		{"updateerror", updateErrorChecks},
		{"projection", projectionChecks},
		{"query", queryChecks},
		{"paging", pagingChecks},
		{"scan", scanChecks},
		{"index", indexChecks},
		{"backfill", backfillChecks},
		{"limit", limitChecks},
		{"batch", batchChecks},
		{"transact", transactChecks},
		{"cancel", cancelChecks},
		{"token", tokenChecks},
		{"capacity", capacityChecks},
		{"legacy", legacyChecks},
		{"stream", streamChecks},
		{"iterator", iteratorChecks},
		{"ttl", ttlChecks},
		{"guregu", gureguChecks},
	}
}

// Run puts every check to the target, each as a subtest named topic/check.
func Run(t *testing.T, target Target) {
	t.Helper()
	s := newSuite(t, target)
	t.Cleanup(s.dropTables)
	for _, one := range topics() {
		t.Run(one.name, func(t *testing.T) {
			one.run(s.within(t, one.name))
		})
	}
	s.reportUnknownDefects(t)
}
