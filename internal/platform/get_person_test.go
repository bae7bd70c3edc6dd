package platform_test

import (
	"fmt"
	"testing"

	"backoffice/internal/platform/platformtest"
)

// line makes a manager with a report, that report's report, and a stranger.
func line(s *platformtest.System, token string) (manager, report, below, stranger string) {
	s.T.Helper()
	person := func(name, manager string) string {
		body := fmt.Sprintf(`{"name":%q}`, name)
		if manager != "" {
			body = fmt.Sprintf(`{"name":%q,"manager":%q}`, name, manager)
		}
		return s.Do(platformtest.Call{Op: "create-person", Token: token, Body: body}).Want(201).Text("id")
	}
	manager, _ = s.User(token, "mina", "")
	report = person("Report", manager)
	return manager, report, person("Below", report), person("Stranger", "")
}

// reader signs in as the manager with a right to read people of a scope.
func reader(s *platformtest.System, token, scope string) string {
	s.T.Helper()
	user := list(s.T.(*testing.T), s, platformtest.Call{Op: "list-users", Token: token}, 50, "id")[1]
	role := s.Do(platformtest.Call{Op: "create-role", Token: token, Body: `{"name":"R","rights":["platform.people.read","platform.users.read"]}`}).Want(201).Text("id")
	s.Grant(token, user, role, scope)
	return s.SignIn("mina@example.com", platformtest.Password, "").Text("accessToken")
}

// Own reaches the caller, subordinates also everybody below, all everybody; whatever is out of reach is as if it were not.
func TestGetPersonWithinReach(t *testing.T) {
	for scope, reach := range map[string]int{"own": 1, "subordinates": 3, "all": 4} {
		s := platformtest.New(t)
		_, _, token := s.Admin()
		manager, report, below, stranger := line(s, token)
		mina := reader(s, token, scope)
		unknown := s.Do(platformtest.Call{Op: "get-person", Token: mina, Path: "personId=" + unknownPerson}).Want(404)
		for i, id := range []string{manager, report, below, stranger} {
			a := s.Do(platformtest.Call{Op: "get-person", Token: mina, Path: "personId=" + id})
			if i < reach && a.Status != 200 || i >= reach && !sameAnswer(a, unknown) {
				t.Errorf("%s, person %d: %d", scope, i, a.Status)
			}
		}
	}
}

func TestGetPersonOfAnotherTenant(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	_, admin := client(s, token, "iain@example.com")
	id := s.Do(platformtest.Call{Op: "create-person", Token: token, Body: `{"name":"A"}`}).Want(201).Text("id")
	other := s.Do(platformtest.Call{Op: "get-person", Token: admin, Path: "personId=" + id})
	if unknown := s.Do(platformtest.Call{Op: "get-person", Token: admin, Path: "personId=" + unknownPerson}).Want(404); !sameAnswer(other, unknown) {
		t.Errorf("another tenant's: %d %s", other.Status, other.Body)
	}
}
