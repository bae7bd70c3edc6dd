package platform_test

import (
	"testing"
	"time"

	"backoffice/internal/platform/platformtest"
)

func TestUpdateRole(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	update := func(token, id, body string, version int) platformtest.Answer {
		return s.Do(platformtest.Call{Op: "update-role", Token: token, Path: "roleId=" + id, Body: body, Match: version})
	}
	id := createRole(s, token, `["platform.users.read"]`).Want(201).Text("id")
	update(token, id, `{"rights":["platform.nothing.read"]}`, 1).Want(422).WantCode("PLT-ROL-001", "/rights/0")
	update(token, id, `{"rights":[]}`, 1).Want(422)
	update(token, id, `{"rights":null}`, 1).Want(422).WantCode("API-004", "/rights")
	if a := update(token, id, `{"rights":["platform.*.read"]}`, 1).Want(200); a.Text("name") != "R" || a.Header.Get("ETag") != `"v2"` {
		t.Errorf("patched: %s", a.Body)
	}
	update(token, id, `{"name":"S"}`, 1).Want(412)
	update(token, "administrator", `{"name":"S"}`, 1).Want(409).WantCode("PLT-ROL-002")
	_, _, mina := s.Own(token, "mina", "all", "platform.roles.*")
	update(mina, id, `{"rights":["*"]}`, 2).Want(403).WantCode("PLT-RAS-003")
}

// Whoever holds a role has its new rights, and has lost the old ones, within a minute.
func TestUpdatedRolesHoldWithinAMinute(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	id := createRole(s, token, `["platform.roles.read"]`).Want(201).Text("id")
	_, mina := s.User(token, "mina", "")
	s.Grant(token, mina, id, "all")
	own := s.SignIn("mina@example.com", platformtest.Password, "").Text("accessToken")
	s.Do(platformtest.Call{Op: "list-roles", Token: own}).Want(200)
	s.Do(platformtest.Call{Op: "update-role", Token: token, Path: "roleId=" + id, Body: `{"rights":["platform.tenants.read"]}`, Match: 1}).Want(200)
	s.Advance(time.Minute)
	s.Do(platformtest.Call{Op: "list-roles", Token: own}).Want(403)
	s.Do(platformtest.Call{Op: "list-tenants", Token: own}).Want(200)
}
