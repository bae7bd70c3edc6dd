package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"

	"backoffice/internal/fault"
	"backoffice/internal/finance"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
)

// intent is what a client means to do, under one key, however often it has to ask.
type intent struct {
	tag      string // stands in the descriptions of what it makes
	call     optest.Call
	journals int    // how many journals it posts
	reverses string // the journal that it undoes
	sent     any    // what it posts, as it was sent
	outcome  outcome
	first    answer
}

type outcome int

const (
	unknown  outcome = iota // the client never learnt
	accepted                // a success was told
	refused                 // a refusal was told that asking again does not change
)

// answer is what of a success must come again.
type answer struct {
	status  int
	ids     []string
	numbers []string
}

// same tells whether a replay is the first answer. A draft that was posted since then shows its number.
func (a answer) same(again answer) bool {
	numbers := slices.EqualFunc(a.numbers, again.numbers, func(was, is string) bool { return was == is || was == "" })
	return a.status == again.status && slices.Equal(a.ids, again.ids) && numbers
}

// book is what the clients together know: the log of acknowledged acts, which is kept outside the system.
type book struct {
	mu      sync.Mutex
	intents []*intent
	targets []target // journals that may be reversed
	replays int      // answers that clients got from an act
}

type target struct {
	id      string
	version int
}

func (b *book) add(i *intent) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.intents = append(b.intents, i)
}

func (b *book) replayed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.replays++
}

func (b *book) offer(t target) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.targets = append(b.targets, t)
}

func (b *book) pick(r *rand.Rand) (target, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.targets) == 0 {
		return target{}, false
	}
	return b.targets[r.IntN(len(b.targets))], true
}

// client is somebody who works against the system and keeps asking until an answer comes.
type client struct {
	*process
	entity string
	dice   *rand.Rand
	book   *book
	n      int
}

const (
	// asksMax is how often a client asks under one key before it gives up for now.
	asksMax = 12
	// givesUp is how many clients in a hundred never ask again after the first failure.
	givesUp = 10
)

// work does a number of things, one after the other.
func (c *client) work(ctx context.Context, things int) {
	for range things {
		switch k := c.dice.IntN(100); {
		case k < 40:
			c.record(ctx)
		case k < 55:
			c.batch(ctx)
		case k < 75:
			c.draft(ctx)
		default:
			c.reverse(ctx)
		}
	}
}

func (c *client) intent(o op.Operation, body any) *intent {
	c.n++
	i := &intent{tag: fmt.Sprintf("%s/%d", c.lane, c.n), call: optest.Call{Op: o, Body: body, Key: fmt.Sprintf("%s-%d", c.lane, c.n)}}
	c.book.add(i)
	return i
}

func (c *client) record(ctx context.Context) {
	i := c.intent(&finance.RecordJournal, nil)
	i.sent, i.journals = c.journal(i.tag), 1
	i.call.Body = i.sent
	if c.ask(ctx, i) {
		c.book.offer(target{i.first.ids[0], 1})
	}
}

func (c *client) batch(ctx context.Context) {
	i := c.intent(&finance.RecordJournals, nil)
	i.journals = 1 + c.dice.IntN(4)
	var all []any
	for range i.journals {
		all = append(all, c.journal(i.tag))
	}
	i.sent = map[string]any{"items": all}
	i.call.Body, i.call.Query = i.sent, "atomic=true"
	c.ask(ctx, i)
}

// draft drafts a journal and has a colleague post it.
func (c *client) draft(ctx context.Context) {
	d := c.intent(&finance.CreateJournal, nil)
	d.call.Body = c.journal(d.tag)
	if !c.ask(ctx, d) {
		return
	}
	p := c.intent(&finance.PostJournal, nil)
	p.call.Path, p.call.Version, p.call.As = map[string]string{"journalId": d.first.ids[0]}, 1, "usr_colleague"
	p.tag, p.journals, p.sent = d.tag, 1, d.call.Body
	if c.ask(ctx, p) {
		c.book.offer(target{d.first.ids[0], 2})
	}
}

// reverse undoes a journal that some client posted, perhaps at the same time as another client.
func (c *client) reverse(ctx context.Context) {
	t, ok := c.book.pick(c.dice)
	if !ok {
		return
	}
	i := c.intent(&finance.ReverseJournal, nil)
	i.call.Body = map[string]any{"mode": "correct", "reason": i.tag}
	i.call.Path, i.call.Version, i.journals, i.reverses = map[string]string{"journalId": t.id}, t.version, 1, t.id
	c.ask(ctx, i)
}

var accounts = []string{"7105", "7200", "2100", "1100", "4000", "1200"}

// journal makes a balanced journal of two to six lines on some day of the fiscal year.
func (c *client) journal(tag string) map[string]any {
	lines := make([]any, 0, 6)
	sum := 0
	for range 1 + c.dice.IntN(5) {
		minor := 1 + c.dice.IntN(99_999)
		if c.dice.IntN(2) == 0 {
			minor = -minor
		}
		sum += minor
		lines = append(lines, c.line(minor))
	}
	if sum == 0 {
		sum++
		lines = append(lines, c.line(1))
	}
	lines = append(lines, c.line(-sum))
	body := map[string]any{"entity": c.entity, "date": fmt.Sprintf("2026-%02d-%02d", 4+c.dice.IntN(9), 1+c.dice.IntN(28)), "description": tag, "lines": lines}
	if c.dice.IntN(2) == 0 {
		body["series"] = "GRN"
	}
	return body
}

func (c *client) line(minor int) map[string]any {
	side := "debit"
	if minor < 0 {
		side, minor = "credit", -minor
	}
	l := map[string]any{"account": accounts[c.dice.IntN(len(accounts))],
		side: map[string]string{"amount": fmt.Sprintf("%d.%02d", minor/100, minor%100), "currency": "GBP"}}
	if k := c.dice.IntN(3); k > 0 {
		l["dimensions"] = map[string]string{"cost-centre": fmt.Sprint(k * 100)}
	}
	return l
}

// ask makes the call under its one key until it is told an outcome, or gives up; it tells whether it succeeded.
func (c *client) ask(ctx context.Context, i *intent) bool {
	for range asksMax {
		a := c.do(ctx, i.call)
		if a.Header.Get("Idempotency-Replayed") != "" {
			c.book.replayed()
		}
		if c.learn(i, a) {
			return i.outcome == accepted
		}
		if c.dice.IntN(100) < givesUp {
			return false
		}
	}
	return false
}

// learn reads an outcome off an answer; a failure that may pass tells none.
func (c *client) learn(i *intent, a optest.Answer) bool {
	switch {
	case a.Status < http.StatusMultipleChoices:
		i.outcome, i.first = accepted, read(a)
		return true
	case a.Problem.Retryable() || a.Problem.Kind == fault.Internal:
		return false
	}
	i.outcome = refused
	return true
}

// read takes ids and numbers out of a success.
func read(a optest.Answer) answer {
	var one finance.JournalView
	var many op.BatchAnswer[finance.JournalView]
	if err := json.Unmarshal(a.Body, &many); err != nil {
		panic(err)
	}
	if many.Items == nil {
		if err := json.Unmarshal(a.Body, &one); err != nil {
			panic(err)
		}
		many.Items = []op.BatchItem[finance.JournalView]{{Record: &one}}
	}
	out := answer{status: a.Status}
	for _, item := range many.Items {
		out.ids, out.numbers = append(out.ids, item.Record.ID), append(out.numbers, item.Record.Number)
	}
	return out
}
