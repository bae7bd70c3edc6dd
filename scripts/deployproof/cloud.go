package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"backoffice/internal/clock"
	"backoffice/internal/e2e"
)

// cloud is the deployed system, as the end-to-end suite calls it.
type cloud struct {
	emulator *emulator
	urls     map[string]string
	pool     *pool
}

func newCloud(e *emulator, o outputs) *cloud {
	return &cloud{emulator: e, urls: o.urls,
		pool: &pool{api: cognitoidentityprovider.NewFromConfig(e.config()), id: o.pool, client: o.client, secrets: map[string]string{}}}
}

// Base is the address of a domain's HTTP API.
func (c *cloud) Base(domain string) string { return c.urls[domain] }

// Client reaches the HTTP APIs, and the bucket of files under its signed addresses.
func (c *cloud) Client() *http.Client { return c.emulator.client }

// Claim has the deployed function offer a one-time code, as an operator does.
func (c *cloud) Claim(ctx context.Context) (string, error) {
	var offered struct{ Code string }
	if err := c.invoke(ctx, "platform.offer-claim", "", nil, &offered); err != nil || offered.Code == "" {
		return "", errors.Join(errors.New("no code was offered"), err)
	}
	return offered.Code, nil
}

// invoke calls an operation as an operator does, by its function. The answer goes into out, which may be nil.
func (c *cloud) invoke(ctx context.Context, operation, tenant string, in, out any) error {
	input, err := json.Marshal(map[string]any{"tenant": tenant, "key": operation + time.Now().Format(time.RFC3339Nano), "input": in})
	if err != nil {
		return err
	}
	function := prefix + "-" + strings.ReplaceAll(operation, ".", "-")
	raw, err := c.emulator.account().Send(ctx, "lambda", http.MethodPost, "/2015-03-31/functions/"+function+"/invocations", input, nil)
	if err != nil {
		return err
	}
	var failed struct{ ErrorType, ErrorMessage string }
	if err := json.Unmarshal(raw, &failed); err != nil {
		return err
	}
	if failed.ErrorType != "" {
		return fmt.Errorf("%s answers %s: %s", operation, failed.ErrorType, failed.ErrorMessage)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(raw, out)
}

// SignIn signs somebody in at the user pool with password and code; the first time it sets the two up.
func (c *cloud) SignIn(ctx context.Context, who e2e.Person) (string, error) {
	if c.pool.secrets[who.Email] == "" {
		if err := c.pool.settle(ctx, who); err != nil {
			return "", err
		}
	}
	return c.pool.signIn(ctx, who)
}

// Later waits: nobody can move the clock of functions.
func (c *cloud) Later(ctx context.Context, d time.Duration) error {
	return clock.Wait(ctx, d)
}
