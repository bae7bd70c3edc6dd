package op

import (
	"context"
	"slices"
	"strings"
	"time"

	"backoffice/internal/page"
)

// Call is one call of an operation, as its handler sees it.
type Call struct {
	Identity
	Grant   Grant
	At      time.Time // the call's one instant: every decision uses it
	DryRun  bool
	Version int  // the version the caller named in If-Match; 0 for none
	Act     *Act // where a command adds writes, events and changes; nil for a query
	Spec    *Spec

	within bool // the handler has asked whether the grant covers the entity
	rt     *Runtime
	params string // canonical text of the query, without the cursor: what a cursor is bound to
}

// NewID makes a record id of a type, e.g. "jrn".
func (c *Call) NewID(prefix string) string { return c.rt.IDs.New(prefix) }

// Match refuses when the caller named a version other than the record's.
func (c *Call) Match(version int) error {
	if c.Version != 0 && c.Version != version {
		return RuleStale.Err()
	}
	return nil
}

// Within refuses when the caller's right is limited to entities of which this is none. Every operation on an entity's records
// asks; the pipeline refuses a limited caller whose call never did.
func (c *Call) Within(entity string) error {
	c.within = true
	if c.Grant.Entities != nil && !slices.Contains(c.Grant.Entities, entity) {
		return RuleForbidden.Err()
	}
	return nil
}

// Shared says that the call is about records which all entities of the tenant share.
func (c *Call) Shared() { c.within = true }

// Concerns refuses when the caller's right does not reach the records of a maker: its own, its subordinates', or all.
func (c *Call) Concerns(maker string) error {
	if c.Grant.Breadth == All || maker == c.Maker() || c.Grant.Breadth == Subordinates && slices.Contains(c.Grant.People, maker) {
		return nil
	}
	return RuleForbidden.Err()
}

// MayAlso refuses unless the caller could call another operation, too, for every record: one that hands on what the other
// shows must not be a way round the other's right. Entities are left to Within, which the handler asks in any case; a right to
// the other that is limited to entities covers it where it names this one. An entity of "" is what all entities share.
func (c *Call) MayAlso(ctx context.Context, other *Spec, entity string) error {
	grant, err := c.rt.Authz.Authorize(ctx, c.Identity, *other, c.At)
	if err != nil {
		return err
	}
	if grant.Breadth != All || entity != "" && grant.Entities != nil && !slices.Contains(grant.Entities, entity) {
		return RuleForbidden.Err()
	}
	return nil
}

// Cursor signs a position in a list, bound to tenant, operation and filter.
func (c *Call) Cursor(position map[string]string) string {
	return c.rt.Cursors.Encode(c.cursorScope(), position)
}

// Position reads a cursor that this list gave out; an empty cursor is the beginning.
func (c *Call) Position(cursor string) (map[string]string, error) {
	if cursor == "" {
		return nil, nil
	}
	p, err := c.rt.Cursors.Decode(c.cursorScope(), cursor)
	if err != nil {
		return nil, RuleCursor.At("cursor")
	}
	return p, nil
}

func (c *Call) cursorScope() string {
	return strings.Join([]string{c.Tenant, c.Spec.ID, c.params}, "\x00")
}

// PageOf is the paging part of a list's input; embed it.
type PageOf struct {
	Limit  int    `query:"limit" json:"-" minimum:"1" maximum:"200" default:"50" doc:"How many records to answer with"`
	Cursor string `query:"cursor" json:"-" maxLength:"2048" doc:"Where to go on: the 'next' of the page before"`
}

// Size is the page size asked for, or the default.
func (p PageOf) Size() int {
	if p.Limit == 0 {
		return page.LimitDefault
	}
	return p.Limit
}

// Records is a page of records.
type Records[T any] struct {
	Data []T  `json:"data"`
	Page Page `json:"page"`
}

// Page says where a list stands.
type Page struct {
	Limit   int    `json:"limit"`
	HasMore bool   `json:"hasMore"`
	Next    string `json:"next,omitempty" doc:"Cursor of the next page"`
}

// NewRecords makes a page; next is the position after it, nil at the end.
func NewRecords[T any](c *Call, p PageOf, data []T, next map[string]string) Records[T] {
	if data == nil {
		data = []T{}
	}
	out := Records[T]{Data: data, Page: Page{Limit: p.Size(), HasMore: next != nil}}
	if next != nil {
		out.Page.Next = c.Cursor(next)
	}
	return out
}

// NextCursor gives the cursor of the next page, for the Link header.
func (l Records[T]) NextCursor() string { return l.Page.Next }
