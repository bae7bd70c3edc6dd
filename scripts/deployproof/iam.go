package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	// policyName is what the stacks call the one inline policy of a function's role.
	policyName = "operation"
	iamVersion = "2010-05-08"
)

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
	raw, err := e.account().Send(ctx, "lambda", http.MethodGet, "/2015-03-31/functions/"+function+"/configuration", nil, nil)
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
	var answer struct {
		Document string `xml:"GetRolePolicyResult>PolicyDocument"`
	}
	if err := e.account().Query(ctx, "iam", iamVersion, "GetRolePolicy", map[string]string{"RoleName": role, "PolicyName": policyName}, &answer); err != nil {
		return d, err
	}
	text := answer.Document
	if strings.HasPrefix(text, "%") { // AWS escapes it
		plain, err := url.QueryUnescape(text)
		if err != nil {
			return d, err
		}
		text = plain
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
	return e.account().Query(ctx, "iam", iamVersion, "PutRolePolicy",
		map[string]string{"RoleName": role, "PolicyName": policyName, "PolicyDocument": string(raw)}, nil)
}
