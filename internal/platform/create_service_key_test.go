package platform_test

import (
	"strings"
	"testing"

	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
)

func TestCreateServiceKey(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	call := platformtest.Call{Op: "create-service-key", Token: token, Body: `{"name":"Nightly export"}`, Key: "once"}
	a := s.Do(call).Want(201)
	bearer, id := a.Text("bearer"), a.Text("id")
	again := s.Do(call).Want(201)
	if again.Text("id") != id || again.Member("bearer") != nil || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("replayed: %s", again.Body)
	}
	if dry := s.Do(platformtest.Call{Op: "create-service-key", Token: token, Body: `{"name":"K"}`, Query: "dryRun=true"}).Want(201); dry.Member("bearer") != nil {
		t.Errorf("tried out: %s", dry.Body)
	}
	s.Do(platformtest.Call{Op: "create-service-key", Token: token, Body: `{"name":" "}`}).Want(422).WantCode("PLT-GEN-001", "/name")

	s.Do(platformtest.Call{Op: "list-roles", Token: bearer}).Want(403) // no rights of its own
	s.Grant(token, id, "auditor", "all")
	s.Open(t) // as another process, which has nothing in memory
	s.Do(platformtest.Call{Op: "list-roles", Token: bearer}).Want(200)
	s.Do(platformtest.Call{Op: "create-person", Token: bearer, Body: `{"name":"A"}`}).Want(403)
	for name, bad := range map[string]string{"another secret": bearer[:len(bearer)-1] + "!", "no secret": id, "an empty secret": id + ".", "cut": bearer[:len(bearer)-8],
		"another key": strings.Replace(bearer, id, "key_01JD2M8G3S6QX4T5V7W9Y0Z1A2", 1), "another tenant": strings.Replace(bearer, "."+bearer[len(id)+1:len(id)+27], ".01JD2M8G3S6QX4T5V7W9Y0Z1A2", 1)} {
		if a := s.Do(platformtest.Call{Op: "list-roles", Token: bad}); a.Status != 401 {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
}

func FuzzParseBearer(f *testing.F) {
	f.Add("key_01JD2M8G3S6QX4T5V7W9Y0Z1A2.01JD2M8G3S6QX4T5V7W9Y0Z1A2" + strings.Repeat("x", 43))
	f.Add("key_.")
	f.Fuzz(func(t *testing.T, text string) {
		tenant, key, secret, ok := platform.ParseBearer(text)
		if !ok {
			return
		}
		if key+"."+secret != text || strings.ContainsAny(tenant+key, "|%") || "ten_"+secret[:26] != tenant {
			t.Fatalf("%q: %q %q %q", text, tenant, key, secret)
		}
	})
}
