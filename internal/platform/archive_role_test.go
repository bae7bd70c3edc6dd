package platform_test

import (
	"testing"
	"time"

	"backoffice/internal/platform/platformtest"
)

func TestArchiveRole(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	id := createRole(s, token, `["platform.roles.read"]`).Want(201).Text("id")
	_, mina := s.User(token, "mina", "")
	s.Grant(token, mina, id, "all")
	own := s.SignIn("mina@example.com", platformtest.Password, "").Text("accessToken")
	s.Do(platformtest.Call{Op: "list-roles", Token: own}).Want(200)
	archive := func(id string, version int) platformtest.Answer {
		return s.Do(platformtest.Call{Op: "archive-role", Token: token, Path: "roleId=" + id, Match: version})
	}
	if a := archive(id, 1).Want(200); a.Text("state") != "archived" {
		t.Errorf("archived: %s", a.Body)
	}
	archive(id, 2).Want(409).WantCode("PLT-ROL-003")
	archive("auditor", 1).Want(409).WantCode("PLT-ROL-002")
	s.Do(platformtest.Call{Op: "update-role", Token: token, Path: "roleId=" + id, Body: `{"name":"S"}`, Match: 2}).Want(409).WantCode("PLT-ROL-003")
	s.Do(platformtest.Call{Op: "grant-role", Token: token, Path: "principalId=" + mina, Body: `{"role":"` + id + `","scope":"all"}`}).Want(422).WantCode("PLT-ROL-004", "/role")
	s.Advance(time.Minute)
	s.Do(platformtest.Call{Op: "list-roles", Token: own}).Want(403)
}
