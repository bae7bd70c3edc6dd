package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const callWait = 30 * time.Second

// client calls the deployed HTTP APIs. Their host names lead to the emulator, whichever resolver this machine has.
type client struct {
	http  *http.Client
	urls  map[string]string // by domain
	token string
}

func newClient(port int, urls map[string]string) *client {
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+strconv.Itoa(port))
	}
	return &client{http: &http.Client{Timeout: callWait, Transport: &http.Transport{DialContext: dial}}, urls: urls}
}

// callKeyed sends a command that makes a record.
func (c *client) callKeyed(ctx context.Context, path, key string, body, into any) (http.Header, error) {
	return c.send(ctx, http.MethodPost, path, key, body, into, http.StatusCreated)
}

// call sends a request and expects a status; into, if any, takes the answer.
func (c *client) call(ctx context.Context, method, path string, body, into any, status int) (http.Header, error) {
	return c.send(ctx, method, path, "", body, into, status)
}

func (c *client) send(ctx context.Context, method, path, key string, body, into any, status int) (http.Header, error) {
	domain, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.urls[domain]+path, content)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(resp.Body)
	if closeErr := resp.Body.Close(); err != nil || closeErr != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if resp.StatusCode != status {
		return nil, fmt.Errorf("%s %s: %d instead of %d: %s", method, path, resp.StatusCode, status, raw)
	}
	if into == nil {
		return resp.Header, nil
	}
	return resp.Header, json.Unmarshal(raw, into)
}
