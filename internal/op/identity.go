package op

import (
	"context"
	"strings"
	"time"
)

// Identity is who calls. It comes from a verified token, or names the system itself for tasks, subscribers and jobs; nothing
// in a request body can change it.
type Identity struct {
	Tenant    string    // ten_…
	Principal string    // usr_… or key_…: whose rights count and who scopes idempotency keys
	Person    string    // per_…: the human behind it, for four-eyes rules; empty for machines
	Session   string    // ses_…
	Scopes    []string  // one per domain
	Methods   []string  // how the person signed in (amr)
	AuthTime  time.Time // when the person last proved it
}

// Maker is who counts in a four-eyes rule: the person, whatever account they use; a machine counts as itself.
func (i Identity) Maker() string {
	if i.Person != "" {
		return i.Person
	}
	return i.Principal
}

// tenantPrefix begins the id of every tenant. Words that stand in keys where there is no tenant begin otherwise.
const tenantPrefix = "ten_"

// keyMarks are what keys are built with; an id that held one could name another tenant's key.
const keyMarks = "|% \x00"

// Sound tells whether a token's claims can be who calls, whoever issued it: a tenant, a principal in it, neither of which could
// lead to another's keys, and not the system itself, as which nobody signs in.
func (i Identity) Sound() bool {
	return strings.HasPrefix(i.Tenant, tenantPrefix) && i.Principal != "" && i.Principal != SystemPrincipal && !strings.ContainsAny(i.Tenant+i.Principal, keyMarks)
}

// SystemPrincipal is the actor of what the system does on its own behalf inside a tenant.
const SystemPrincipal = "system"

// Breadth is how far a right reaches.
type Breadth string

// The three breadths of a right.
const (
	Own          Breadth = "own"          // records the caller made or that concern the caller
	Subordinates Breadth = "subordinates" // those of the people who report to the caller, too
	All          Breadth = "all"          // every record of the tenant
)

// Grant is what the store says a caller may do: how far the asked right reaches.
type Grant struct {
	Breadth  Breadth
	Roles    []string
	Entities []string // entities that the right is limited to; nil means every entity of the tenant
	People   []string // whose records it reaches besides the caller's own, where Breadth is Subordinates
}

// Authorizer decides from the store's grants and policies whether a caller has a right; an error is a refusal.
type Authorizer interface {
	Authorize(ctx context.Context, who Identity, spec Spec, at time.Time) (Grant, error)
}
