package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"

	"backoffice/internal/catalog"
	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/finance"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

// The shape of the books in which the trial balance is measured.
const (
	accountsInBooks    = 200
	periodsInBooks     = 24
	costCentresInBooks = 20
	journalsAtOnce     = 40
)

// The first journal of every period posts a large amount and all others a penny, so that the sums have as many digits at any
// size: a number is stored by its digits, and paid by its bytes.
const (
	firstAmount = "5555555.56"
	penny       = "0.01"
)

// size is what the trial balance cost at a number of lines.
type size struct {
	Lines int         `json:"lines"`
	Whole store.Count `json:"whole"`
	One   store.Count `json:"oneCostCentre"`
}

func trialBalances(ctx context.Context, sizes []int) ([]size, error) {
	s, tn, err := open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close() //nolint:errcheck // in memory
	b, err := newBooks(ctx, tn)
	if err != nil {
		return nil, err
	}
	slices.Sort(sizes)
	var out []size
	for _, lines := range sizes {
		if err := b.grow(ctx, lines); err != nil {
			return nil, err
		}
		row := size{Lines: lines}
		if row.Whole, err = b.read(ctx, ""); err != nil {
			return nil, err
		}
		if row.One, err = b.read(ctx, "cost-centre:C00"); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// books are an entity with 200 accounts, 24 periods and 20 cost centres.
type books struct {
	*rehearsal.Tenant
	entity string
	next   int // journals so far
}

func newBooks(ctx context.Context, tn *rehearsal.Tenant) (*books, error) {
	b := &books{Tenant: tn}
	var e struct{ ID string }
	err := b.post(ctx, "finance.create-entity", map[string]any{"name": "Wide Chart Ltd", "baseCurrency": "GBP", "fiscalYearStart": 4}, &e)
	if err != nil {
		return nil, err
	}
	b.entity = e.ID
	for _, start := range []string{"2026-04", "2027-04"} {
		err = errors.Join(err, b.post(ctx, "finance.open-fiscal-year", map[string]any{"entity": b.entity, "start": start}, nil))
	}
	for n := range accountsInBooks {
		kind := []string{"asset", "liability", "equity", "income", "expense"}[n%5]
		err = errors.Join(err, b.post(ctx, "finance.create-account", map[string]any{"entity": b.entity, "code": code(n), "name": "Account", "type": kind, "class": "general"}, nil))
	}
	for n := range costCentresInBooks {
		err = errors.Join(err, b.post(ctx, "finance.create-dimension-value", map[string]any{"entity": b.entity, "dimension": "cost-centre", "code": centre(n), "name": "Centre"}, nil))
	}
	return b, err
}

func code(n int) string   { return fmt.Sprintf("A%03d", n) }
func centre(n int) string { return fmt.Sprintf("C%02d", n) }

// grow posts journals until there are so many lines, and has them taken up.
func (b *books) grow(ctx context.Context, lines int) error {
	for b.next*accountsInBooks < lines {
		var journals []any
		for ; len(journals) < journalsAtOnce && b.next*accountsInBooks < lines; b.next++ {
			journals = append(journals, b.journal(b.next))
		}
		if err := b.postWith(ctx, "finance.record-journals", url.Values{"atomic": {"true"}}, map[string]any{"items": journals}, nil); err != nil {
			return err
		}
		if err := b.Sys.Settle(ctx, b.ID); err != nil {
			return err
		}
	}
	return nil
}

// journal makes the n-th journal: a line on each account, in one period and one cost centre.
func (b *books) journal(n int) map[string]any {
	period, amount := n%periodsInBooks, penny
	if n < periodsInBooks {
		amount = firstAmount
	}
	lines := make([]any, accountsInBooks)
	for i := range lines {
		lines[i] = map[string]any{"account": code(i), []string{"debit", "credit"}[i%2]: map[string]string{"amount": amount, "currency": "GBP"},
			"dimensions": map[string]string{"cost-centre": centre(n / periodsInBooks % costCentresInBooks)}}
	}
	return map[string]any{"entity": b.entity, "date": fmt.Sprintf("%d-%02d-15", 2026+(period+3)/12, (period+3)%12+1), "description": "Load", "lines": lines}
}

// read reads the trial balance at the end of the books, checks it, and says what it cost.
func (b *books) read(ctx context.Context, filter string) (store.Count, error) {
	query := url.Values{"entity": {b.entity}, "asOf": {"2028-03-31"}, "cumulative": {"true"}}
	if filter != "" {
		query.Set("dimension", filter)
	}
	if err := warm(ctx, b.Tenant, b.Maker); err != nil {
		return store.Count{}, err
	}
	var m store.Meter
	a, err := b.send(store.WithMeter(ctx, &m), "finance.get-trial-balance", query, nil)
	if err != nil {
		return store.Count{}, err
	}
	var tb struct {
		Accounts      []any
		Debit, Credit struct{ Amount string }
		Pending       struct{ Acts int }
	}
	if err := json.Unmarshal(a.Body, &tb); err != nil {
		return store.Count{}, err
	}
	if len(tb.Accounts) != accountsInBooks || tb.Debit.Amount != tb.Credit.Amount || tb.Pending.Acts != 0 || filter == "" && tb.Debit.Amount != b.total() {
		return store.Count{}, fmt.Errorf("the trial balance is wrong: %d accounts, %s and %s instead of %s, %d acts waiting",
			len(tb.Accounts), tb.Debit.Amount, tb.Credit.Amount, b.total(), tb.Pending.Acts)
	}
	return m.Count(), nil
}

// total is what debits must sum to.
func (b *books) total() string {
	const firstMinor = 555_555_556
	first := min(b.next, periodsInBooks)
	minor := accountsInBooks / 2 * (first*firstMinor + b.next - first)
	return fmt.Sprintf("%d.%02d", minor/100, minor%100)
}

// post calls a command with a body.
func (b *books) post(ctx context.Context, id string, body, into any) error {
	return b.postWith(ctx, id, nil, body, into)
}

func (b *books) postWith(ctx context.Context, id string, query url.Values, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	a, err := b.send(ctx, id, query, raw)
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal(a.Body, into)
}

// send calls an operation otherwise than its example does; a refusal is an error.
func (b *books) send(ctx context.Context, id string, query url.Values, body []byte) (rehearsal.Answer, error) {
	o, err := catalog.Find(id)
	if err != nil {
		return rehearsal.Answer{}, err
	}
	r := &rehearsal.Request{Tenant: b.Tenant, Spec: o.Describe(), Who: b.Maker, Query: query, Body: body, Header: http.Header{}}
	if r.Spec.Kind != op.Query {
		r.Header.Set("Idempotency-Key", b.Key())
	}
	return ask(ctx, r)
}

// journalCost is what two-line journals cost when so many are posted and then taken up together.
type journalCost struct {
	journals            int
	request, projection store.Count
}

func journalCosts(ctx context.Context, loads ...int) ([]journalCost, error) {
	var out []journalCost
	for _, n := range loads {
		s, tn, err := open(ctx)
		if err != nil {
			return nil, err
		}
		c, err := journals(ctx, tn, n)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
		if err := s.Close(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func journals(ctx context.Context, tn *rehearsal.Tenant, n int) (journalCost, error) {
	c, b := journalCost{journals: n}, &books{Tenant: tn}
	if _, err := tn.Run(ctx, "finance.record-journal"); err != nil {
		return c, err
	}
	if err := tn.Sys.Settle(ctx, tn.ID); err != nil {
		return c, err
	}
	var e struct{ ID string }
	if err := json.Unmarshal(tn.Done["finance.create-entity"].Body, &e); err != nil {
		return c, err
	}
	accounts := []string{"7105", "7200", "7201", "7202", "7210", "2100", "1200", "1210", "4000", "4010"}
	var request, projection store.Meter
	for i := range n {
		amount := map[string]string{"amount": "1250.00", "currency": "GBP"}
		body := map[string]any{"entity": e.ID, "date": "2026-04-30", "description": "Agency staff, week 47",
			"lines": []any{map[string]any{"account": accounts[i%5], "debit": amount}, map[string]any{"account": accounts[5+i%5], "credit": amount}}}
		if err := b.post(store.WithMeter(ctx, &request), "finance.record-journal", body, nil); err != nil {
			return c, err
		}
	}
	err := tn.Sys.Host.TakeUp(store.WithMeter(ctx, &projection), finance.RecordJournal.Spec.Domain(), tn.ID)
	c.request, c.projection = request.Count(), projection.Count()
	return c, err
}

func save(path string, rows []size) error {
	raw, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(raw, '\n'), 0o644) //nolint:gosec // G306: figures for everyone
}
