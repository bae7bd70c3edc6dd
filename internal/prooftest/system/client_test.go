package system

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"

	"backoffice/internal/catalog"
	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/op"
	"backoffice/internal/prooftest/faults"
)

// intent is what a client means to do, under one key, however often it has to ask.
type intent struct {
	call    *rehearsal.Request
	outcome outcome
	first   rehearsal.Answer
}

type outcome int

const (
	unknown  outcome = iota // the client never learnt
	accepted                // a success was told
	refused                 // a refusal was told that asking again does not change
)

// book is what the clients together know: the log of acknowledged acts, which is kept outside the system.
type book struct {
	mu       sync.Mutex
	intents  []*intent
	replays  int // answers that clients got from an act
	skipped  int // things whose conditions could not be brought about
	selfMade int // attempts to approve one's own work
}

// playable are the operations that a client plays by their examples: those that are named, or all.
func playable(only []string) []op.Operation {
	var out []op.Operation
	for _, o := range catalog.Operations() {
		if s := o.Describe(); (len(only) == 0 || slices.Contains(only, s.ID)) && s.Writes() && s.Kind != op.Job && s.ExemptFrom("example") == "" {
			out = append(out, o)
		}
	}
	return out
}

// client is somebody who works against a process of the system and keeps asking until an answer comes.
type client struct {
	*rehearsal.Tenant
	world *world
	lane  string
	dice  *rand.Rand
	book  *book
}

const (
	// asksMax is how often a client asks under one key before it gives up for now.
	asksMax = 12
	// givesUp is how many clients in a hundred never ask again after the first failure.
	givesUp = 10
	// overreaches is how many approvals in a hundred the maker tries itself.
	overreaches = 30
	preparesMax = 6
)

// newClient gives a client its process, and a view of the tenant in which it knows what its colleagues have made.
func newClient(s *simulation, p *rehearsal.System, tn *rehearsal.Tenant, lane string) *client {
	c := &client{world: s.world, lane: lane, dice: faults.Choices(s.seed, lane), book: s.book}
	c.Tenant = &rehearsal.Tenant{Sys: p, ID: tn.ID, Maker: tn.Maker, Second: tn.Second, Done: tn.Done, Keys: lane + "-", Relayed: true}
	c.Ask = func(ctx context.Context, r *rehearsal.Request) (rehearsal.Answer, error) {
		a := c.ask(ctx, r)
		if !a.OK() && !r.Spec.HTTP() {
			return rehearsal.Answer{Status: http.StatusOK, Body: []byte("{}")}, nil // the runner was faster
		}
		return a, nil
	}
	return c
}

// work does a number of things, one after the other: some operation out of all, with what others have made or with anew.
func (c *client) work(ctx context.Context, all []op.Operation) {
	ctx = faults.In(ctx, c.lane)
	for range thingsEach {
		o := all[c.dice.IntN(len(all))]
		if c.dice.IntN(3) == 0 {
			for _, given := range append(rehearsal.Named(o.Describe().Example.Path+o.Describe().Example.Body), o.Describe().Example.Given...) {
				delete(c.Done, given) // what it depends on is made anew, not taken from a colleague
			}
		}
		c.play(ctx, o)
	}
}

// play brings about what an operation's example depends on, and asks for it.
func (c *client) play(ctx context.Context, o op.Operation) {
	for range preparesMax {
		r, err := c.Prepare(ctx, o)
		if err != nil {
			continue // the store failed while conditions were looked at, or a colleague was faster
		}
		c.world.skip(o.Describe().Example.After)
		if o.Describe().Example.OtherPerson && c.dice.IntN(100) < overreaches {
			r.Who = c.Maker
			c.book.selfMade++
		}
		if a := c.ask(ctx, r); a.OK() {
			c.Done[o.Describe().ID] = a
		}
		return
	}
	c.book.mu.Lock()
	defer c.book.mu.Unlock()
	c.book.skipped++
}

// ask makes the call under its one key until it is told an outcome, or gives up, and gives the last answer.
func (c *client) ask(ctx context.Context, r *rehearsal.Request) rehearsal.Answer {
	i := &intent{call: r}
	if r.Spec.Writes() {
		c.book.mu.Lock()
		c.book.intents = append(c.book.intents, i)
		c.book.mu.Unlock()
	}
	var a rehearsal.Answer
	for range asksMax {
		var err error
		if a, err = r.Send(ctx); err != nil {
			panic(err) // calls stay in the process
		}
		if a.Header.Get("Idempotency-Replayed") != "" {
			c.book.mu.Lock()
			c.book.replays++
			c.book.mu.Unlock()
		}
		if i.learn(a) || c.dice.IntN(100) < givesUp {
			return a
		}
	}
	return a
}

// learn reads an outcome off an answer; a failure that may pass tells none.
func (i *intent) learn(a rehearsal.Answer) bool {
	if a.OK() {
		i.outcome, i.first = accepted, a
		return true
	}
	var p op.Problem
	if err := json.Unmarshal(a.Body, &p); err != nil {
		panic("a refusal is no problem document: " + a.String())
	}
	if p.Retryable || a.Status == http.StatusInternalServerError {
		return false
	}
	i.outcome = refused
	return true
}

// same tells whether a repeated call's answer is the first one. What shows a record may show it as it is by now.
func (i *intent) same(again rehearsal.Answer) bool {
	if i.first.Status != again.Status {
		return false
	}
	if i.call.Spec.ExemptFrom("replay") != "" {
		return true
	}
	shown := ids(again)
	return !slices.ContainsFunc(ids(i.first), func(id string) bool { return !slices.Contains(shown, id) })
}

// ids are the ids of the records that an answer shows, by the members that hold them.
func ids(a rehearsal.Answer) []string {
	var tree any
	if json.Unmarshal(a.Body, &tree) != nil {
		return nil
	}
	var out []string
	if m, ok := tree.(map[string]any); ok {
		for name, v := range m {
			if text, isText := v.(string); isText && (name == "id" || name == "number") && !strings.HasPrefix(text, "ten_") {
				out = append(out, name+"="+text)
			}
		}
	}
	slices.Sort(out)
	return out
}
