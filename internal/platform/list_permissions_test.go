package platform_test

import (
	"encoding/json"
	"testing"

	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
)

func permissions(t *testing.T, a platformtest.Answer) (held map[string]platform.Permission, all []string) {
	t.Helper()
	var p platform.Permissions
	if err := json.Unmarshal(a.Body, &p); err != nil {
		t.Fatal(err)
	}
	held = map[string]platform.Permission{}
	for _, h := range p.Held {
		held[h.Right] = h
	}
	return held, p.Rights
}

func TestListPermissions(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	held, all := permissions(t, s.Do(platformtest.Call{Op: "list-permissions", Token: token}).Want(200))
	for _, r := range s.Ports.Rights {
		if held[r].Scope != "all" || held[r].Roles[0] != "administrator" {
			t.Errorf("an administrator's %s: %+v", r, held[r])
		}
	}
	if len(all) != len(s.Ports.Rights) {
		t.Errorf("%d rights of %d", len(all), len(s.Ports.Rights))
	}
	s.User(token, "mina", "")
	mina := s.SignIn("mina@example.com", platformtest.Password, "").Text("accessToken")
	held, _ = permissions(t, s.Do(platformtest.Call{Op: "list-permissions", Token: mina}).Want(200))
	for _, r := range s.Ports.Rights {
		if _, ok := held[r]; ok != platform.RoleAllows(platform.RoleEveryone, r) {
			t.Errorf("a user without a role: %s %v", r, ok)
		}
	}
	if h := held["platform.users.read"]; h.Scope != "own" || h.Roles[0] != "everyone" {
		t.Errorf("own user: %+v", h)
	}
}

// Of the rights that a list tells, each can be used, and of the others none: the answer is the authorizer's own.
func TestPermissionsAreTrue(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	_, _, mina := s.Own(token, "mina", "all", "platform.roles.*", "platform.*.read")
	held, _ := permissions(t, s.Do(platformtest.Call{Op: "list-permissions", Token: mina}).Want(200))
	for _, o := range platform.Operations() {
		spec := o.Describe()
		if spec.Public != "" || !spec.HTTP() {
			continue
		}
		a := s.Do(platformtest.Call{Op: spec.Name(), Token: mina, Path: "x=y"})
		_, ok := held[spec.Right()]
		if ok == (a.Status == 403) {
			t.Errorf("%s: told %v, answered %d", spec.ID, ok, a.Status)
		}
	}
}
