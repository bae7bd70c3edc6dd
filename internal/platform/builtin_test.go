package platform_test

import (
	"testing"
	"time"

	"backoffice/internal/civil"
	"backoffice/internal/platform"
	"backoffice/internal/platform/right"
)

func TestBuiltInRoles(t *testing.T) {
	today := civil.Of(2026, time.November, 23)
	for _, name := range append(platform.BuiltInRoles(), platform.RoleEveryone) {
		rights, ok := platform.BuiltInRights(name, today)
		if !ok || len(rights) == 0 {
			t.Errorf("%s has no rights", name)
		}
		for _, r := range rights {
			if !right.IsPattern(r) {
				t.Errorf("%s: %q is no pattern", name, r)
			}
		}
		if before, _ := platform.BuiltInRights(name, civil.Of(2025, time.December, 31)); before != nil {
			t.Errorf("%s had rights before there was a system: %v", name, before)
		}
	}
	if _, ok := platform.BuiltInRole(platform.RoleEveryone, today); ok {
		t.Error("everyone can be assigned")
	}
	if _, ok := platform.BuiltInRights("nobody", today); ok {
		t.Error("a role that does not exist")
	}
}

// An auditor reads everything and changes nothing; what everyone has is their own.
func TestRoleAllows(t *testing.T) {
	for _, o := range platform.Operations() {
		spec := o.Describe()
		if spec.Public != "" {
			continue
		}
		if platform.RoleAllows(platform.RoleAuditor, spec.Right()) && spec.Writes() {
			t.Errorf("an auditor may %s", spec.ID)
		}
		if !platform.RoleAllows(platform.RoleAdministrator, spec.Right()) {
			t.Errorf("an administrator may not %s", spec.ID)
		}
	}
	if platform.RoleAllows("nobody", "platform.users.read") || platform.RoleAllows(platform.RoleAuditor, "finance.*") {
		t.Error("a role or a right that does not exist")
	}
}
