package platform_test

import (
	"slices"
	"testing"

	"backoffice/internal/platform/platformtest"
)

func TestListRoleAssignments(t *testing.T) {
	s := platformtest.New(t)
	_, admin, token := s.Admin()
	_, mina := s.User(token, "mina", "")
	want := []string{s.Grant(token, mina, "auditor", "own"), s.Grant(token, mina, "bookkeeper", "own"), s.Grant(token, mina, "approver", "own")}
	s.Do(platformtest.Call{Op: "revoke-role", Token: token, Path: "principalId=" + mina + " assignmentId=" + want[1], Match: 1}).Want(200)
	own := s.SignIn("mina@example.com", platformtest.Password, "").Text("accessToken")
	for _, who := range []string{token, own} { // revoked ones stay, to tell who could do what
		if got := list(t, s, platformtest.Call{Op: "list-role-assignments", Token: who, Path: "principalId=" + mina}, 2, "id"); !slices.Equal(got, want) {
			t.Errorf("assignments %v, want %v", got, want)
		}
	}
	unknown := s.Do(platformtest.Call{Op: "list-role-assignments", Token: own, Path: "principalId=" + unknownUser}).Want(404)
	if a := s.Do(platformtest.Call{Op: "list-role-assignments", Token: own, Path: "principalId=" + admin}); !sameAnswer(a, unknown) {
		t.Errorf("another's: %d", a.Status)
	}
	s.Do(platformtest.Call{Op: "list-role-assignments", Token: token, Path: "principalId=" + unknownUser}).Want(404)
}
