// Package e2e is the end-to-end suite of the system: named steps that sign people in, keep books, grant and revoke, import a
// file and cancel a job, over HTTP and nothing else. The same steps run against the host's one process (the test of this
// package) and against stacks deployed to the cloud (scripts/deployproof); an [Installation] says where they are, and how
// people sign in there.
package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// Installation is a running system that has no administrator yet.
type Installation interface {
	// Base is the address below which a domain's routes stand, without a slash at its end; that of [About] has those of health,
	// rules and documents.
	Base(domain string) string
	// Client reaches the installation. It follows no environment proxies and trusts its certificate.
	Client() *http.Client
	// Claim gives the one-time code with which the first administrator is made, as the operator would be shown it.
	Claim(ctx context.Context) (string, error)
	// SignIn gives an access token of somebody whose user the platform has.
	SignIn(ctx context.Context, who Person) (string, error)
	// Later lets time pass, by waiting or by moving the installation's clock.
	Later(ctx context.Context, d time.Duration) error
	// Listen begins to take down what the bus delivers of one type of event. What it gives tells of all that has come since, each
	// event as whoever subscribes gets it; some may come twice.
	Listen(ctx context.Context, kind string) (Heard, error)
}

// Heard gives the events that have come.
type Heard func(ctx context.Context) ([]json.RawMessage, error)

// Person is somebody who works with the system.
type Person struct {
	Name, Email, Password string
	Tenant, User, ID      string // as the platform knows them: ten_…, usr_…, per_…
}

// Step is one thing that the suite does and checks. A step builds on those before it.
type Step struct {
	Name string // what it shows, as a clause
	Do   func(ctx context.Context, r *Run) error
}

// Steps lists the suite, in its order.
func Steps() []Step {
	return append(books(),
		Step{"a job under way is cancelled, and goes on where it stopped when asked again", cancelJob},
		Step{"rights that were revoked are gone within a minute", revoked},
		Step{"every act stands in the audit chain, and the chain verifies", auditChain})
}

// books are the steps up to books that hold everything that the suite looks at.
func books() []Step {
	return []Step{
		{"the system is well, and tells without a token of its rules and its interface", selfDescription},
		{"a call without a token, or with a false one, is refused", refuseStrangers},
		{"the first administrator is made by a one-time code, which is good once", claim},
		{"people are given users and roles, and sign in", hire},
		{"an authenticator is set up, takes a code, is not shown again, and is taken away by a recovery code", authenticator},
		{"a command's repetition with the same key gets the same answer, and makes one record", replay},
		{"a dry run answers as the call would, and keeps nothing", dryRun},
		{"a change that saw another version is refused", staleVersion},
		{"a refusal is a problem document with code, pointers and the address of its rule, and repeats nothing that was sent", problemShape},
		{"a list is read in pages, without gap or repeat", pages},
		{"who drafted a journal may not post it, somebody else may", fourEyes},
		{"a journal that is posted is told of on the bus, and a draft is not", announced},
		{"a journal reaches the trial balance, and nothing is pending", trialBalance},
		{"a report comes as CSV, with the same figures", reportCSV},
		{"a role that is granted gives its rights, and is revoked", grantAndRevoke},
		{"a file is uploaded, validated, and committed by a job, to the penny", importFile},
		{"an import is rolled back by a job, and the books are as before", rollBack},
	}
}

// Play runs the suite from its first step to its last, and stops where one fails; done is told of each that has passed.
func Play(ctx context.Context, at Installation, done func(step string)) (*Run, error) {
	return begin(ctx, at, Steps(), done)
}

func begin(ctx context.Context, at Installation, steps []Step, done func(step string)) (*Run, error) {
	r := &Run{at: at, tokens: map[string]string{}}
	return r, r.play(ctx, steps, done)
}

func (r *Run) play(ctx context.Context, steps []Step, done func(step string)) error {
	for _, s := range steps {
		if err := s.Do(ctx, r); err != nil {
			return &Failure{Step: s.Name, Cause: err}
		}
		done(s.Name)
	}
	return nil
}

// Failure is a step that did not hold.
type Failure struct {
	Step  string
	Cause error
}

// Error names the step and what was wrong.
func (f *Failure) Error() string { return fmt.Sprintf("not so: %s: %v", f.Step, f.Cause) }

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Cause }
