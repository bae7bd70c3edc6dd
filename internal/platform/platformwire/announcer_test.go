package platformwire

import (
	"context"
	"testing"
	"time"

	"backoffice/internal/jobs"
	"backoffice/internal/relay"
	"backoffice/internal/store"
)

type published struct{ events []relay.Event }

func (p *published) Publish(_ context.Context, act store.PendingAct) error {
	p.events = append(p.events, relay.Events(act)...)
	return nil
}

// What starts a state machine is all there: tenant, job, task and the step that is next.
func TestAnnouncementNamesTheJobAndItsNextStep(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	p := &published{}
	j := jobs.Job{ID: "job_1", Tenant: "ten_1", Kind: "paint.begin-walls", Task: "paint.do-walls", Step: 7, Version: 8}
	if err := (announcer{p}).Announce(t.Context(), j, at); err != nil {
		t.Fatal(err)
	}
	if len(p.events) != 1 {
		t.Fatalf("%d events", len(p.events))
	}
	e := p.events[0]
	if e.Tenant != "ten_1" || e.Subject != "job_1" || e.Kind != jobs.Waiting.Type || e.ID != "job_1-v8-0" || e.Time != "2026-11-23T09:00:00.000Z" ||
		string(e.Data) != `{"kind":"paint.begin-walls","task":"paint.do-walls","step":7}` {
		t.Errorf("event %+v, data %s", e, e.Data)
	}
	if err := (announcer{}).Announce(t.Context(), j, at); err != nil {
		t.Errorf("without a bus: %v", err)
	}
}
