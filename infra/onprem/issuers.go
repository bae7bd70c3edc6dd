package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"os"

	"backoffice/internal/authn"
)

// issuerFile is one identity provider in the file that -issuers names, a JSON list of them.
type issuerFile struct {
	Issuer   string `json:"issuer"`   // claim iss of its access tokens
	Audience string `json:"audience"` // their aud or client_id
	JWKS     string `json:"jwks"`     // where it publishes its keys
	Claims   struct {
		Principal string `json:"principal"`
		Tenant    string `json:"tenant"`
		Person    string `json:"person"`
		Session   string `json:"session"`
		Scope     string `json:"scope"`
		Methods   string `json:"methods"`
		AuthTime  string `json:"authTime"`
		AnyUse    bool   `json:"anyUse"`
	} `json:"claims"` // what the provider calls the claims; our own names where a name is left out
}

// readIssuers reads the identity providers whose access tokens are accepted beside our own.
func readIssuers(path string) ([]authn.External, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all []issuerFile
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&all); err != nil {
		return nil, fmt.Errorf("-issuers: %s: %w", path, err)
	}
	out := make([]authn.External, len(all))
	for i, f := range all {
		if f.Issuer == "" || f.Audience == "" {
			return nil, fmt.Errorf("-issuers: %s: number %d lacks issuer or audience", path, i+1)
		}
		if err := checkKeyAddress(f.JWKS); err != nil {
			return nil, fmt.Errorf("-issuers: %s: number %d: %w", path, i+1, err)
		}
		out[i] = authn.External{Issuer: f.Issuer, Audience: f.Audience, JWKS: f.JWKS, Claims: f.claimMap()}
	}
	return out, nil
}

func (f issuerFile) claimMap() authn.ClaimMap {
	m, c := authn.OwnClaims(), f.Claims
	for into, name := range map[*string]string{&m.Principal: c.Principal, &m.Tenant: c.Tenant, &m.Person: c.Person, &m.Session: c.Session,
		&m.Scope: c.Scope, &m.Methods: c.Methods, &m.AuthTime: c.AuthTime} {
		if name != "" {
			*into = name
		}
	}
	m.AnyUse = c.AnyUse
	return m
}

// checkKeyAddress refuses keys that somebody on the way could exchange.
func checkKeyAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return fmt.Errorf("jwks %q is no address", address)
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "https" || u.Scheme == "http" && ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("jwks %s is neither https nor on this machine", address)
}
