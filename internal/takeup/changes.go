package takeup

import (
	"context"
	"strconv"

	"backoffice/internal/op"
)

// Chained is an act as the audit chain holds it.
type Chained struct {
	Act       string
	Operation string
	Record    string
	Version   int
}

// Chain reads a domain's audit chain; it is also the change feed, since it has the order of the relay.
type Chain interface {
	// Chained gives the acts of up to limit links after a link, and the last link read.
	Chained(ctx context.Context, table, tenant string, after, limit int) (acts []Chained, last int, more bool, err error)
	// Check holds up to limit links after a link, and their acts, against what was committed. broken names the first thing that
	// does not hold, "" when all does.
	Check(ctx context.Context, table, tenant string, after, limit int) (acts, last int, more bool, broken string, err error)
}

// Change is an act as the change feed tells it: which record to read anew, and which version it had then.
type Change struct {
	Act       string `json:"act"`
	Operation string `json:"operation"`
	Record    string `json:"record,omitempty"`
	Version   int    `json:"version,omitempty"`
}

// Feed is a stretch of the change feed. Its cursor stays good for ever: ask again with it to learn what came since.
type Feed struct {
	Data    []Change `json:"data"`
	Cursor  string   `json:"cursor" doc:"Where to go on, now or later"`
	HasMore bool     `json:"hasMore" doc:"Whether there is more already"`
}

// FeedIn is the input of the change feed and of the chain's verification.
type FeedIn struct {
	Cursor string `query:"cursor" json:"-" maxLength:"2048" doc:"Where to go on: the cursor of an earlier answer; the beginning unless given"`
}

// Verification is how a stretch of the audit chain stands.
type Verification struct {
	Acts    int    `json:"acts" doc:"Acts that were checked"`
	Holds   bool   `json:"holds"`
	Broken  string `json:"broken,omitempty" doc:"The first thing that does not hold"`
	Cursor  string `json:"cursor" doc:"Where to go on"`
	HasMore bool   `json:"hasMore"`
}

const linksAtOnce = 20

// Changes is the change feed of the domain, in the order of the relay.
func (a *Acts[D]) Changes() *op.Op[D, FeedIn, Feed] {
	return &op.Op[D, FeedIn, Feed]{
		Spec: op.Spec{ID: a.Domain + ".list-changes", Kind: op.Query, Route: "GET /" + a.Domain + "/v1/changes", Permission: "changes.read",
			Summary:     "Change feed",
			Description: "Tells which records have changed since a cursor, in an order that loses none. A record may be told more than once; read it anew when its version is one you have not seen.",
			Access:      []op.Access{{Table: a.Domain, Do: op.List}}},
		Handle: func(ctx context.Context, c *op.Call, d D, in FeedIn) (Feed, error) {
			after, err := position(c, in.Cursor)
			if err != nil {
				return Feed{}, err
			}
			acts, last, more, err := a.Chain(d).Chained(ctx, a.Domain, c.Tenant, after, linksAtOnce)
			out := Feed{Data: make([]Change, len(acts)), HasMore: more, Cursor: mark(c, last)}
			for i, act := range acts {
				out.Data[i] = Change(act)
			}
			return out, err
		},
	}
}

// Verify checks a stretch of the audit chain.
func (a *Acts[D]) Verify() *op.Op[D, FeedIn, Verification] {
	return &op.Op[D, FeedIn, Verification]{
		Spec: op.Spec{ID: a.Domain + ".verify-audit", Kind: op.Query, Route: "GET /" + a.Domain + "/v1/audit/verification", Permission: "audit.read",
			Summary:     "Verify the audit chain",
			Description: "Checks that the links of the audit chain follow one another and that every act is there as it was committed, a stretch at a time.",
			Access:      []op.Access{{Table: a.Domain, Do: op.Get | op.List}}},
		Handle: func(ctx context.Context, c *op.Call, d D, in FeedIn) (Verification, error) {
			after, err := position(c, in.Cursor)
			if err != nil {
				return Verification{}, err
			}
			acts, last, more, broken, err := a.Chain(d).Check(ctx, a.Domain, c.Tenant, after, linksAtOnce)
			return Verification{Acts: acts, Holds: broken == "", Broken: broken, Cursor: mark(c, last), HasMore: more}, err
		},
	}
}

func position(c *op.Call, cursor string) (int, error) {
	p, err := c.Position(cursor)
	if err != nil || p == nil {
		return 0, err
	}
	n, err := strconv.Atoi(p["link"])
	if err != nil {
		return 0, op.RuleCursor.At("cursor")
	}
	return n, nil
}

func mark(c *op.Call, link int) string {
	return c.Cursor(map[string]string{"link": strconv.Itoa(link)})
}
