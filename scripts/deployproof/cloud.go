package main

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"backoffice/internal/clock"
	"backoffice/internal/config"
	"backoffice/internal/e2e"
	"backoffice/internal/id"
	"backoffice/internal/platform/platformwire"
	"backoffice/internal/store"
	"backoffice/internal/wire"
)

// cloud is the deployed system, as the end-to-end suite calls it.
type cloud struct {
	emulator *emulator
	urls     map[string]string
	pool     *pool
	env      *wire.Env
}

func newCloud(e *emulator, o outputs) *cloud {
	now := clock.System
	return &cloud{emulator: e, urls: o.urls,
		env:  &wire.Env{Config: config.Config{TablePrefix: prefix}, DB: store.Open(e.config(), prefix), Clock: now, IDs: id.NewSource(now, nil)},
		pool: &pool{api: cognitoidentityprovider.NewFromConfig(e.config()), id: o.pool, client: o.client, secrets: map[string]string{}}}
}

// Base is the address of a domain's HTTP API.
func (c *cloud) Base(domain string) string { return c.urls[domain] }

// Client reaches the HTTP APIs, and the bucket of files under its signed addresses.
func (c *cloud) Client() *http.Client { return c.emulator.client }

// Claim offers a one-time code, as an operator with rights on the platform's table does.
func (c *cloud) Claim(ctx context.Context) (string, error) {
	return platformwire.OfferClaim(ctx, c.env)
}

// SignIn gives somebody an account in the user pool, with an authenticator, and signs them in with password and code.
func (c *cloud) SignIn(ctx context.Context, who e2e.Person) (string, error) {
	if c.pool.secrets[who.Email] == "" {
		if err := c.pool.add(ctx, who); err != nil {
			return "", err
		}
	}
	return c.pool.signIn(ctx, who)
}

// Later waits: nobody can move the clock of functions.
func (c *cloud) Later(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
