package platform

import (
	"slices"
	"time"

	"backoffice/internal/civil"
	"backoffice/internal/platform/right"
)

// The built-in roles.
const (
	RoleAdministrator = "administrator"
	RoleAccountant    = "accountant"
	RoleBookkeeper    = "bookkeeper"
	RoleApprover      = "approver"
	RoleAuditor       = "auditor"
	// RoleEveryone is held by every active principal over what is its own. It is never assigned.
	RoleEveryone = "everyone"
)

// builtIn is a role that is part of the system. Its rights are dated: a change of what a role may do adds a row, so that
// what somebody could do on a day can still be told.
type builtIn struct {
	role string
	from civil.Date
	// rights hold from that day until the role's next row.
	rights []string
}

// builtIns are the rows of all built-in roles, by role and then by date.
func builtIns() []builtIn {
	start := civil.Of(2026, time.January, 1)
	return []builtIn{
		{RoleAdministrator, start, []string{"*"}},
		{RoleAccountant, start, []string{"finance.*", "migration.*", "platform.jobs.*", "*.*.read"}},
		{RoleBookkeeper, start, []string{"finance.*.read", "finance.journals.*", "finance.parties.*", "finance.exports.*", "migration.*", "platform.people.read", "platform.jobs.*"}},
		{RoleApprover, start, []string{"*.*.read", "*.*.approve", "*.*.reject"}},
		// An export is a copy and changes nothing in the books: it is how auditors take away what they may read.
		{RoleAuditor, start, []string{"*.*.read", "finance.exports.create"}},
		{RoleEveryone, start, []string{"platform.session.*", "platform.permissions.read", "platform.users.read", "platform.users.set-password", "platform.users.own-second-factor", "platform.users.remove-second-factor",
			"platform.people.read", "platform.role-assignments.read", "platform.jobs.read", "platform.jobs.cancel"}},
	}
}

// BuiltInRoles names the built-in roles that can be assigned, in the order in which they are shown.
func BuiltInRoles() []string {
	return []string{RoleAdministrator, RoleAccountant, RoleBookkeeper, RoleApprover, RoleAuditor}
}

// BuiltInRights gives the rights of a built-in role on a day; ok is false when there is no such role.
func BuiltInRights(role string, on civil.Date) (rights []string, ok bool) {
	for _, b := range builtIns() {
		if b.role == role {
			ok = true
			if !on.Before(b.from) {
				rights = b.rights
			}
		}
	}
	return rights, ok
}

// BuiltInRole gives a built-in role as it is on a day; ok is false when there is no such role that can be assigned.
func BuiltInRole(role string, on civil.Date) (r Role, ok bool) {
	if !slices.Contains(BuiltInRoles(), role) {
		return Role{}, false
	}
	rights, _ := BuiltInRights(role, on)
	return Role{ID: role, Name: role, Rights: rights, State: StateActive, BuiltIn: true, Version: 1}, true
}

// RoleAllows tells whether a built-in role covers a right by its latest row: a cell of the matrix of roles and operations.
func RoleAllows(role, name string) bool {
	rights, _ := BuiltInRights(role, civil.Of(9999, time.December, 31))
	return slices.ContainsFunc(rights, func(p string) bool { return right.Covers(p, name) })
}
