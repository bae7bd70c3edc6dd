package finance

import "backoffice/internal/takeup"

// Acts are the domain's acts, taken up after their commits.
var Acts = takeup.Acts[Ports]{Domain: "finance", Relay: func(d Ports) takeup.Relay { return d.Relay },
	Chain: func(d Ports) takeup.Chain { return d.Chain }}
