package platform_test

import (
	"testing"

	"backoffice/internal/platform/platformtest"
)

func TestGetServiceKey(t *testing.T) {
	s := platformtest.New(t)
	_, admin, token := s.Admin()
	id := s.Do(platformtest.Call{Op: "create-service-key", Token: token, Body: `{"name":"K"}`}).Want(201).Text("id")
	get := func(token, id string) platformtest.Answer {
		return s.Do(platformtest.Call{Op: "get-service-key", Token: token, Path: "keyId=" + id})
	}
	if a := get(token, id).Want(200); a.Member("bearer") != nil || a.Text("state") != "active" {
		t.Errorf("key: %s", a.Body)
	}
	get(token, admin).Want(404) // a user is no key
	_, other := client(s, token, "iain@example.com")
	get(other, id).Want(404)
}
