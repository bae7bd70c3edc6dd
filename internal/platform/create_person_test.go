package platform_test

import (
	"fmt"
	"testing"

	"backoffice/internal/platform/platformtest"
)

func TestCreatePerson(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	create := func(body string) platformtest.Answer {
		return s.Do(platformtest.Call{Op: "create-person", Token: token, Body: body})
	}
	a := create(`{"name":"Mina Patel","source":"hr","externalId":"E-1"}`).Want(201)
	if a.Header.Get("Location") != "/platform/v1/people/"+a.Text("id") || a.Header.Get("ETag") != `"v1"` || a.Text("externalId") != "E-1" {
		t.Errorf("person: %v %s", a.Header, a.Body)
	}
	create(`{"name":"\u00a0 "}`).Want(422).WantCode("PLT-GEN-001", "/name")
	create(`{"name":"A","source":"hr"}`).Want(422).WantCode("PLT-GEN-004", "/externalId")
	create(`{"name":"A","manager":"`+unknownPerson+`"}`).Want(422).WantCode("PLT-PER-001", "/manager")
	_, admin := client(s, token, "iain@example.com")
	s.Do(platformtest.Call{Op: "create-person", Token: admin, Body: fmt.Sprintf(`{"name":"A","manager":%q}`, a.Text("id"))}).Want(422).WantCode("PLT-PER-001", "/manager")
}

// A line of managers has at most 32 people above one.
func TestLineOfManagersIsBounded(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	above := ""
	for i := range 34 {
		body := `{"name":"A"}`
		if above != "" {
			body = fmt.Sprintf(`{"name":"A","manager":%q}`, above)
		}
		a := s.Do(platformtest.Call{Op: "create-person", Token: token, Body: body})
		if i >= 32 {
			a.Want(422).WantCode("PLT-PER-003", "/manager")
			continue
		}
		above = a.Want(201).Text("id")
	}
}
