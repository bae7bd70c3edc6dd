package platform_test

import (
	"testing"

	"backoffice/internal/platform/platformtest"
)

func TestCreateTenant(t *testing.T) {
	s := platformtest.New(t)
	holder, _, token := s.Admin()
	tenant, admin := client(s, token, "iain@example.com")
	if tenant == holder {
		t.Fatal("the holder itself")
	}
	own := s.Do(platformtest.Call{Op: "get-tenant", Token: admin, Path: "tenantId=" + tenant}).Want(200)
	if own.Text("holder") != holder || own.Text("name") != "Kelso Bakery" {
		t.Errorf("the client: %s", own.Body)
	}
	if people := list(t, s, platformtest.Call{Op: "list-people", Token: admin}, 10, "name"); len(people) != 1 || people[0] != "Iain Hay" {
		t.Errorf("the client's people: %v", people)
	}
	if people := list(t, s, platformtest.Call{Op: "list-people", Token: token}, 10, "name"); len(people) != 1 || people[0] != "Ailsa Kerr" {
		t.Errorf("the holder's people: %v", people)
	}
	s.Do(platformtest.Call{Op: "create-role", Token: admin, Body: `{"name":"R","rights":["*"]}`}).Want(201)
}

func TestCreateTenantRefusals(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	for body, pointer := range map[string]string{
		`{"name":" ","administrator":{"name":"A","email":"a@example.com","password":"slate-otter-winds"}}`: "/name",
		`{"name":"K","administrator":{"name":" ","email":"a@example.com","password":"slate-otter-winds"}}`: "/administrator/name",
		`{"name":"K","administrator":{"name":"A","email":"nowhere","password":"slate-otter-winds"}}`:       "/administrator/email",
		`{"name":"K","administrator":{"name":"A","email":"a@example.com","password":"Password1"}}`:         "/administrator/password",
		`{"name":"K","administrator":{"name":"A","email":"a.kerr@example.com","password":"A.Kerr-2026"}}`:  "/administrator/password",
		`{"name":"K"}`: "/administrator",
	} {
		a := s.Do(platformtest.Call{Op: "create-tenant", Token: token, Body: body}).Want(422)
		if got := a.Member("errors").([]any)[0].(map[string]any)["pointer"]; got != pointer {
			t.Errorf("%s: %v", body, got)
		}
	}
	_, _, narrow := s.Own(token, "mina", "own", "platform.tenants.*")
	s.Do(platformtest.Call{Op: "create-tenant", Token: narrow, Body: `{"name":"K","administrator":{"name":"A","email":"a@example.com","password":"slate-otter-winds"}}`}).Want(403)
	s.Do(platformtest.Call{Op: "list-tenants", Token: narrow}).Want(403)
}
