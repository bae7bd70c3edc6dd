package migration

import "backoffice/internal/takeup"

// Acts is how the domain's acts are taken up after they were committed. Those that post journals stand in the ledger's table.
var Acts = takeup.Acts[Ports]{Domain: "migration", Relay: func(d Ports) takeup.Relay { return d.Relay }, Chain: func(d Ports) takeup.Chain { return d.Chain }}
