// Package platform is the domain on which the others stand: tenants, people, users, roles, role assignments and service keys,
// sessions, and what a caller may do.
//
// A token says who calls; the store says what it may do, so that a revocation holds within a minute and not only when the
// token has expired. A person is one human being; a user is that person's way in; rights belong to users and service keys
// (principals), by role assignments with dates, a breadth and, where wanted, one entity.
package platform

import (
	"backoffice/internal/op"
)

// Table is the name of the domain's table.
const Table = "platform"

// Operations lists the domain's operations.
func Operations() []op.Operation {
	return []op.Operation{
		&OfferClaim, &ClaimFirstAdministrator, &SignIn, &RefreshSession, &SignOut, &GetSession, &ListPermissions,
		&CreateTenant, &GetTenant, &UpdateTenant, &ListTenants,
		&CreatePerson, &GetPerson, &UpdatePerson, &ListPeople,
		&CreateUser, &GetUser, &ListUsers, &DisableUser, &EnableUser, &SetPassword,
		&IssueOneTimeCode, &RedeemOneTimeCode, &BeginSecondFactor, &ConfirmSecondFactor, &GetSecondFactor, &RemoveSecondFactor,
		&CreateRole, &GetRole, &UpdateRole, &ArchiveRole, &ListRoles,
		&GrantRole, &GetRoleAssignment, &RevokeRole, &ListRoleAssignments,
		&CreateServiceKey, &GetServiceKey, &ListServiceKeys, &RevokeServiceKey,
		&GetJob, &ListJobs, &CancelJob, &FailJob, &WatchJobs, &RestartJobs, &SetMaintenance, &FenceJobs, &AnchorAudit, &VerifyRoots,
		Acts.TakeUp(), Acts.Sweep(), Acts.Changes(), Acts.Verify(),
	}
}
