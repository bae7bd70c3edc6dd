// Package awscall calls AWS interfaces for which the module has no client: a dozen calls in the operators' programs would be ten
// more modules. Requests are signed by AWS's own signer.
package awscall

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

const (
	answerBytesMax = 8 << 20
	// iamRegion is the region that calls to IAM are signed for, which is one for all regions.
	iamRegion = "us-east-1"
)

// Account is an account in a region, as a configuration finds it: its credentials, its base endpoint if there is one, and its
// HTTP client, which trusts what AWS_CA_BUNDLE says.
type Account struct{ Config aws.Config }

// RefusalError is what AWS answered instead of doing it.
type RefusalError struct {
	Status int
	Text   string // the answer's body
}

// Error shows status and text.
func (r RefusalError) Error() string { return fmt.Sprintf("%d %s", r.Status, r.Text) }

// Query calls an interface that takes a form and answers XML, which goes into into; that may be nil.
func (a Account) Query(ctx context.Context, service, version, action string, parameters map[string]string, into any) error {
	form := url.Values{"Action": {action}, "Version": {version}}
	for k, v := range parameters {
		form.Set(k, v)
	}
	raw, err := a.Send(ctx, service, http.MethodPost, "/", []byte(form.Encode()), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	if into == nil {
		return nil
	}
	return xml.Unmarshal(raw, into)
}

// Call calls an interface that takes and answers JSON of a version such as 1.0; target names the action. The answer goes into into,
// which may be nil.
func (a Account) Call(ctx context.Context, service, version, target string, in, into any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	raw, err := a.Send(ctx, service, http.MethodPost, "/", body, map[string]string{"Content-Type": "application/x-amz-json-" + version, "X-Amz-Target": target})
	if err != nil {
		return fmt.Errorf("%s: %w", target, err)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(raw, into)
}

// Send sends a signed request and gives the answer's body; any status but success is a RefusalError.
func (a Account) Send(ctx context.Context, service, method, path string, body []byte, headers map[string]string) ([]byte, error) {
	endpoint, region := a.endpoint(service)
	req, err := http.NewRequestWithContext(ctx, method, endpoint+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	who, err := a.Config.Credentials.Retrieve(ctx)
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
		return nil, RefusalError{resp.StatusCode, string(raw)}
	}
	return raw, nil
}

// client is the configuration's, which trusts what AWS_CA_BUNDLE says.
func (a Account) client() aws.HTTPClient {
	if a.Config.HTTPClient == nil {
		return http.DefaultClient
	}
	return a.Config.HTTPClient
}

// endpoint gives a service's address and the region that its requests are signed for.
func (a Account) endpoint(service string) (address, region string) {
	region = a.Config.Region
	if service == "iam" {
		region = iamRegion
	}
	if a.Config.BaseEndpoint != nil {
		return *a.Config.BaseEndpoint, region
	}
	if service == "iam" {
		return "https://iam.amazonaws.com", region
	}
	return "https://" + service + "." + region + ".amazonaws.com", region
}
