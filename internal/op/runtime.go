package op

import (
	"context"
	"errors"
	"log/slog"

	"backoffice/internal/clock"
	"backoffice/internal/id"
	"backoffice/internal/page"
)

// Runtime is what the pipeline needs around an operation. A process has one.
type Runtime struct {
	Clock   clock.Clock
	IDs     *id.Source
	Authz   Authorizer
	Acts    Acts
	Cursors page.Signer
	Log     *slog.Logger
	Gate    Gate // nil for an installation that is always open

	refusals refusals
}

// Committer commits acts. The pipeline has the acts of commands committed; an operation that learns only on its way in which
// tenant it acts has this port, and commits its own.
type Committer interface {
	// Commit writes the act and all its writes in one transaction. It returns ErrDuplicate when an act with the same key
	// exists, ErrConflict when the store reports a conflict or a version was overtaken (load and decide again), the Refusal of
	// the write whose condition failed, or another error.
	Commit(ctx context.Context, spec *Spec, act *Act) error
}

// Acts is the store of acts: where the one transaction of a command is committed.
type Acts interface {
	Committer
	// Find gives the act that was committed under a key, or nil.
	Find(ctx context.Context, spec *Spec, tenant, key string) (*Recorded, error)
	// Begin limits the calls made with the context to what the spec declares and to the tenant.
	Begin(ctx context.Context, spec *Spec, tenant string) context.Context
}

// The outcomes of a commit that the pipeline itself answers.
var (
	ErrDuplicate = errors.New("op: an act with this key exists")
	ErrConflict  = errors.New("op: conflict, load and decide again")

	errDeps = errors.New("op: the domain's ports have another type than the operation asks for")
)
