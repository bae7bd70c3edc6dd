package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	internalclock "backoffice/internal/clock"
	"backoffice/internal/config"
	"backoffice/internal/id"
	"backoffice/internal/platform/platformwire"
	"backoffice/internal/store"
	"backoffice/internal/wire"
)

const (
	catchUpWait = 30 * time.Second
	entryPhrase = "Slate-otter-winds-n0rth"
	email       = "ailsa.kerr@example.com"
)

// proof calls the deployed system.
type proof struct {
	api  *client
	pool *pool
	env  *wire.Env
}

func newProof(_ context.Context, e *emulator, o outputs) (*proof, error) {
	for _, domain := range []string{"platform", "finance"} {
		if o.urls[domain] == "" {
			return nil, fmt.Errorf("the domain %s has no HTTP API", domain)
		}
	}
	clock := internalclock.System
	prefix := "backoffice-" + stage
	env := &wire.Env{Config: config.Config{TablePrefix: prefix}, DB: store.Open(e.config(), prefix), Clock: clock, IDs: id.NewSource(clock, nil)}
	return &proof{api: newClient(e.port, o.urls), env: env,
		pool: &pool{api: cognitoidentityprovider.NewFromConfig(e.config()), id: o.pool, client: o.client}}, nil
}

// prove makes the calls, in an order in which each needs those before it.
func (p *proof) prove(ctx context.Context, c *clock) error {
	if err := p.refusals(ctx); err != nil {
		return err
	}
	c.done("the HTTP API refuses calls without a token, and with a false one")
	who, err := p.firstAdministrator(ctx)
	if err != nil {
		return err
	}
	c.done("the first administrator was made by a one-time code: %s", who.principal)
	if err := p.pool.add(ctx, who); err != nil {
		return err
	}
	if p.api.token, err = p.pool.signIn(ctx, who); err != nil {
		return err
	}
	c.done("signed in at the user pool with a second factor")
	entity, err := p.command(ctx)
	if err != nil {
		return err
	}
	c.done("a command was answered, and its repetition with the same key by the same answer: %s", entity)
	if err := p.query(ctx, entity); err != nil {
		return err
	}
	c.done("a query was answered")
	if err := p.books(ctx, entity); err != nil {
		return err
	}
	c.done("a journal reached the trial balance by way of the table's stream")
	return nil
}

func (p *proof) refusals(ctx context.Context) error {
	encode := base64.RawURLEncoding.EncodeToString
	forged := strings.Join([]string{encode([]byte(`{"alg":"RS256","kid":"k"}`)), encode([]byte(`{"tenant":"ten_1"}`)), encode([]byte("signed"))}, ".")
	for what, bearer := range map[string]string{"no token": "", "a false token": forged} {
		p.api.token = bearer
		if _, err := p.api.call(ctx, http.MethodGet, "/finance/v1/entities", nil, nil, http.StatusUnauthorized); err != nil {
			return fmt.Errorf("with %s: %w", what, err)
		}
	}
	p.api.token = ""
	return nil
}

// firstAdministrator claims the installation, through its public route, with the code that an operator is shown.
func (p *proof) firstAdministrator(ctx context.Context) (*person, error) {
	code, err := platformwire.OfferClaim(ctx, p.env)
	if err != nil {
		return nil, err
	}
	var made struct{ Tenant, Person, User string }
	body := map[string]any{"code": code, "organisation": "Thistle & Rowan Ltd", "name": "Ailsa Kerr", "email": email, "password": entryPhrase}
	if _, err := p.api.call(ctx, http.MethodPost, "/platform/v1/first-administrator", body, &made, http.StatusCreated); err != nil {
		return nil, err
	}
	return &person{email: email, password: entryPhrase, tenant: made.Tenant, principal: made.User, personID: made.Person}, nil
}

type record struct {
	ID, Name string
	Version  int
}

func (p *proof) command(ctx context.Context) (string, error) {
	body := map[string]any{"name": "Thistle & Rowan Ltd", "companyNumber": "SC123456", "baseCurrency": "GBP", "fiscalYearStart": 4, "chart": "uk-frs102-small"}
	var made, again record
	first, err := p.api.callKeyed(ctx, "/finance/v1/entities", "proof-entity", body, &made)
	if err != nil {
		return "", err
	}
	second, err := p.api.callKeyed(ctx, "/finance/v1/entities", "proof-entity", body, &again)
	if err != nil {
		return "", err
	}
	if first.Get("ETag") != `"v1"` || first.Get("Location") != "/finance/v1/entities/"+made.ID {
		return "", fmt.Errorf("headers of the answer: %v", first)
	}
	if again != made || second.Get("Idempotency-Replayed") != "true" {
		return "", fmt.Errorf("the same key gave %v after %v, headers %v", again, made, second)
	}
	return made.ID, nil
}

func (p *proof) query(ctx context.Context, entity string) error {
	var read record
	if _, err := p.api.call(ctx, http.MethodGet, "/finance/v1/entities/"+entity, nil, &read, http.StatusOK); err != nil {
		return err
	}
	if read.ID != entity || read.Name != "Thistle & Rowan Ltd" || read.Version != 1 {
		return fmt.Errorf("read %+v", read)
	}
	_, err := p.api.call(ctx, http.MethodGet, "/finance/v1/entities/ent_01JD2M8G3S6QX4T5V7W9Y0Z1A2", nil, nil, http.StatusNotFound)
	return err
}

type trialBalance struct {
	Debit, Credit struct{ Amount string }
	Pending       struct{ Acts int }
}

// books opens a year, records a journal, and reads the trial balance until nothing is pending any more.
func (p *proof) books(ctx context.Context, entity string) error {
	if _, err := p.api.callKeyed(ctx, "/finance/v1/fiscal-years", "proof-year", map[string]any{"entity": entity, "start": "2026-04"}, nil); err != nil {
		return err
	}
	amount := map[string]string{"amount": "1250.00", "currency": "GBP"}
	journal := map[string]any{"entity": entity, "date": "2026-04-30", "description": "Agency staff, April",
		"lines": []any{map[string]any{"account": "7105", "debit": amount}, map[string]any{"account": "2100", "credit": amount}}}
	if _, err := p.api.callKeyed(ctx, "/finance/v1/journals/record", "proof-journal", journal, nil); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, catchUpWait)
	defer cancel()
	for {
		var tb trialBalance
		if _, err := p.api.call(ctx, http.MethodGet, "/finance/v1/reports/trial-balance?entity="+entity+"&asOf=2026-04-30", nil, &tb, http.StatusOK); err != nil {
			return err
		}
		if tb.Pending.Acts == 0 && tb.Debit.Amount == "1250.00" && tb.Credit.Amount == "1250.00" {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("the trial balance stays at %+v", tb), ctx.Err())
		case <-time.After(pollPause):
		}
	}
}
