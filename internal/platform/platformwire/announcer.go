package platformwire

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/jobs"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/relay"
	"backoffice/internal/store"
)

// announcer puts the announcement of a job on the bus. It is no act: what it tells is recorded already.
type announcer struct{ bus relay.Publisher }

// Announce publishes one event, whose id is the same while the job stands still.
func (a announcer) Announce(ctx context.Context, j jobs.Job, at time.Time) error {
	if a.bus == nil {
		return nil
	}
	data, err := json.Marshal(j.Announcement())
	if err != nil {
		return err
	}
	return a.bus.Publish(ctx, store.PendingAct{ID: fmt.Sprintf("%s-v%d", j.ID, j.Version), Tenant: j.Tenant, At: clock.Format(at),
		Key:    store.Key{Table: platform.Table},
		Events: []op.Emitted{{Type: jobs.Waiting.Type, Subject: j.ID, Version: j.Version, Data: data}}})
}
