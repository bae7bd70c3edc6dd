package platformwire

import (
	"context"
	"time"

	"backoffice/internal/civil"
	"backoffice/internal/clock"
	"backoffice/internal/id"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/platform/right"
)

// skewSeconds is how far the clocks of two processes may be apart.
const skewSeconds = 5

// facts are what decides on a principal's rights.
type facts struct {
	platformdb.Principal
	roles map[string]platform.Role // the tenant's own among those assigned
}

// loader reads facts, and keeps them for a minute at most.
type loader struct {
	records *platformdb.Records
	now     clock.Clock

	principals cache[*facts]
	reports    cache[[]string]
}

// of gives what is known of a principal. What was read before the principal's session began is read anew, so that a session
// is known as soon as it is open.
func (l *loader) of(ctx context.Context, tenant, principal, session string) (*facts, error) {
	of, now := name{tenant, principal}, l.now()
	if f, read, ok := l.principals.get(of, now); ok && (session == "" || f.session(session, now) || read.After(id.Time(session).Add(skewSeconds*time.Second))) {
		return f, nil
	}
	f, err := l.load(ctx, tenant, principal)
	if err != nil {
		return nil, err
	}
	if f.Found { // what does not exist is not kept: anybody can ask for it
		l.principals.put(of, f, now)
	}
	return f, nil
}

// below gives everybody who reports to a person, directly or through others.
func (l *loader) below(ctx context.Context, tenant, person string) ([]string, error) {
	if person == "" {
		return nil, nil
	}
	of, now := name{tenant, person}, l.now()
	if people, _, ok := l.reports.get(of, now); ok {
		return people, nil
	}
	var people []string
	for queue, seen := []string{person}, map[string]bool{person: true}; len(queue) > 0; queue = queue[1:] {
		direct, err := l.records.Reports(ctx, tenant, queue[0])
		if err != nil {
			return nil, err
		}
		for _, p := range direct {
			if !seen[p] {
				seen[p] = true
				people, queue = append(people, p), append(queue, p)
			}
		}
	}
	l.reports.put(of, people, now)
	return people, nil
}

func (l *loader) load(ctx context.Context, tenant, principal string) (*facts, error) {
	p, err := l.records.Principal(ctx, tenant, principal)
	if err != nil {
		return nil, err
	}
	f := &facts{Principal: p, roles: map[string]platform.Role{}}
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
