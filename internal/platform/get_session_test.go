package platform_test

import (
	"testing"

	"backoffice/internal/platform/platformtest"
)

func TestGetSession(t *testing.T) {
	s := platformtest.New(t)
	tenant, user, token := s.Admin()
	a := s.Do(platformtest.Call{Op: "get-session", Token: token}).Want(200)
	if a.Text("tenant") != tenant || a.Text("principal") != user || a.Text("email") != "ailsa@example.com" || a.Text("name") != "Ailsa Kerr" ||
		a.Text("authTime") != "2026-11-23T09:00:00Z" {
		t.Errorf("session: %s", a.Body)
	}
	bearer := s.Do(platformtest.Call{Op: "create-service-key", Token: token, Body: `{"name":"Nightly export"}`}).Want(201).Text("bearer")
	k := s.Do(platformtest.Call{Op: "get-session", Token: bearer}).Want(200)
	if k.Text("name") != "Nightly export" || k.Member("email") != nil || k.Member("person") != nil || k.Text("principal")[:4] != "key_" {
		t.Errorf("a machine's: %s", k.Body)
	}
	s.Do(platformtest.Call{Op: "get-session"}).Want(401).WantCode("API-017")
}
