package platform_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"backoffice/internal/audit"
	"backoffice/internal/audit/audittest"
	"backoffice/internal/metrics"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
	"backoffice/internal/store"
)

// system calls a job as its schedule does.
func system[In, Out any](ctx context.Context, t *testing.T, s *platformtest.System, o *op.Op[platform.Ports, In, Out], body string) (out Out) {
	t.Helper()
	req := &op.Request{Identity: &op.Identity{Principal: op.SystemPrincipal}, Header: map[string][]string{"Content-Type": {"application/json"}}}
	if body != "" {
		req.Body = []byte(body)
	}
	resp := o.Serve(ctx, s.Runtime, s.Ports, req)
	if resp.Problem != nil {
		t.Fatal(resp.Problem)
	}
	if err := json.Unmarshal(resp.Body, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// chained is an installation of a tenant and its client, whose acts are in their chains.
func chained(t *testing.T) (s *platformtest.System, holder, client string) {
	t.Helper()
	s = platformtest.New(t)
	holder, _, token := s.Admin()
	client = s.Do(platformtest.Call{Op: "create-tenant", Token: token, Body: `{"name":"K","administrator":{"name":"A","email":"a@example.com","password":"slate-otter-winds"}}`}).Want(201).Text("id")
	for range 2 {
		s.Do(platformtest.Call{Op: "create-person", Token: token, Body: `{"name":"Ailsa Kerr"}`}).Want(201)
		if err := s.Ports.Relay.Drain(t.Context(), platform.Table, holder); err != nil {
			t.Fatal(err)
		}
	}
	// The client's first act stands in its holder's chain; one of its own follows.
	spec := op.Spec{ID: "platform.test", Kind: op.Command}
	act := &op.Act{ID: s.Env.IDs.New("act"), Tenant: client, Operation: spec.ID, Principal: op.SystemPrincipal, At: platformtest.Start, Status: 200}
	act.Record("rec_1", 1)
	if err := store.NewActs(s.Env.DB, nil).Commit(t.Context(), &spec, act); err != nil {
		t.Fatal(err)
	}
	if err := s.Ports.Relay.Drain(t.Context(), platform.Table, client); err != nil {
		t.Fatal(err)
	}
	return s, holder, client
}

// The job finds every tenant by itself, over the access that it declares, and anchors what is new, once; a chain that is not what
// it was is counted for whoever watches.
func TestAnchorAuditAnchorsEveryTenantsChains(t *testing.T) {
	s, holder, client := chained(t)
	ctx, sample := metrics.With(t.Context())
	first := system(ctx, t, s, &platform.AnchorAudit, "")
	if first.Root != 1 || first.Roots != 1 || first.Links < 3 || len(first.Broken) > 0 || sample.Value(metrics.BrokenChains) != 0 {
		t.Errorf("first: %+v", first)
	}
	raw, err := s.Env.Roots.Get(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	var root audit.Root
	if err := json.Unmarshal(raw, &root); err != nil || !root.At.Equal(s.Runtime.Clock()) {
		t.Errorf("root of %s, %v", root.At, err)
	}
	held := map[string]bool{}
	for _, c := range root.Chains {
		held[c.Table+" "+c.Tenant] = true
	}
	if len(held) != 2 || !held["platform "+holder] || !held["platform "+client] {
		t.Errorf("chains of %v", held)
	}
	if again := system(ctx, t, s, &platform.AnchorAudit, ""); again.Root != 1 || again.Roots != 0 {
		t.Errorf("again: %+v", again)
	}
	audittest.Rewrite(t, s.Env.DB, platform.Table, holder, func(_ int, acts []store.ChainedAct) { acts[0].Record = "rec_forged" })
	broken := system(ctx, t, s, &platform.AnchorAudit, "")
	if len(broken.Broken) != 1 || broken.Broken[0].Tenant != holder || sample.Value(metrics.BrokenChains) != 1 {
		t.Errorf("broken: %+v, counted %v", broken, sample.Value(metrics.BrokenChains))
	}
}

// An operator learns which link is not what was anchored, from any root on.
func TestVerifyRootsNamesTheFirstLinkThatWasChanged(t *testing.T) {
	s, _, client := chained(t)
	system(t.Context(), t, s, &platform.AnchorAudit, "")
	if h := system(t.Context(), t, s, &platform.VerifyRoots, "{}"); !h.Holds || h.Roots != 1 || h.Last != 1 || h.More {
		t.Errorf("%+v", h)
	}
	act := ""
	audittest.Rewrite(t, s.Env.DB, platform.Table, client, func(_ int, acts []store.ChainedAct) {
		act, acts[0].Record = acts[0].Act, "rec_forged"
	})
	h := system(t.Context(), t, s, &platform.VerifyRoots, `{"after":0}`)
	if h.Holds || len(h.Broken) != 1 || h.Broken[0].Tenant != client || !strings.Contains(h.Broken[0].What, act) {
		t.Errorf("%+v, want act %s", h, act)
	}
	if h := system(t.Context(), t, s, &platform.VerifyRoots, `{"after":1}`); !h.Holds || h.Roots != 0 {
		t.Errorf("after the last root: %+v", h)
	}
}
