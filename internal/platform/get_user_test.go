package platform_test

import (
	"testing"

	"backoffice/internal/platform/platformtest"
)

func TestGetUser(t *testing.T) {
	s := platformtest.New(t)
	_, admin, token := s.Admin()
	_, mina := s.User(token, "mina", "")
	own := s.SignIn("mina@example.com", platformtest.Password, "").Text("accessToken")
	get := func(token, id string) platformtest.Answer {
		return s.Do(platformtest.Call{Op: "get-user", Token: token, Path: "userId=" + id})
	}
	get(token, mina).Want(200)
	get(own, mina).Want(200) // one's own needs no role
	unknown := get(own, unknownUser).Want(404)
	key := s.Do(platformtest.Call{Op: "create-service-key", Token: token, Body: `{"name":"K"}`}).Want(201).Text("id")
	for _, id := range []string{admin, key, "", "usr_"} {
		if a := get(own, id); !sameAnswer(a, unknown) {
			t.Errorf("%q: %d %s", id, a.Status, a.Body)
		}
	}
	if a := get(token, key); a.Status != 404 { // a service key is no user, even to an administrator
		t.Errorf("a key as a user: %d", a.Status)
	}
	s.Do(platformtest.Call{Op: "get-user", Path: "userId=" + mina}).Want(401)
}

// A manager with the right over subordinates reads their users.
func TestGetUserOfASubordinate(t *testing.T) {
	s := platformtest.New(t)
	_, admin, token := s.Admin()
	manager, _ := s.User(token, "mina", "")
	_, report := s.User(token, "rory", manager)
	mina := reader(s, token, "subordinates")
	s.Do(platformtest.Call{Op: "get-user", Token: mina, Path: "userId=" + report}).Want(200)
	s.Do(platformtest.Call{Op: "get-user", Token: mina, Path: "userId=" + admin}).Want(404)
}
