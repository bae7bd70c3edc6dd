package platformdb

import (
	"context"

	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/store"
)

// Session reads an open session.
func (s *Records) Session(ctx context.Context, tenant, user, id string) (platform.Session, error) {
	r, err := load[sessionRow](ctx, s, sessionKey(tenant, user, id))
	if err != nil {
		return platform.Session{}, err
	}
	return toSession(tenant, r)
}

// Sessions lists a user's sessions in the order in which they were opened.
func (s *Records) Sessions(ctx context.Context, tenant, user string) ([]platform.Session, error) {
	prefix := store.At("S", "")
	rows, _, err := store.Scan[sessionRow](ctx, s.db, store.Range{Table: table, PK: principalPartition(tenant, user), Prefix: &prefix})
	if err != nil {
		return nil, err
	}
	out := make([]platform.Session, len(rows))
	for i, r := range rows {
		if out[i], err = toSession(tenant, r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// AddSession puts a new session.
func (s *Records) AddSession(act *op.Act, session platform.Session) {
	act.Write(store.Create(table, fromSession(session), op.ErrConflict))
}

// EndSession removes a session.
func (s *Records) EndSession(act *op.Act, session platform.Session) {
	act.Write(store.Remove(sessionKey(session.Tenant, session.User, session.ID), session.Version))
}

// Rotate puts a session over its former version at once; false when another version stands there, or none.
func (s *Records) Rotate(ctx context.Context, session platform.Session, was int) (bool, error) {
	return s.putOver(ctx, fromSession(session), was)
}

// putOver writes one item outside any act over the version that was read, or as the first; false when somebody was faster.
func (s *Records) putOver(ctx context.Context, row store.Item, was int) (bool, error) {
	return s.db.PutOver(ctx, table, row, was)
}
