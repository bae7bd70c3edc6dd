package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// policyName is what the stacks call the one inline policy of a function's role.
const policyName = "operation"

// statement is a statement of a policy.
type statement struct {
	Effect           string
	Action, Resource oneOrMany
	Condition        json.RawMessage `json:",omitempty"`
}

// oneOrMany is a text or a list of texts.
type oneOrMany []string

// UnmarshalJSON takes both forms.
func (o *oneOrMany) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*o = oneOrMany{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(o))
}

// document is a policy.
type document struct {
	Version   string
	Statement []statement
}

// without gives the policy less one of its statements.
func (d document) without(n int) document {
	return document{d.Version, slices.Concat(d.Statement[:n], d.Statement[n+1:])}
}

// roleOf gives the name of the role of a function.
func (e *emulator) roleOf(ctx context.Context, function string) (string, error) {
	raw, err := e.signed(ctx, "lambda", http.MethodGet, "/2015-03-31/functions/"+function+"/configuration", nil, nil)
	if err != nil {
		return "", err
	}
	var c struct{ Role string }
	if err := json.Unmarshal(raw, &c); err != nil {
		return "", err
	}
	return c.Role[strings.LastIndex(c.Role, "/")+1:], nil
}

func (e *emulator) policyOf(ctx context.Context, role string) (document, error) {
	var d document
	raw, err := e.iam(ctx, "GetRolePolicy", url.Values{"RoleName": {role}, "PolicyName": {policyName}})
	if err != nil {
		return d, err
	}
	var answer struct {
		Document string `xml:"GetRolePolicyResult>PolicyDocument"`
	}
	if err := xml.Unmarshal(raw, &answer); err != nil {
		return d, err
	}
	text := answer.Document
	if strings.HasPrefix(text, "%") { // AWS escapes it
		if text, err = url.QueryUnescape(text); err != nil {
			return d, err
		}
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil || len(d.Statement) == 0 {
		return d, errors.Join(fmt.Errorf("the policy of %s is %q", role, text), err)
	}
	return d, nil
}

func (e *emulator) putPolicy(ctx context.Context, role string, d document) error {
	raw, err := json.Marshal(d)
	if err != nil {
		return err
	}
	_, err = e.iam(ctx, "PutRolePolicy", url.Values{"RoleName": {role}, "PolicyName": {policyName}, "PolicyDocument": {string(raw)}})
	return err
}

func (e *emulator) iam(ctx context.Context, action string, values url.Values) ([]byte, error) {
	values.Set("Action", action)
	values.Set("Version", "2010-05-08")
	return e.signed(ctx, "iam", http.MethodPost, "/", []byte(values.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

// signed calls one of the services for which the module has no client.
func (e *emulator) signed(ctx context.Context, service, method, path string, body []byte, header http.Header) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, e.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	maps.Copy(req.Header, header)
	sum := sha256.Sum256(body)
	root := aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}
	if err := v4.NewSigner().SignHTTP(ctx, root, req, hex.EncodeToString(sum[:]), service, region, time.Now()); err != nil {
		return nil, err
	}
	resp, err := e.client.Do(req)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s %s: %d: %s", service, path, resp.StatusCode, raw)
	}
	return raw, nil
}
