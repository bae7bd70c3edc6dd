package platform_test

import (
	"testing"
	"time"

	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
)

// task calls an operation as the system itself does.
func task(s *platformtest.System, name string) platformtest.Answer {
	return s.DoAs(op.Identity{Principal: op.SystemPrincipal}, platformtest.Call{Op: name})
}

// The deployed function offers a code that makes an administrator, once; each call voids the code before it.
func TestOfferClaim(t *testing.T) {
	s := platformtest.New(t)
	first := task(s, "offer-claim").Want(200)
	second := task(s, "offer-claim").Want(200)
	if first.Text("code") == second.Text("code") || len(second.Text("code")) != 32 {
		t.Errorf("codes %s, %s", first.Body, second.Body)
	}
	if until, err := time.Parse(time.RFC3339, second.Text("until")); err != nil || !until.Equal(platformtest.Start.Add(24*time.Hour)) {
		t.Errorf("until %s", second.Text("until"))
	}
	claim(s, first.Text("code")).Want(401)
	claim(s, second.Text("code")).Want(201)
	task(s, "offer-claim").Want(409).WantCode(platform.RuleClaimed.Code)
}

// Nobody reaches it with a token, whatever their rights: it has no route.
func TestOfferClaimHasNoRoute(t *testing.T) {
	if s := platform.OfferClaim.Spec; s.HTTP() || s.Route != "" || s.Every != 0 {
		t.Errorf("%+v", s)
	}
}
