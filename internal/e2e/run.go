package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"backoffice/internal/boclient"
	"backoffice/internal/clock"
)

const (
	// settleWait is how long what follows a command may take: events, projections, the steps of a job. It ends a run that hangs, and
	// a busy machine must not reach it.
	settleWait = 10 * time.Minute
	pollPause  = 50 * time.Millisecond
)

// Run is the suite at work: what its steps have made so far.
type Run struct {
	at     Installation
	tokens map[string]string // by e-mail address

	administrator Person
	accountant    Person
	approver      Person
	visitor       Person // holds a role that is revoked

	entity    record
	journal   string // posted by hand
	imported  imported
	revokedAt time.Time
}

// record is what every record shows.
type record struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Version int    `json:"version"`
}

// domainOf gives the domain whose route a path belongs to.
func domainOf(path string) string {
	domain, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return domain
}

// client calls for one person; nobody calls without a token.
func (r *Run) client(who Person, path string) *boclient.Client {
	return &boclient.Client{Base: r.at.Base(domainOf(path)), HTTP: r.at.Client(), Bearer: r.tokens[who.Email]}
}

// do makes a call and wants a status of success.
func (r *Run) do(ctx context.Context, who Person, status int, call boclient.Call) (*boclient.Answer, error) {
	a, err := r.client(who, call.Path).Do(ctx, call)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", call.Method, call.Path, err)
	}
	if a.Status != status {
		return nil, fmt.Errorf("%s %s answered %d, not %d: %s", call.Method, call.Path, a.Status, status, a.Body)
	}
	return a, nil
}

// get reads into v, which may be nil.
func (r *Run) get(ctx context.Context, who Person, path string, query url.Values, v any) error {
	a, err := r.do(ctx, who, http.StatusOK, boclient.Call{Method: http.MethodGet, Path: path, Query: query})
	if err != nil || v == nil {
		return err
	}
	return a.Into(v)
}

// create makes a record and reads it into v, which may be nil.
func (r *Run) create(ctx context.Context, who Person, path string, body, v any) error {
	a, err := r.do(ctx, who, http.StatusCreated, boclient.Call{Method: http.MethodPost, Path: path, Body: body})
	if err != nil || v == nil {
		return err
	}
	return a.Into(v)
}

// refused wants a call to be refused with a status and, unless that is "", the code of a rule.
func (r *Run) refused(ctx context.Context, who Person, status int, code string, call boclient.Call) error {
	c := r.client(who, call.Path)
	c.Attempts = 1
	_, err := c.Do(ctx, call)
	p, ok := errors.AsType[*boclient.Problem](err)
	switch {
	case err == nil:
		return fmt.Errorf("%s %s was answered, not refused", call.Method, call.Path)
	case !ok:
		return fmt.Errorf("%s %s: %w", call.Method, call.Path, err)
	case p.Status != status || code != "" && p.Code != code:
		return fmt.Errorf("%s %s was refused with %d %s, not with %d %s", call.Method, call.Path, p.Status, p.Code, status, code)
	}
	return nil
}

// until asks again and again until the answer is yes. What it waits for is told when it never is.
func until(ctx context.Context, what string, ask func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, settleWait)
	defer cancel()
	for {
		yes, err := ask(ctx)
		if yes || err != nil {
			return err
		}
		if err := clock.Wait(ctx, pollPause); err != nil {
			return fmt.Errorf("still not within %s: %s: %w", settleWait, what, err)
		}
	}
}
