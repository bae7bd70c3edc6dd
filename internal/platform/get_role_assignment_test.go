package platform_test

import (
	"testing"

	"backoffice/internal/platform/platformtest"
)

func TestGetRoleAssignment(t *testing.T) {
	s := platformtest.New(t)
	_, admin, token := s.Admin()
	_, mina := s.User(token, "mina", "")
	id := s.Grant(token, mina, "auditor", "own")
	own := s.SignIn("mina@example.com", platformtest.Password, "").Text("accessToken")
	get := func(token, principal, id string) platformtest.Answer {
		return s.Do(platformtest.Call{Op: "get-role-assignment", Token: token, Path: "principalId=" + principal + " assignmentId=" + id})
	}
	for _, who := range []string{token, own} {
		if a := get(who, mina, id).Want(200); a.Text("role") != "auditor" || a.Header.Get("ETag") != `"v1"` {
			t.Errorf("assignment: %s", a.Body)
		}
	}
	get(token, admin, id).Want(404)
	get(own, admin, id).Want(404)
	get(token, mina, "ras_01JD2M8G3S6QX4T5V7W9Y0Z1A2").Want(404)
}
