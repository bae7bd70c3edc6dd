package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const answerBytesMax = 8 << 20

// account calls the few AWS interfaces that operating needs. They are called by hand: their libraries would be ten more modules
// for a dozen calls.
type account struct{ cfg aws.Config }

// in gives the same account in another region.
func (a account) in(region string) account {
	a.cfg.Region = region
	return a
}

// refusal is what AWS answered instead of doing it.
type refusal struct {
	status int
	text   string
}

func (r refusal) Error() string { return fmt.Sprintf("%d %s", r.status, r.text) }

// query calls an interface that takes a form and answers XML.
func (a account) query(ctx context.Context, service, version, action string, parameters map[string]string, into any) error {
	form := url.Values{"Action": {action}, "Version": {version}}
	for k, v := range parameters {
		form.Set(k, v)
	}
	raw, err := a.send(ctx, service, http.MethodPost, "/", []byte(form.Encode()), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	if into == nil {
		return nil
	}
	return xml.Unmarshal(raw, into)
}

// call calls an interface that takes and answers JSON; target names the action.
func (a account) call(ctx context.Context, service, version, target string, in, into any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	raw, err := a.send(ctx, service, http.MethodPost, "/", body, map[string]string{"Content-Type": "application/x-amz-json-" + version, "X-Amz-Target": target})
	if err != nil {
		return fmt.Errorf("%s: %w", target, err)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(raw, into)
}

func (a account) send(ctx context.Context, service, method, path string, body []byte, headers map[string]string) ([]byte, error) {
	endpoint, region := a.endpoint(service)
	req, err := http.NewRequestWithContext(ctx, method, endpoint+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	who, err := a.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("no credentials: %w", err)
	}
	sum := sha256.Sum256(body)
	req.Header.Set("X-Amz-Content-Sha256", hex.EncodeToString(sum[:]))
	if err := v4.NewSigner().SignHTTP(ctx, who, req, hex.EncodeToString(sum[:]), service, region, time.Now()); err != nil {
		return nil, err
	}
	resp, err := a.client().Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, answerBytesMax))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 2 {
		return nil, refusal{resp.StatusCode, string(raw)}
	}
	return raw, nil
}

// client is the configuration's, which trusts what AWS_CA_BUNDLE says.
func (a account) client() aws.HTTPClient {
	if a.cfg.HTTPClient == nil {
		return http.DefaultClient
	}
	return a.cfg.HTTPClient
}

// endpoint gives a service's address and the region that its requests are signed for.
func (a account) endpoint(service string) (address, region string) {
	region = a.cfg.Region
	if service == "iam" {
		region = edgeRegion // IAM is one for all regions
	}
	if a.cfg.BaseEndpoint != nil {
		return *a.cfg.BaseEndpoint, region
	}
	if service == "iam" {
		return "https://iam.amazonaws.com", region
	}
	return "https://" + service + "." + region + ".amazonaws.com", region
}
