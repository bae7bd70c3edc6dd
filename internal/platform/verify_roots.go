package platform

import (
	"context"

	"backoffice/internal/audit"
	"backoffice/internal/op"
)

// VerifyRoots holds the audit chains of all tenants against the roots that were written over them.
var VerifyRoots = op.Op[Ports, VerifyRootsIn, audit.Held]{
	Spec: op.Spec{
		ID: "platform.verify-roots", Kind: op.Job, Permission: "audit-roots.verify", Timeout: rootsTimeLimit,
		Summary: "Hold the audit chains against their roots",
		Description: "Called by operators and auditors. Reads the signed roots in their order, and names the first root that is not what was written and, of each chain, the first link that is not " +
			"what was anchored, with its act and the day. That each act is what its link says is found by the domains' own verify-audit.",
		Access: []op.Access{{Table: Table, Do: op.List, AllTenants: holdReaches}, {Table: "finance", Do: op.List, AllTenants: holdReaches},
			{Table: "migration", Do: op.List, AllTenants: holdReaches}},
		Roots:         op.FileRead,
		NoRecord:      "it reads only",
		InMaintenance: "it reads only",
		Example:       op.Example{Body: `{"after":0}`},
	},
	Handle: verifyRoots,
}

// VerifyRootsIn says where to begin.
type VerifyRootsIn struct {
	After int `json:"after,omitempty" minimum:"0" maximum:"999999999" doc:"Number of a root that was verified before; the first root unless given"`
}

func verifyRoots(ctx context.Context, _ *op.Call, d Ports, in VerifyRootsIn) (audit.Held, error) {
	return d.Roots.Hold(ctx, in.After)
}
