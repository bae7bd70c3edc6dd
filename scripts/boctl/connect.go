package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"backoffice/internal/boclient"
)

// errSignedOut is a profile with which nobody is signed in.
var errSignedOut = errors.New("not signed in; see boctl sign-in")

// callTimeout is how long one attempt may last; what takes longer is a job.
const callTimeout = 2 * time.Minute

// connect makes a client of the profile in use. When the access token has run out, it gets the next pair and keeps it.
func (a *app) connect() (*boclient.Client, profile, error) {
	ps, err := a.load()
	if err != nil {
		return nil, profile{}, err
	}
	name := a.name(ps)
	p, ok := ps.All[name]
	if !ok || p.bearer() == "" {
		return nil, p, fmt.Errorf("profile %q: %w", name, errSignedOut)
	}
	c, err := newClient(p)
	if err != nil {
		return nil, p, err
	}
	c.Bearer = p.bearer()
	if p.ServiceKey == "" {
		c.Renew = func(ctx context.Context) (string, error) { return a.renew(ctx, name, p.AccessToken) }
	}
	return c, p, nil
}

// newClient makes a client that is not signed in.
func newClient(p profile) (*boclient.Client, error) {
	if err := checkAddress(p.Address); err != nil {
		return nil, err
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	if p.CA != "" {
		pem, err := os.ReadFile(p.CA)
		if err != nil {
			return nil, err
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", p.CA)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return &boclient.Client{Base: p.Address, HTTP: &http.Client{Transport: transport, Timeout: callTimeout}}, nil
}

// checkAddress refuses an address to which passwords and tokens would travel in the clear.
func checkAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return fmt.Errorf("--address: %q is no address such as https://books.example.com", address)
	}
	ip := net.ParseIP(u.Hostname())
	loopback := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback) {
		return fmt.Errorf("--address: %s is neither https nor on this machine", address)
	}
	return nil
}

// renew trades the refresh token for the next pair, unless another run has done so meanwhile.
func (a *app) renew(ctx context.Context, name, spent string) (bearer string, err error) {
	err = a.change(ctx, func(ps *profiles) error {
		p := ps.All[name]
		if p.AccessToken != spent {
			bearer = p.AccessToken
			return nil
		}
		c, err := newClient(p)
		if err != nil {
			return err
		}
		var t tokens
		if err := c.Post(ctx, "/platform/v1/sessions/refresh", map[string]string{"refreshToken": p.RefreshToken}, &t); err != nil {
			return err
		}
		p.AccessToken, p.RefreshToken = t.AccessToken, t.RefreshToken
		ps.All[name] = p
		bearer = t.AccessToken
		return nil
	})
	return bearer, err
}

// tokens are what signing in gives.
type tokens struct {
	AccessToken  string `json:"accessToken"`
	RefreshToken string `json:"refreshToken"`
	Tenant       string `json:"tenant"`
}
