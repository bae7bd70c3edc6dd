// Package demo sets up a demo company: Marlpit & Wren Ltd, makers of garden furniture, with two years of books, April 2024 to
// March 2026. It calls the public API and nothing else, as a newcomer with a script would, and every run makes the same books.
package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"backoffice/internal/boclient"
)

// Options say where the company is set up.
type Options struct {
	Handler http.Handler // the whole API
	Dir     string       // data directory, where the progress is noted
	// Claim makes the first administrator's one-time code; "" when the installation has one already.
	Claim func(ctx context.Context) (string, error)
	Clock *Clock // the one that the system runs by: a period stays closing for a while before it may be closed
	// Pause waits between two looks at something; nil waits by the machine's clock.
	Pause func(ctx context.Context, d time.Duration) error
}

// Company is what a visitor must know of the demo.
type Company struct {
	Entity string `json:"entity"` // ent_…
	// Fresh tells whether this start set it up.
	Fresh bool `json:"-"`
}

// ErrTaken is a data directory with an administrator of its own: a demo company never mixes with books that somebody keeps.
var ErrTaken = errors.New("demo: the data directory holds somebody's books; the demo company needs an empty one")

// Open gives the demo company, setting it up in an empty data directory. What an interrupted set-up began is completed: each
// call carries a key that follows from its place alone, so what was done answers again and nothing is done twice.
func Open(ctx context.Context, o Options) (Company, error) {
	n, err := readNote(o.Dir)
	if err != nil || n.Ready {
		return Company{Entity: n.Entity}, err
	}
	s := &setup{api: newCaller(o), options: o}
	if !n.Begun {
		code, err := o.Claim(ctx)
		if err != nil {
			return Company{}, err
		}
		if code == "" {
			return Company{}, ErrTaken
		}
		if err := (note{Begun: true}).write(o.Dir); err != nil {
			return Company{}, err
		}
		s.code = code
	}
	o.Clock.Begin()
	defer o.Clock.CatchUp()
	if err := s.run(ctx); err != nil {
		return Company{}, fmt.Errorf("demo: %w", err)
	}
	return Company{Entity: s.entity, Fresh: true}, (note{Begun: true, Ready: true, Entity: s.entity}).write(o.Dir)
}

// setup is one run of the set-up.
type setup struct {
	options Options
	api     *caller
	code    string // of the first administrator, when this run made one

	entity  string
	parties map[string]string // ids by the short names that the books use
}

// run goes through the company's life in its order.
func (s *setup) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		s.enter, s.appoint, s.found, s.furnish, s.introduce, s.bringForward, s.trade, s.correct, s.draft, s.close, s.settle,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// settle waits until every act has been taken into the balances.
func (s *setup) settle(ctx context.Context) error {
	for range settleLooksMax {
		var report struct {
			Pending struct {
				Acts int `json:"acts"`
			} `json:"pending"`
		}
		if err := s.api.get(ctx, accountant, "/finance/v1/reports/trial-balance?asOf="+lastDay+"&entity="+s.entity, &report); err != nil {
			return err
		}
		if report.Pending.Acts == 0 {
			return nil
		}
		if err := s.api.client.Wait(ctx, settleLook); err != nil {
			return err
		}
	}
	return errors.New("the balances do not settle")
}

const (
	settleLook     = 10 * time.Millisecond
	settleLooksMax = 3000
)

// caller calls the API as one of the company's people, under keys that follow from the order of the calls.
type caller struct {
	client  *boclient.Client
	bearers map[string]string // by e-mail
	calls   int
}

func newCaller(o Options) *caller {
	return &caller{bearers: map[string]string{}, client: &boclient.Client{Base: "http://demo.internal", Pause: o.Pause,
		HTTP: &http.Client{Transport: boclient.InProcess(o.Handler)}}}
}

func (c *caller) as(who person) *boclient.Client {
	c.client.Bearer = c.bearers[who.email]
	return c.client
}

func (c *caller) get(ctx context.Context, who person, path string, v any) error {
	return c.as(who).Get(ctx, path, nil, v)
}

// do makes a write: the n-th of the set-up has the n-th key, in every run.
func (c *caller) do(ctx context.Context, who person, method, path, etag string, body, v any) (*boclient.Answer, error) {
	c.calls++
	a, err := c.as(who).Do(ctx, boclient.Call{Method: method, Path: path, IfMatch: etag, Body: body, Key: fmt.Sprintf("demo-%04d", c.calls)})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if v == nil {
		return a, nil
	}
	return a, a.Into(v)
}

// record posts journals, all of them or none.
func (c *caller) record(ctx context.Context, who person, journals []map[string]any) error {
	c.calls++
	_, err := c.as(who).Do(ctx, boclient.Call{Method: http.MethodPost, Path: "/finance/v1/journals/batch", Query: url.Values{"atomic": {"true"}},
		Body: map[string]any{"items": journals}, Key: fmt.Sprintf("demo-%04d", c.calls)})
	return err
}

func (c *caller) post(ctx context.Context, who person, path string, body, v any) error {
	_, err := c.do(ctx, who, http.MethodPost, path, "", body, v)
	return err
}
