package platform_test

import (
	"fmt"
	"testing"

	"backoffice/internal/platform/platformtest"
)

func createRole(s *platformtest.System, token, rights string) platformtest.Answer {
	return s.Do(platformtest.Call{Op: "create-role", Token: token, Body: fmt.Sprintf(`{"name":"R","rights":%s}`, rights)})
}

func TestCreateRole(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	a := createRole(s, token, `["platform.users.read","platform.*","*.*.read","*"]`).Want(201)
	if a.Text("state") != "active" || a.Member("builtIn") != false {
		t.Errorf("role: %s", a.Body)
	}
	createRole(s, token, `["platform.users.read","platform.users","x"]`).Want(422).WantCode("PLT-ROL-001", "/rights/1", "/rights/2")
	createRole(s, token, `["platform.users.raed"]`).Want(422).WantCode("PLT-ROL-001", "/rights/0") // no operation asks for it
	createRole(s, token, `["nowhere.*"]`).Want(422).WantCode("PLT-ROL-001", "/rights/0")
	createRole(s, token, `[]`).Want(422).WantCode("API-027")
	s.Do(platformtest.Call{Op: "create-role", Token: token, Body: `{"name":" ","rights":["*"]}`}).Want(422).WantCode("PLT-GEN-001", "/name")
}

// Nobody puts more into a role than they have for every record.
func TestNobodyCreatesMoreThanTheyHave(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	_, _, mina := s.Own(token, "mina", "all", "platform.roles.*", "platform.*.read")
	createRole(s, mina, `["platform.roles.update","platform.users.read"]`).Want(201)
	for _, more := range []string{`["platform.users.create"]`, `["platform.*"]`, `["*.*.read"]`, `["*"]`, `["platform.roles.read","platform.users.*"]`} {
		createRole(s, mina, more).Want(403).WantCode("PLT-RAS-003")
	}
	_, _, joan := s.Own(token, "joan", "subordinates", "platform.roles.*")
	createRole(s, joan, `["platform.roles.read"]`).Want(403)
}
