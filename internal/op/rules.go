package op

import "backoffice/internal/fault"

// The rules that every operation shares.
var (
	RuleSyntax      = fault.Rule{Code: "API-001", Kind: fault.Malformed, Text: "The body is not one JSON object.", Help: "Send a JSON object in UTF-8 with each member once."}
	RuleUnknown     = fault.Rule{Code: "API-002", Kind: fault.Malformed, Text: "No such field or parameter.", Help: "Remove it, or check its spelling against the OpenAPI document."}
	RuleType        = fault.Rule{Code: "API-003", Kind: fault.Malformed, Text: "The value has the wrong type or form.", Help: "See the OpenAPI document for the type; money and quantities are decimal strings."}
	RuleRequired    = fault.Rule{Code: "API-004", Kind: fault.Invalid, Text: "A value is required.", Help: "Send the field."}
	RuleTooLong     = fault.Rule{Code: "API-005", Kind: fault.Invalid, Text: "The value is too long.", Help: "Shorten it to the length that the OpenAPI document states."}
	RuleTooShort    = fault.Rule{Code: "API-006", Kind: fault.Invalid, Text: "The value is too short.", Help: "Lengthen it to the length that the OpenAPI document states."}
	RuleChoice      = fault.Rule{Code: "API-007", Kind: fault.Invalid, Text: "The value is none of those allowed.", Help: "Take one of the values that the OpenAPI document lists."}
	RulePattern     = fault.Rule{Code: "API-008", Kind: fault.Invalid, Text: "The value does not have the required form.", Help: "See the pattern in the OpenAPI document."}
	RuleRange       = fault.Rule{Code: "API-009", Kind: fault.Invalid, Text: "The number is out of range.", Help: "See the limits in the OpenAPI document."}
	RuleKeyMissing  = fault.Rule{Code: "API-010", Kind: fault.Malformed, Text: "The header Idempotency-Key is required on every write.", Help: "Send a key of 1 to 255 printable ASCII characters, new for each intended act, the same for each retry."}
	RuleKeyReused   = fault.Rule{Code: "API-011", Kind: fault.Invalid, Text: "This Idempotency-Key was used for another request.", Help: "Use a new key for a new act."}
	RuleKeyInFlight = fault.Rule{Code: "API-012", Kind: fault.Conflict, Text: "The store still reports a conflict for this act.", Help: "Ask again with the same key after the time in Retry-After."}
	RuleMatchNeeded = fault.Rule{Code: "API-013", Kind: fault.NeedsVersion, Text: "The header If-Match is required: name the version that you saw.", Help: "Read the record and send its ETag."}
	RuleMatchForm   = fault.Rule{Code: "API-014", Kind: fault.Malformed, Text: "If-Match must be one ETag as the record showed it.", Help: "Send the ETag unchanged, with its quotes."}
	RuleStale       = fault.Rule{Code: "API-015", Kind: fault.Stale, Text: "The record has changed since the version that you named.", Help: "Read it again, and decide again."}
	RuleTooLarge    = fault.Rule{Code: "API-016", Kind: fault.TooLarge, Text: "The request is larger than this operation takes.", Help: "Split it, or use an import."}
	RuleNoToken     = fault.Rule{Code: "API-017", Kind: fault.Unauthenticated, Text: "A valid bearer token is required.", Help: "Sign in, and send the token in the Authorization header."}
	RuleForbidden   = fault.Rule{Code: "API-018", Kind: fault.Forbidden, Text: "You do not have the right that this operation asks for.", Help: "Ask an administrator for a role that has it."}
	RuleNotFound    = fault.Rule{Code: "API-019", Kind: fault.NotFound, Text: "There is no such record.", Help: "Check the id."}
	RuleCursor      = fault.Rule{Code: "API-020", Kind: fault.Malformed, Text: "The cursor does not belong to this list.", Help: "Start again without a cursor, with the same filters."}
	RuleNoRoute     = fault.Rule{Code: "API-021", Kind: fault.NotFound, Text: "There is no such operation.", Help: "See /openapi.json."}
	RuleMethod      = fault.Rule{Code: "API-022", Kind: fault.NotFound, Text: "The address does not take this method.", Help: "See /openapi.json."}
	RuleThrottled   = fault.Rule{Code: "API-023", Kind: fault.Throttled, Text: "Too many requests.", Help: "Wait for the time in Retry-After."}
	RuleMedia       = fault.Rule{Code: "API-024", Kind: fault.Malformed, Text: "The body must be application/json.", Help: "Set Content-Type to application/json."}
	RuleDepth       = fault.Rule{Code: "API-025", Kind: fault.Malformed, Text: "The body is nested too deeply.", Help: "Flatten it."}
	RuleTooMany     = fault.Rule{Code: "API-026", Kind: fault.Invalid, Text: "The list has too many entries.", Help: "Split it."}
	RuleTooFew      = fault.Rule{Code: "API-027", Kind: fault.Invalid, Text: "The list has too few entries.", Help: "See the OpenAPI document."}
	RuleUnavailable = fault.Rule{Code: "API-028", Kind: fault.Unavailable, Text: "The store does not answer at present.", Help: "Ask again with the same Idempotency-Key."}
	RuleTransaction = fault.Rule{Code: "API-029", Kind: fault.Invalid, Text: "The act changes more records than one transaction can hold.", Help: "Split it."}
	RuleNoContent   = fault.Rule{Code: "API-030", Kind: fault.Malformed, Text: "This operation takes no body.", Help: "Send none."}
	RuleControl     = fault.Rule{Code: "API-039", Kind: fault.Invalid, Text: "The text holds control characters.", Help: "Send printable characters, tabs and line breaks only."}
	RuleDecimals    = fault.Rule{Code: "API-031", Kind: fault.Invalid, Text: "The amount has more decimals than its currency.", Help: "Round it; GBP has two decimals, JPY none."}
	RuleCurrency    = fault.Rule{Code: "API-032", Kind: fault.Invalid, Text: "There is no such currency.", Help: "Send an ISO 4217 code in capitals."}
	RuleFormat      = fault.Rule{Code: "API-033", Kind: fault.Malformed, Text: "This operation does not answer in that format.", Help: "Ask for format=json, or format=csv where the OpenAPI document offers it."}
	RuleStepUp      = fault.Rule{Code: "API-035", Kind: fault.Unauthenticated, Text: "Sign in again for this: your last sign-in is too long ago.", Help: "Sign in anew and repeat the call; the header WWW-Authenticate says how fresh the sign-in must be."}
	RuleOrigin      = fault.Rule{Code: "API-036", Kind: fault.Forbidden, Text: "The request did not come through the front door.", Help: "Call the system by its public address, not an address behind it."}
	RuleMaintenance = fault.Rule{Code: "API-037", Kind: fault.Unavailable, Text: "The system is being maintained: what is there can be read, and nothing can be changed.", Help: "Try again after the time in Retry-After, with the same Idempotency-Key."}
	RuleNewer       = fault.Rule{Code: "API-038", Kind: fault.Unavailable, Text: "A newer release of the system has written the record, in a form that this one does not know.", Help: "While the system is being upgraded, ask again in a few minutes with the same Idempotency-Key. After a release was taken back, the record can be read, and changed when the newer release is there again."}
	RuleTokenScope  = fault.Rule{Code: "API-034", Kind: fault.Forbidden, Text: "The token lacks this domain's scope.", Help: "Sign in asking for the domain's scope."}
)

// Rules lists the rules that every operation shares.
func Rules() []fault.Rule {
	return []fault.Rule{fault.System, RuleSyntax, RuleUnknown, RuleType, RuleRequired, RuleTooLong, RuleTooShort, RuleChoice, RulePattern,
		RuleRange, RuleKeyMissing, RuleKeyReused, RuleKeyInFlight, RuleMatchNeeded, RuleMatchForm, RuleStale, RuleTooLarge, RuleNoToken,
		RuleForbidden, RuleNotFound, RuleCursor, RuleNoRoute, RuleMethod, RuleThrottled, RuleMedia, RuleDepth, RuleTooMany, RuleTooFew,
		RuleUnavailable, RuleTransaction, RuleNoContent, RuleControl, RuleDecimals, RuleCurrency, RuleFormat, RuleTokenScope, RuleStepUp,
		RuleOrigin, RuleMaintenance, RuleNewer}
}
