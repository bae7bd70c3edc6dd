package platformwire

import (
	"context"
	"sync"
	"time"

	"backoffice/internal/civil"
	"backoffice/internal/clock"
	"backoffice/internal/id"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/platform/right"
)

const (
	// cacheSecondsMax is how old what is known of a principal may be: a revocation holds within this time.
	cacheSecondsMax = 60
	// cachedMax is how many principals are kept in memory.
	cachedMax = 10_000
	// skewSeconds is how far the clocks of two processes may be apart.
	skewSeconds = 5
)

// facts are what decides on a principal's rights, as they were read at an instant.
type facts struct {
	platformdb.Principal
	roles map[string]platform.Role // the tenant's own among those assigned
	read  time.Time
}

// loader reads facts, and keeps them for a minute at most.
type loader struct {
	records *platformdb.Records
	now     clock.Clock

	mu   sync.Mutex
	kept map[[2]string]*facts
}

// of gives what is known of a principal. What was read before the principal's session began is read anew, so that a session
// is known as soon as it is open.
func (l *loader) of(ctx context.Context, tenant, principal, session string) (*facts, error) {
	key, now := [2]string{tenant, principal}, l.now()
	if f := l.lookup(key, now); f != nil && (session == "" || f.read.After(id.Time(session).Add(skewSeconds*time.Second)) || f.session(session, now)) {
		return f, nil
	}
	f, err := l.load(ctx, tenant, principal, now)
	if err != nil {
		return nil, err
	}
	if f.Found { // what does not exist is not kept: anybody can ask for it
		l.keep(key, f, now)
	}
	return f, nil
}

func (l *loader) lookup(key [2]string, now time.Time) *facts {
	l.mu.Lock()
	defer l.mu.Unlock()
	if f := l.kept[key]; f != nil && f.fresh(now) {
		return f
	}
	return nil
}

// fresh tells whether facts are young enough; those from the future are not, whatever became of the clock.
func (f *facts) fresh(now time.Time) bool {
	return !now.Before(f.read) && now.Before(f.read.Add(cacheSecondsMax*time.Second))
}

func (l *loader) keep(key [2]string, f *facts, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.kept) >= cachedMax {
		for k, old := range l.kept {
			if !old.fresh(now) {
				delete(l.kept, k)
			}
		}
	}
	if len(l.kept) < cachedMax {
		l.kept[key] = f
	}
}

func (l *loader) load(ctx context.Context, tenant, principal string, now time.Time) (*facts, error) {
	p, err := l.records.Principal(ctx, tenant, principal)
	if err != nil {
		return nil, err
	}
	f := &facts{Principal: p, roles: map[string]platform.Role{}, read: now}
	seen := map[string]bool{}
	var own []string
	for _, a := range p.Assignments {
		if a.State == platform.StateActive && id.Prefix(a.Role) == "rol" && !seen[a.Role] {
			seen[a.Role] = true
			own = append(own, a.Role)
		}
	}
	if len(own) == 0 {
		return f, nil
	}
	roles, err := l.records.RolesNamed(ctx, tenant, own)
	for _, r := range roles {
		f.roles[r.ID] = r
	}
	return f, err
}

// session tells whether one of the system's own sessions is open.
func (f *facts) session(session string, at time.Time) bool {
	for _, s := range f.Sessions {
		if s.ID == session {
			return at.Before(s.End)
		}
	}
	return false
}

// rights gives the patterns of a role on a day; none when it is archived or unknown.
func (f *facts) rights(role string, on civil.Date) []string {
	if r, ok := platform.BuiltInRole(role, on); ok {
		return r.Rights
	}
	if r := f.roles[role]; r.State == platform.StateActive {
		return r.Rights
	}
	return nil
}

// inForce tells whether an assignment holds on a day.
func inForce(a platform.Assignment, on civil.Date) bool {
	return a.State == platform.StateActive && (a.From.IsZero() || !on.Before(a.From)) && (a.To.IsZero() || !on.After(a.To))
}

// gives lists the patterns that a principal holds for every record and entity on a day.
func (f *facts) gives(on civil.Date) []string {
	var out []string
	for _, a := range f.Assignments {
		if !inForce(a, on) || a.Scope != "all" || a.Entity != "" {
			continue
		}
		for _, p := range f.rights(a.Role, on) {
			if right.IsPattern(p) {
				out = append(out, p)
			}
		}
	}
	return out
}
