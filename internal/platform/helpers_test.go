package platform_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"backoffice/internal/platform/platformtest"
)

// list reads a whole list in pages of a size and gives the values of one member.
func list(t *testing.T, s *platformtest.System, c platformtest.Call, size int, member string) []string {
	t.Helper()
	var out []string
	for cursor := ""; ; {
		c.Query = fmt.Sprintf("limit=%d&cursor=%s", size, cursor)
		a := s.Do(c).Want(200)
		var page struct {
			Data []map[string]any
			Page struct {
				HasMore bool
				Next    string
			}
		}
		if err := json.Unmarshal(a.Body, &page); err != nil {
			t.Fatal(err)
		}
		if len(page.Data) > size || page.Page.HasMore != (page.Page.Next != "") {
			t.Fatalf("a page of %d: %s", size, a.Body)
		}
		for _, r := range page.Data {
			out = append(out, r[member].(string))
		}
		if cursor = page.Page.Next; cursor == "" {
			return out
		}
	}
}

// sameAnswer tells whether two answers are the same to whoever got them.
func sameAnswer(a, b platformtest.Answer) bool {
	return a.Status == b.Status && string(a.Body) == string(b.Body)
}

const (
	unknownPerson = "per_01JD2M8G3S6QX4T5V7W9Y0Z1A2"
	unknownUser   = "usr_01JD2M8G3S6QX4T5V7W9Y0Z1A2"
	unknownTenant = "ten_01JD2M8G3S6QX4T5V7W9Y0Z1A2"
)

// client makes a client tenant and gives its id and its administrator's token.
func client(s *platformtest.System, token, email string) (tenant, admin string) {
	s.T.Helper()
	tenant = s.Do(platformtest.Call{Op: "create-tenant", Token: token, Body: fmt.Sprintf(
		`{"name":"Kelso Bakery","administrator":{"name":"Iain Hay","email":%q,"password":%q}}`, email, platformtest.Password)}).Want(201).Text("id")
	return tenant, s.SignIn(email, platformtest.Password, "").Text("accessToken")
}
