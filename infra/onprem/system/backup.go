package system

import (
	"errors"
	"sync"

	"backoffice/infra/onprem/backup"
)

// ErrNoEngine is a system over a store that is somebody else's: its backups are that store's affair.
var ErrNoEngine = errors.New("the system does not keep its own store; back it up where it is kept")

// copying makes copies wait for one another.
type copying struct{ mu sync.Mutex }

// Backup copies the data directory into another one while requests go on.
func (s *System) Backup(to string) (backup.Manifest, error) {
	if s.engine == nil {
		return backup.Manifest{}, ErrNoEngine
	}
	s.copying.mu.Lock()
	defer s.copying.mu.Unlock()
	return backup.Make(s.dir, s.engine, to, s.Env.Clock())
}
