package platform_test

import (
	"sync"
	"testing"

	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
)

func disable(s *platformtest.System, token, user string) platformtest.Answer {
	return s.Do(platformtest.Call{Op: "disable-user", Token: token, Path: "userId=" + user, Match: 1})
}

// The last administrator can be neither disabled nor stripped of the role, whoever asks; another one frees the first.
func TestLastAdministratorStays(t *testing.T) {
	s := platformtest.New(t)
	_, admin, token := s.Admin()
	_, _, helper := s.Own(token, "helper", "all", "platform.*", "*.*.read")
	disable(s, helper, admin).Want(409).WantCode(platform.RuleLastAdministrator.Code)
	assignment := s.Do(platformtest.Call{Op: "list-role-assignments", Token: token, Path: "principalId=" + admin}).Want(200).Member("data").([]any)[0].(map[string]any)["id"].(string)
	revoke := platformtest.Call{Op: "revoke-role", Token: helper, Path: "principalId=" + admin + " assignmentId=" + assignment, Match: 1}
	s.Do(revoke).Want(409).WantCode(platform.RuleLastAdministrator.Code)
	_, second := s.User(token, "second", "")
	s.Do(platformtest.Call{Op: "grant-role", Token: token, Path: "principalId=" + second, Body: `{"role":"administrator","scope":"all","to":"2027-01-01"}`}).Want(201)
	s.Do(revoke).Want(409) // one whose time runs out is not enough
	s.Grant(token, second, platform.RoleAdministrator, "all")
	s.Do(revoke).Want(200)
	disable(s, helper, second).Want(409).WantCode(platform.RuleLastAdministrator.Code)
}

// Whoever was disabled counts again once enabled.
func TestEnabledAdministratorCountsAgain(t *testing.T) {
	s := platformtest.New(t)
	_, admin, token := s.Admin()
	_, _, helper := s.Own(token, "helper", "all", "platform.*")
	_, second := s.User(token, "second", "")
	s.Grant(token, second, platform.RoleAdministrator, "all")
	disable(s, helper, second).Want(200)
	disable(s, helper, admin).Want(409)
	s.Do(platformtest.Call{Op: "enable-user", Token: token, Path: "userId=" + second, Match: 2}).Want(200)
	disable(s, helper, admin).Want(200)
}

// Of two who disable each other at once, one stays.
func TestTwoAdministratorsCannotRemoveEachOther(t *testing.T) {
	s := platformtest.New(t)
	_, admin, token := s.Admin()
	_, second := s.User(token, "second", "")
	s.Grant(token, second, platform.RoleAdministrator, "all")
	other := s.SignIn("second@example.com", platformtest.Password, "").Text("accessToken")
	var group sync.WaitGroup
	answers := make(chan int, 2)
	group.Go(func() { answers <- disable(s, token, second).Status })
	group.Go(func() { answers <- disable(s, other, admin).Status })
	group.Wait()
	close(answers)
	done := 0
	for status := range answers {
		if status == 200 {
			done++
		}
	}
	if done != 1 {
		t.Errorf("%d were disabled", done)
	}
}
