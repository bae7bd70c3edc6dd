package platformdb

import (
	"context"
	"fmt"

	"backoffice/internal/clock"
	"backoffice/internal/platform"
	"backoffice/internal/store"
)

// switchRow is the switch as it stands and, under the number of each version that is past, as it stood.
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

// SetMaintenance puts the switch over the version that was read, 0 for none, and gives false when somebody was faster. The position
// that it leaves is noted before: so none is lost, and two who move the switch at once note the same, whichever of them moves it.
func (s *Records) SetMaintenance(ctx context.Context, m platform.Maintenance, was int) (bool, error) {
	k := switchKey()
	if was > 0 {
		note, found, err := store.Load[switchRow](ctx, s.db, k)
		if err != nil || !found || note.Version != was {
			return false, err
		}
		note.Row = store.NewRow(k.PK, store.At("SWITCH", fmt.Sprintf("%09d", was)), schema, was)
		if _, err := s.db.PutIf(ctx, table, note, was, "attribute_not_exists(pk) OR v = ?", was); err != nil {
			return false, err
		}
	}
	return s.putOver(ctx, switchRow{Row: store.NewRow(k.PK, k.SK, schema, m.Version), On: m.On, By: m.By, Reason: m.Reason, Since: clock.Format(m.Since)}, was)
}
