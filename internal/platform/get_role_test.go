package platform_test

import (
	"testing"

	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
)

func TestGetRole(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	get := func(token, id string) platformtest.Answer {
		return s.Do(platformtest.Call{Op: "get-role", Token: token, Path: "roleId=" + id})
	}
	for _, name := range platform.BuiltInRoles() {
		if a := get(token, name).Want(200); a.Member("builtIn") != true || a.Text("name") != name {
			t.Errorf("%s: %s", name, a.Body)
		}
	}
	own := createRole(s, token, `["*"]`).Want(201).Text("id")
	get(token, own).Want(200)
	_, admin := client(s, token, "iain@example.com")
	unknown := get(admin, "rol_01JD2M8G3S6QX4T5V7W9Y0Z1A2").Want(404)
	for _, id := range []string{own, platform.RoleEveryone, "Administrator", ""} {
		if a := get(admin, id); !sameAnswer(a, unknown) {
			t.Errorf("%q: %d", id, a.Status)
		}
	}
}
