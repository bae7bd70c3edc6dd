package platformwire

import (
	"context"
	"sync"
	"time"

	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/wire"
)

// gateAge is how old what a process knows of the switch may be. A process under load reads it once in this time, and no call
// in between pays for it.
const gateAge = 5 * time.Second

// Gate is the maintenance switch as a process knows it.
type Gate struct {
	read func(context.Context) (platform.Maintenance, error)

	mu   sync.Mutex
	shut bool
	at   time.Time
}

// NewGate makes the gate of a process.
func NewGate(env *wire.Env) *Gate { return &Gate{read: platformdb.New(env.DB).Maintenance} }

var _ op.Gate = (*Gate)(nil)

// Shut tells whether writes are refused. A switch that cannot be read lets nothing pass: the store that does not answer
// would take no write either.
func (g *Gate) Shut(ctx context.Context, at time.Time) (bool, error) {
	g.mu.Lock()
	shut, age := g.shut, at.Sub(g.at)
	known := !g.at.IsZero() && age >= 0 && age < gateAge
	g.mu.Unlock()
	if known {
		return shut, nil
	}
	m, err := g.read(ctx)
	if err != nil {
		return true, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut, g.at = m.On, at
	return m.On, nil
}
