package platformdb

import (
	"context"
	"fmt"

	"backoffice/internal/clock"
	"backoffice/internal/platform"
	"backoffice/internal/store"
)

// switchRow is the switch as it stands, and as it stood at each of its versions.
type switchRow struct {
	store.Row
	On     bool   `dynamo:"on"`
	By     string `dynamo:"by"`
	Reason string `dynamo:"why"`
	Since  string `dynamo:"at"`
}

func switchKey() store.Key {
	return store.Key{Table: table, PK: store.In(store.InstallationSpace), SK: store.At("SWITCH")}
}

// Maintenance gives the switch.
func (s *Records) Maintenance(ctx context.Context) (platform.Maintenance, error) {
	r, found, err := store.Load[switchRow](ctx, s.db, switchKey())
	if err != nil || !found {
		return platform.Maintenance{}, err
	}
	since, err := clock.Parse(r.Since)
	return platform.Maintenance{On: r.On, By: r.By, Reason: r.Reason, Since: since, Version: r.Version}, err
}

// SetMaintenance puts the switch over the version that was read, and notes the position. The note comes first: a switch that
// was moved is never without it.
func (s *Records) SetMaintenance(ctx context.Context, m platform.Maintenance, was int) (bool, error) {
	k := switchKey()
	row := switchRow{Row: store.NewRow(k.PK, k.SK, schema, m.Version), On: m.On, By: m.By, Reason: m.Reason, Since: clock.Format(m.Since)}
	note := row
	note.Row = store.NewRow(k.PK, store.At("SWITCH", fmt.Sprintf("%09d", m.Version)), schema, m.Version)
	if _, err := s.db.PutIf(ctx, table, note, m.Version, "attribute_not_exists(pk) OR v = ?", m.Version); err != nil {
		return false, err
	}
	return s.putOver(ctx, row, was)
}
