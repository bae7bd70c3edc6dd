package platform

import (
	"context"
	"time"
)

// Maintenance is the switch that shuts every write of the installation. It belongs to no tenant.
type Maintenance struct {
	On      bool
	By      string // who moved it, as the operators name themselves
	Reason  string
	Since   time.Time
	Version int
}

// MaintenanceStore keeps the switch, and every position that it has had.
type MaintenanceStore interface {
	// Maintenance gives the switch; off when nobody has ever moved it.
	Maintenance(ctx context.Context) (Maintenance, error)
	// SetMaintenance puts the switch over the version that was read; false when somebody was faster.
	SetMaintenance(ctx context.Context, m Maintenance, was int) (bool, error)
}
