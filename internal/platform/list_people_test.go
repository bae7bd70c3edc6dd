package platform_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/platform/platformtest"
)

func TestListPeopleWithinReach(t *testing.T) {
	for scope, want := range map[string][]string{"own": {"mina"}, "subordinates": {"mina", "Report", "Below"}, "all": {"Ailsa Kerr", "mina", "Report", "Below", "Stranger"}} {
		s := platformtest.New(t)
		_, _, token := s.Admin()
		line(s, token)
		mina := reader(s, token, scope)
		for _, size := range []int{1, 2, 50} {
			if got := list(t, s, platformtest.Call{Op: "list-people", Token: mina}, size, "name"); !slices.Equal(got, want) {
				t.Errorf("%s in pages of %d: %v", scope, size, got)
			}
		}
	}
}

// Whatever the tree of managers, a manager's list is what a walk over all records gives, in pages of any size.
func TestSubordinatesAsTheModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := platformtest.New(t)
		_, _, token := s.Admin()
		mina, user := s.User(token, "mina", "")
		role := s.Do(platformtest.Call{Op: "create-role", Token: token, Body: `{"name":"R","rights":["platform.people.read"]}`}).Want(201).Text("id")
		s.Grant(token, user, role, "subordinates")
		people, below := []string{mina}, map[string]bool{mina: true}
		for i := range rapid.IntRange(0, 8).Draw(rt, "people") {
			above := rapid.IntRange(-1, len(people)-1).Draw(rt, fmt.Sprintf("manager of %d", i))
			body := `{"name":"A"}`
			if above >= 0 {
				body = fmt.Sprintf(`{"name":"A","manager":%q}`, people[above])
			}
			id := s.Do(platformtest.Call{Op: "create-person", Token: token, Body: body}).Want(201).Text("id")
			below[id] = above >= 0 && below[people[above]]
			people = append(people, id)
		}
		want := slices.DeleteFunc(people, func(id string) bool { return !below[id] })
		own := s.SignIn("mina@example.com", platformtest.Password, "").Text("accessToken")
		size := rapid.IntRange(1, 5).Draw(rt, "size")
		if got := list(t, s, platformtest.Call{Op: "list-people", Token: own}, size, "id"); !slices.Equal(got, want) {
			rt.Fatalf("got %v, want %v", got, want)
		}
	})
}

// A cursor is worth nothing to another tenant.
func TestCursorsStayInTheirTenant(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	s.Do(platformtest.Call{Op: "create-person", Token: token, Body: `{"name":"A"}`}).Want(201)
	_, admin := client(s, token, "iain@example.com")
	page := s.Do(platformtest.Call{Op: "list-people", Token: token, Query: "limit=1"}).Want(200)
	cursor := page.Member("page").(map[string]any)["next"].(string)
	s.Do(platformtest.Call{Op: "list-people", Token: admin, Query: "limit=1&cursor=" + cursor}).Want(400).WantCode("API-020")
	s.Do(platformtest.Call{Op: "list-users", Token: token, Query: "limit=1&cursor=" + cursor}).Want(400)
}
