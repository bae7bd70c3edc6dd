package platform_test

import (
	"fmt"
	"testing"
	"time"

	"backoffice/internal/platform/platformtest"
)

func TestUpdatePerson(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	manager, report, below, stranger := line(s, token)
	update := func(id, body string, version int) platformtest.Answer {
		return s.Do(platformtest.Call{Op: "update-person", Token: token, Path: "personId=" + id, Body: body, Match: version})
	}
	update(report, `{"name":"Rory"}`, 0).Want(428).WantCode("API-013")
	a := update(report, `{"name":"Rory"}`, 1).Want(200)
	if a.Text("name") != "Rory" || a.Text("manager") != manager || a.Header.Get("ETag") != `"v2"` {
		t.Errorf("patched: %s", a.Body)
	}
	update(report, `{"name":"R"}`, 1).Want(412)
	if a := update(report, `{"manager":null}`, 2).Want(200); a.Member("manager") != nil || a.Text("name") != "Rory" {
		t.Errorf("without manager: %s", a.Body)
	}
	update(report, fmt.Sprintf(`{"manager":%q}`, manager), 3).Want(200)
	update(manager, fmt.Sprintf(`{"manager":%q}`, below), 1).Want(422).WantCode("PLT-PER-002", "/manager")
	update(manager, fmt.Sprintf(`{"manager":%q}`, manager), 1).Want(422).WantCode("PLT-PER-002", "/manager")
	update(manager, fmt.Sprintf(`{"manager":%q}`, stranger), 1).Want(200)
	update(unknownPerson, `{"name":"A"}`, 1).Want(404)
	update(report, `{"id":"per_x"}`, 4).Want(400).WantCode("API-002", "/id")
}

// When somebody changes manager, rights over subordinates follow within a minute.
func TestReachFollowsTheLine(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	manager, report, _, stranger := line(s, token)
	mina := reader(s, token, "subordinates")
	get := platformtest.Call{Op: "get-person", Token: mina, Path: "personId=" + stranger}
	s.Do(get).Want(404)
	for i, above := range []string{manager, report, ""} { // below the manager, below a report, below nobody
		body := `{"manager":null}`
		if above != "" {
			body = fmt.Sprintf(`{"manager":%q}`, above)
		}
		s.Do(platformtest.Call{Op: "update-person", Token: token, Path: "personId=" + stranger, Body: body, Match: i + 1}).Want(200)
		s.Advance(time.Minute)
		if a := s.Do(get); (a.Status == 200) != (above != "") {
			t.Errorf("below %q: %d", above, a.Status)
		}
	}
}
