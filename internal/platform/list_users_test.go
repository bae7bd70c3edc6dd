package platform_test

import (
	"slices"
	"testing"

	"backoffice/internal/platform/platformtest"
)

func TestListUsers(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	manager, _ := s.User(token, "mina", "")
	s.User(token, "rory", manager)
	s.User(token, "joan", "")
	client(s, token, "iain@example.com")
	own := s.SignIn("joan@example.com", platformtest.Password, "").Text("accessToken")
	mina := reader(s, token, "subordinates")
	for name, c := range map[string]struct {
		token string
		want  []string
	}{
		"an administrator": {token, []string{"ailsa@example.com", "mina@example.com", "rory@example.com", "joan@example.com"}},
		"a manager":        {mina, []string{"mina@example.com", "rory@example.com"}},
		"somebody":         {own, []string{"joan@example.com"}},
	} {
		for _, size := range []int{1, 3, 50} {
			if got := list(t, s, platformtest.Call{Op: "list-users", Token: c.token}, size, "email"); !slices.Equal(got, c.want) {
				t.Errorf("%s in pages of %d: %v", name, size, got)
			}
		}
	}
}
