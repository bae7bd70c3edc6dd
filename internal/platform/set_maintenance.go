package platform

import (
	"context"
	"strings"
	"time"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// SetMaintenance shuts the installation's writes, or opens them again.
var SetMaintenance = op.Op[Ports, MaintenanceIn, MaintenanceView]{
	Spec: op.Spec{
		ID: "platform.set-maintenance", Kind: op.Job, Permission: "maintenance.set",
		Summary: "Shut or open all writes",
		Description: "Called by operators, for an installation as a whole. While it is shut every write of every tenant is refused with API-037 and a Retry-After; " +
			"reading, signing in, taking up waiting acts and rebuilding projections go on. It holds everywhere after five seconds, and for calls under way once they have timed out.",
		Access:        []op.Access{{Table: Table, Do: op.Get | op.Put, AllTenants: "the switch belongs to no tenant"}},
		NoRecord:      "it belongs to no tenant, whose acts could hold it; the switch keeps every position that it has had, with who, when and why",
		InMaintenance: "it is the switch itself",
		Example:       op.Example{Body: `{"on":true,"by":"Rona Muir","reason":"Restore after incident 41"}`},
	},
	Handle: setMaintenance,
}

// MaintenanceIn is the input of SetMaintenance.
type MaintenanceIn struct {
	On     bool   `json:"on" doc:"Whether writes are to be shut"`
	By     string `json:"by" minLength:"1" maxLength:"120" example:"Rona Muir" doc:"Who asks for it"`
	Reason string `json:"reason" minLength:"1" maxLength:"240" example:"Restore after incident 41"`
}

// Validate checks what the schema cannot say.
func (in *MaintenanceIn) Validate(c *fault.Collector) {
	c.Check(strings.TrimSpace(in.By) != "", "/by", RuleBlank)
	c.Check(strings.TrimSpace(in.Reason) != "", "/reason", RuleBlank)
}

// MaintenanceView is the switch as it is shown.
type MaintenanceView struct {
	On      bool      `json:"on"`
	By      string    `json:"by"`
	Reason  string    `json:"reason"`
	Since   time.Time `json:"since"`
	Version int       `json:"version"`
}

func setMaintenance(ctx context.Context, c *op.Call, d Ports, in MaintenanceIn) (MaintenanceView, error) {
	m, err := MoveSwitch(ctx, d.Maintenance, Maintenance{On: in.On, By: in.By, Reason: in.Reason, Since: c.At})
	return MaintenanceView(m), err
}

// MoveSwitch puts the switch into a position. Putting it where it is already notes who asks and why; since when it has been
// there stays known.
func MoveSwitch(ctx context.Context, s MaintenanceStore, to Maintenance) (Maintenance, error) {
	was, err := s.Maintenance(ctx)
	if err != nil {
		return was, err
	}
	if was.On == to.On && was.Version > 0 {
		to.Since = was.Since
	}
	to.Version = was.Version + 1
	moved, err := s.SetMaintenance(ctx, to, was.Version)
	if err == nil && !moved {
		err = op.RuleKeyInFlight.Err()
	}
	return to, err
}
