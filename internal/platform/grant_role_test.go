package platform_test

import (
	"fmt"
	"testing"
	"time"

	"backoffice/internal/platform/platformtest"
)

func grant(s *platformtest.System, token, principal, body string) platformtest.Answer {
	return s.Do(platformtest.Call{Op: "grant-role", Token: token, Path: "principalId=" + principal, Body: body})
}

func TestGrantRole(t *testing.T) {
	s := platformtest.New(t)
	_, admin, token := s.Admin()
	_, mina := s.User(token, "mina", "")
	a := grant(s, token, mina, `{"role":"auditor","scope":"all","from":"2026-11-23","to":"2026-11-24"}`).Want(201)
	if a.Text("from") != "2026-11-23" || a.Text("to") != "2026-11-24" || a.Text("state") != "active" {
		t.Errorf("assignment: %s", a.Body)
	}
	grant(s, token, mina, `{"role":"auditor","scope":"all","from":"2026-11-24","to":"2026-11-23"}`).Want(422).WantCode("PLT-RAS-001", "/to")
	grant(s, token, mina, `{"role":"auditor","scope":"everything"}`).Want(422).WantCode("API-007", "/scope")
	grant(s, token, mina, `{"role":"auditor","scope":"all","from":"2026-02-30"}`).Want(422).WantCode("API-008", "/from")
	grant(s, token, mina, `{"role":"auditor","scope":"all","entity":"Northern"}`).Want(422).WantCode("API-008", "/entity")
	grant(s, token, mina, `{"role":"everyone","scope":"all"}`).Want(422).WantCode("PLT-ROL-004", "/role")
	grant(s, token, mina, `{"role":"rol_01JD2M8G3S6QX4T5V7W9Y0Z1A2","scope":"all"}`).Want(422).WantCode("PLT-ROL-004", "/role")
	grant(s, token, admin, `{"role":"auditor","scope":"all"}`).Want(403).WantCode("PLT-RAS-002")
	grant(s, token, unknownUser, `{"role":"auditor","scope":"all"}`).Want(404)
	grant(s, token, "system", `{"role":"auditor","scope":"all"}`).Want(404)
	_, other := client(s, token, "iain@example.com")
	grant(s, other, mina, `{"role":"auditor","scope":"all"}`).Want(404)
}

// A role holds on the days from its first to its last, in UTC, both included.
func TestGrantsHoldWithinTheirDates(t *testing.T) {
	s := platformtest.New(t) // 23 November, 9:00
	_, _, token := s.Admin()
	_, mina := s.User(token, "mina", "")
	grant(s, token, mina, `{"role":"auditor","scope":"all","from":"2026-11-24","to":"2026-11-25"}`).Want(201)
	for hours, status := range map[time.Duration]int{0: 403, 14: 403, 15: 200, 38: 200, 62: 200, 63: 403} {
		s.Advance(hours * time.Hour)
		own := s.SignIn("mina@example.com", platformtest.Password, "").Text("accessToken")
		if a := s.Do(platformtest.Call{Op: "list-roles", Token: own}); a.Status != status {
			t.Errorf("after %d hours: %d", hours, a.Status)
		}
		s.Advance(-hours * time.Hour)
	}
}

// Nobody grants a role with rights that they do not have themselves, for every record and every entity.
func TestNobodyGrantsMoreThanTheyHave(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	_, mina := s.User(token, "mina", "")
	_, _, clerk := s.Own(token, "joan", "all", "platform.role-assignments.*", "platform.people.read")
	narrow := createRole(s, token, `["platform.people.read"]`).Want(201).Text("id")
	grant(s, clerk, mina, fmt.Sprintf(`{"role":%q,"scope":"all"}`, narrow)).Want(201)
	for _, role := range []string{"administrator", "auditor", "accountant"} {
		grant(s, clerk, mina, fmt.Sprintf(`{"role":%q,"scope":"own"}`, role)).Want(403).WantCode("PLT-RAS-003")
	}
}

// A role for one entity gives nothing where entities are not told apart.
func TestGrantForOneEntity(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	_, mina := s.User(token, "mina", "")
	a := grant(s, token, mina, `{"role":"administrator","scope":"all","entity":"ent_01JD2M8G3S6QX4T5V7W9Y0Z1A2"}`).Want(201)
	if a.Text("entity") != "ent_01JD2M8G3S6QX4T5V7W9Y0Z1A2" {
		t.Errorf("assignment: %s", a.Body)
	}
	own := s.SignIn("mina@example.com", platformtest.Password, "").Text("accessToken")
	s.Do(platformtest.Call{Op: "list-roles", Token: own}).Want(403)
	grant(s, own, mina, `{"role":"auditor","scope":"all"}`).Want(403)
	held, _ := permissions(t, s.Do(platformtest.Call{Op: "list-permissions", Token: own}).Want(200))
	if h := held["platform.roles.read"]; len(h.Entities) != 1 {
		t.Errorf("what is told of it: %+v", h)
	}
}
