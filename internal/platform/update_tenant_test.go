package platform_test

import (
	"testing"

	"backoffice/internal/platform/platformtest"
)

// A client's record is the same for the client and its holder, whoever changes it.
func TestUpdateTenant(t *testing.T) {
	s := platformtest.New(t)
	holder, _, token := s.Admin()
	tenant, admin := client(s, token, "iain@example.com")
	update := func(token, id, body string, version int) platformtest.Answer {
		return s.Do(platformtest.Call{Op: "update-tenant", Token: token, Path: "tenantId=" + id, Body: body, Match: version})
	}
	update(token, tenant, `{"name":"Kelso One"}`, 1).Want(200)
	update(admin, tenant, `{"name":"Kelso Two"}`, 1).Want(412).WantCode("API-015")
	update(admin, tenant, `{"name":"Kelso Two"}`, 2).Want(200)
	for name, own := range map[string]string{"holder": token, "client": admin} {
		a := s.Do(platformtest.Call{Op: "get-tenant", Token: own, Path: "tenantId=" + tenant}).Want(200)
		if a.Text("name") != "Kelso Two" || a.Header.Get("ETag") != `"v3"` {
			t.Errorf("the %s reads %s", name, a.Body)
		}
	}
	update(token, holder, `{"name":"Thistle & Rowan"}`, 1).Want(200)
	update(admin, holder, `{"name":"Mine"}`, 2).Want(404)
	update(token, tenant, `{"name":null}`, 3).Want(422).WantCode("API-004", "/name")
	update(token, tenant, `{"name":" "}`, 3).Want(422).WantCode("PLT-GEN-001", "/name")
	update(token, tenant, `{"holder":"ten_x"}`, 3).Want(400).WantCode("API-002", "/holder")
}
