package ddb

import (
	"log/slog"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"backoffice/internal/clock"
)

// Options say where a store lives and how it behaves. The zero value is a
// store in memory with real time and real durability rules.
type Options struct {
	// Dir is the data directory, made when missing; "" keeps all in memory.
	Dir string
	// FS replaces the file system, for tests of its faults.
	FS vfs.FS
	// Clock tells the time for expiry, stream records and tokens; nil is the
	// system's. The store reads it, and never waits by it.
	Clock func() time.Time
	// NoSync acknowledges writes before they are durable. Tests only.
	NoSync bool
	// ConflictError makes a transaction that meets another in flight answer
	// TransactionConflict, as AWS does; without it the later one waits.
	ConflictError bool
	// Faults injects faults; nil injects none.
	Faults *Faults
	// Logger gets what an operator should know; nil discards it.
	Logger *slog.Logger
	// Region appears in ARNs; "" is eu-west-2.
	Region string
}

// regionDefault is the region of a store that was told none.
const regionDefault = "eu-west-2"

// accountID appears in ARNs; a store belongs to no account.
const accountID = "000000000000"

// withDefaults fills in what was left out.
func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = clock.System
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Region == "" {
		o.Region = regionDefault
	}
	return o
}
