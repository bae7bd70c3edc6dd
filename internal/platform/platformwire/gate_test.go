package platformwire_test

import (
	"context"
	"testing"
	"time"

	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
	"backoffice/internal/platform/platformwire"
	"backoffice/internal/store"
)

// move puts the switch into a position as an operator does.
func move(t *testing.T, s *platformtest.System, on string) {
	t.Helper()
	resp := platform.SetMaintenance.Serve(t.Context(), s.Runtime, s.Ports, &op.Request{Identity: &op.Identity{Principal: op.SystemPrincipal},
		Body: []byte(`{"on":` + on + `,"by":"Rona Muir","reason":"A rehearsal"}`)})
	if resp.Problem != nil {
		t.Fatal(resp.Problem)
	}
}

// A switch that an operator moves holds in every process after five seconds at most, and costs a read in that time and no more.
func TestMaintenanceHoldsWithinSeconds(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	s.Runtime.Gate = platformwire.NewGate(s.Env)
	person := platformtest.Call{Op: "create-person", Token: token, Body: `{"name":"Joan Baird"}`, Key: "before"}
	s.Do(person).Want(201)
	move(t, s, "true")
	s.Advance(5*time.Second - time.Millisecond)
	s.Do(platformtest.Call{Op: "create-person", Token: token, Body: `{"name":"Joan Baird"}`}).Want(201)
	s.Advance(time.Millisecond)
	refused := s.Do(platformtest.Call{Op: "create-person", Token: token, Body: `{"name":"Joan Baird"}`}).Want(503)
	if refused.Text("code") != op.RuleMaintenance.Code || refused.Header.Get("Retry-After") == "" {
		t.Errorf("refused by %s, to be tried again after %q s", refused.Text("code"), refused.Header.Get("Retry-After"))
	}
	s.Do(person).Want(201) // answered before
	s.Do(platformtest.Call{Op: "list-people", Token: token}).Want(200)
	s.Do(platformtest.Call{Op: "create-person", Token: token, Body: `{"name":"Joan Baird"}`, Query: "dryRun=true"}).Want(201)
	s.SignIn("ailsa@example.com", platformtest.Password, "")
	move(t, s, "false")
	s.Advance(5 * time.Second)
	s.Do(platformtest.Call{Op: "create-person", Token: token, Body: `{"name":"Joan Baird"}`}).Want(201)
}

func TestGateReadsSeldom(t *testing.T) {
	s := platformtest.New(t)
	g := platformwire.NewGate(s.Env)
	var m store.Meter
	for n := range 100 {
		if shut, err := g.Shut(store.WithMeter(t.Context(), &m), s.Env.Clock().Add(time.Duration(n)*100*time.Millisecond)); err != nil || shut {
			t.Fatal(shut, err)
		}
	}
	if calls := m.Count().Calls; calls != 2 { // in ten seconds
		t.Errorf("the switch was read %d times in ten seconds", calls)
	}
}

// A store that does not answer lets nothing pass, and neither is believed what was read in the future.
func TestGateFailsShut(t *testing.T) {
	s := platformtest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := platformwire.NewGate(s.Env).Shut(ctx, s.Env.Clock()); err == nil {
		t.Error("a gate that cannot be read is open")
	}
	g := platformwire.NewGate(s.Env)
	if _, err := g.Shut(t.Context(), s.Env.Clock().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	move(t, s, "true")
	if shut, err := g.Shut(t.Context(), s.Env.Clock()); err != nil || !shut {
		t.Errorf("what was read in the future is believed: %v, %v", shut, err)
	}
}

// Moving the switch to where it is keeps since when it has been there.
func TestSwitchKeepsSinceWhen(t *testing.T) {
	s := platformtest.New(t)
	move(t, s, "true")
	s.Advance(time.Minute)
	move(t, s, "true")
	m, err := s.Ports.Maintenance.Maintenance(t.Context())
	if err != nil || !m.On || m.Version != 2 || !m.Since.Equal(platformtest.Start) || m.By != "Rona Muir" {
		t.Errorf("the switch is %+v, %v", m, err)
	}
}
