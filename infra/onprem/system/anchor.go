package system

import (
	"context"
	"sync"

	"backoffice/infra/onprem/verify"
)

// anchoring makes roots wait for one another.
type anchoring struct{ mu sync.Mutex }

// Anchor writes a signed root over every audit chain into the data directory.
func (s *System) Anchor(ctx context.Context) (verify.Root, error) {
	s.anchoring.mu.Lock()
	defer s.anchoring.mu.Unlock()
	return verify.Anchor(ctx, s.DB, s.dir, s.Env.Clock())
}
