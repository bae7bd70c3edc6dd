// Package wire is what every domain's wiring gets: the store, clock and ids of the process it runs in, whether that is a
// function in the cloud or the host on a laptop.
package wire

import (
	"backoffice/internal/audit"
	"backoffice/internal/clock"
	"backoffice/internal/config"
	"backoffice/internal/files"
	"backoffice/internal/id"
	"backoffice/internal/relay"
	"backoffice/internal/seal"
	"backoffice/internal/sheet"
	"backoffice/internal/store"
)

// Env is the surroundings of a domain.
type Env struct {
	Config config.Config
	DB     *store.DB
	Clock  clock.Clock
	IDs    *id.Source
	Bus    relay.Publisher // of events; nil publishes none
	Files  files.Store     // nil where there are none; guarded, so that an operation reaches what its spec declares
	Sealer seal.Sealer     // of encrypted fields; nil in a function that has none
	Sheets sheet.Writers   // formats that tables can be written in; nil in a function that writes none
	// Roots and RootKey are where audit roots stand and what signs them; nil in a function that has nothing to do with them.
	Roots   audit.Shelf
	RootKey audit.Signer
}
