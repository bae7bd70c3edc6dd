package platform

import (
	"backoffice/internal/fault"
	"backoffice/internal/jobs"
)

// The rules of the platform. A code is permanent: it is never given to another rule.
var (
	RuleBlank      = fault.Rule{Code: "PLT-GEN-001", Kind: fault.Invalid, Text: "The text must not be blank.", Help: "Write at least one visible character."}
	RuleNothing    = fault.Rule{Code: "PLT-GEN-002", Kind: fault.Invalid, Text: "The patch changes nothing.", Help: "Name at least one field."}
	RuleNoDryRun   = fault.Rule{Code: "PLT-GEN-003", Kind: fault.Malformed, Text: "This cannot be tried out.", Help: "Leave dryRun out."}
	RuleExternalID = fault.Rule{Code: "PLT-GEN-004", Kind: fault.Invalid, Text: "source and externalId belong together.", Help: "Send both or neither."}

	RuleSignIn        = fault.Rule{Code: "PLT-SES-001", Kind: fault.Unauthenticated, Text: "E-mail or password is wrong, or this user may not sign in.", Help: "Check both; after several failures wait, or ask an administrator."}
	RuleTenantNeeded  = fault.Rule{Code: "PLT-SES-002", Kind: fault.Invalid, Text: "This e-mail belongs to several tenants.", Help: "Name the tenant."}
	RuleSignInTooMany = fault.Rule{Code: "PLT-SES-003", Kind: fault.Throttled, Text: "Too many wrong passwords.", Help: "Wait for the time in Retry-After."}
	RuleRefresh       = fault.Rule{Code: "PLT-SES-004", Kind: fault.Unauthenticated, Text: "The refresh token is not valid, or no longer.", Help: "Sign in again. A refresh token is good once: using one twice ends its session."}
	RuleSignInAbroad  = fault.Rule{Code: "PLT-SES-005", Kind: fault.Conflict, Text: "This installation signs people in with another identity provider.", Help: "Get an access token from that provider."}

	RuleFactorNeeded = fault.Rule{Code: "PLT-MFA-001", Kind: fault.Unauthenticated, Text: "A second factor is needed.", Help: "Send a code of the authenticator, or a recovery code, in code."}
	RuleFactorWrong  = fault.Rule{Code: "PLT-MFA-002", Kind: fault.Unauthenticated, Text: "The code is wrong, or has been used.", Help: "Wait for the authenticator's next code; each is good once."}
	RuleFactorThere  = fault.Rule{Code: "PLT-MFA-003", Kind: fault.Conflict, Text: "There is an authenticator already.", Help: "Remove it first."}
	RuleFactorState  = fault.Rule{Code: "PLT-MFA-004", Kind: fault.Conflict, Text: "The second factor is not in the state for this.", Help: "Read it: one is confirmed while pending, and removed unless there is none."}

	RuleCode         = fault.Rule{Code: "PLT-OTC-001", Kind: fault.Unauthenticated, Text: "E-mail or code is wrong, or the code has been used or has expired.", Help: "Check both, or ask an administrator for another."}
	RuleCodeSelf     = fault.Rule{Code: "PLT-OTC-002", Kind: fault.Conflict, Text: "Nobody issues a code for themselves.", Help: "Change the password, knowing the old one, or ask a colleague."}
	RuleCodeDisabled = fault.Rule{Code: "PLT-OTC-003", Kind: fault.Conflict, Text: "The user is disabled.", Help: "Enable the user first."}

	RuleLastAdministrator = fault.Rule{Code: "PLT-USR-004", Kind: fault.Conflict, Text: "This is the last administrator.", Help: "Make another user an administrator, for everybody and without an end, first."}

	RuleClaim   = fault.Rule{Code: "PLT-CLM-001", Kind: fault.Unauthenticated, Text: "The code is wrong, has been used, or has expired.", Help: "The code is shown when an installation without an administrator starts; a restart makes a new one."}
	RuleClaimed = fault.Rule{Code: "PLT-CLM-002", Kind: fault.Conflict, Text: "The installation has an administrator already.", Help: "Sign in, or ask an administrator for a user."}

	RulePasswordCommon = fault.Rule{Code: "PLT-PWD-001", Kind: fault.Invalid, Text: "The password is one of those that are tried first.", Help: "Choose another; several unrelated words serve well."}
	RulePasswordOld    = fault.Rule{Code: "PLT-PWD-002", Kind: fault.Invalid, Text: "The old password is wrong.", Help: "Send the password that holds at present."}
	RulePasswordSame   = fault.Rule{Code: "PLT-PWD-003", Kind: fault.Invalid, Text: "The new password is the old one.", Help: "Choose another."}

	RulePersonUnknown = fault.Rule{Code: "PLT-PER-001", Kind: fault.Invalid, Text: "There is no such person.", Help: "Create the person first."}
	RuleManagerLoop   = fault.Rule{Code: "PLT-PER-002", Kind: fault.Invalid, Text: "A person cannot stand above their own manager.", Help: "Choose a manager who does not report to this person."}
	RuleManagerDeep   = fault.Rule{Code: "PLT-PER-003", Kind: fault.Invalid, Text: "The line of managers is longer than 32.", Help: "Shorten it."}

	RuleEmailTaken   = fault.Rule{Code: "PLT-USR-001", Kind: fault.Invalid, Text: "The tenant has a user with this e-mail already.", Help: "Use that user, or another address."}
	RuleUserState    = fault.Rule{Code: "PLT-USR-002", Kind: fault.Conflict, Text: "The user is in that state already.", Help: "Nothing is left to do."}
	RuleUserMightier = fault.Rule{Code: "PLT-USR-005", Kind: fault.Forbidden, Text: "The user has rights that you do not have.", Help: "Ask someone who has them for every record of the tenant."}
	RuleUserSelf     = fault.Rule{Code: "PLT-USR-003", Kind: fault.Conflict, Text: "Nobody disables their own user.", Help: "Ask a colleague with the right to do so."}

	RuleRight        = fault.Rule{Code: "PLT-ROL-001", Kind: fault.Invalid, Text: "There is no such right.", Help: "See GET /platform/v1/permissions; a * stands for any name, and at the end for all that follows."}
	RuleRoleBuiltIn  = fault.Rule{Code: "PLT-ROL-002", Kind: fault.Conflict, Text: "A built-in role cannot be changed.", Help: "Create a role of your own."}
	RuleRoleArchived = fault.Rule{Code: "PLT-ROL-003", Kind: fault.Conflict, Text: "The role is archived.", Help: "Choose a role in use."}
	RuleRoleUnknown  = fault.Rule{Code: "PLT-ROL-004", Kind: fault.Invalid, Text: "There is no such role in use.", Help: "See GET /platform/v1/roles."}

	RuleDates       = fault.Rule{Code: "PLT-RAS-001", Kind: fault.Invalid, Text: "The last day lies before the first.", Help: "Exchange the two dates."}
	RuleOwnRights   = fault.Rule{Code: "PLT-RAS-002", Kind: fault.Forbidden, Text: "Nobody grants rights to themselves.", Help: "Ask a colleague with the right to do so."}
	RuleMoreThanOwn = fault.Rule{Code: "PLT-RAS-003", Kind: fault.Forbidden, Text: "Nobody gives rights that they do not have.", Help: "Ask someone who has them for every record of the tenant."}
	RuleRevoked     = fault.Rule{Code: "PLT-RAS-004", Kind: fault.Conflict, Text: "It is revoked already.", Help: "Nothing is left to do."}
)

// Rules lists the domain's rules, with those of jobs, which it keeps.
func Rules() []fault.Rule {
	return append(jobs.Rules(), RuleBlank, RuleNothing, RuleNoDryRun, RuleExternalID, RuleSignIn, RuleTenantNeeded, RuleSignInTooMany, RuleRefresh,
		RuleSignInAbroad, RuleFactorNeeded, RuleFactorWrong, RuleFactorThere, RuleFactorState,
		RuleCode, RuleCodeSelf, RuleCodeDisabled, RuleLastAdministrator, RuleClaim, RuleClaimed, RulePasswordCommon, RulePasswordOld, RulePasswordSame, RulePersonUnknown, RuleManagerLoop,
		RuleManagerDeep, RuleEmailTaken, RuleUserState, RuleUserSelf, RuleUserMightier, RuleRight, RuleRoleBuiltIn, RuleRoleArchived, RuleRoleUnknown,
		RuleDates, RuleOwnRights, RuleMoreThanOwn, RuleRevoked)
}
