package main

import (
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

func event(attributes map[string]string, scopes ...string) events.CognitoEventUserPoolsPreTokenGenV2_0 {
	var e events.CognitoEventUserPoolsPreTokenGenV2_0
	e.Request.UserAttributes, e.Request.Scopes = attributes, scopes
	return e
}

var anna = map[string]string{"custom:tenant": "ten_1", "custom:principal": "usr_1", "custom:person": "per_1", "email": "anna@example.com"}

func TestTokenSaysWhoTheUserIs(t *testing.T) {
	out, err := add(event(anna, "aws.cognito.signin.user.admin"), []string{"backoffice/finance"})
	if err != nil {
		t.Fatal(err)
	}
	access := out.Response.ClaimsAndScopeOverrideDetails.AccessTokenGeneration
	if len(access.ClaimsToAddOrOverride) != 3 || access.ClaimsToAddOrOverride["tenant"] != "ten_1" || access.ClaimsToAddOrOverride["principal"] != "usr_1" || access.ClaimsToAddOrOverride["person"] != "per_1" {
		t.Errorf("claims %v", access.ClaimsToAddOrOverride)
	}
	if !slices.Equal(access.ScopesToAdd, []string{"backoffice/finance"}) {
		t.Errorf("scopes %v", access.ScopesToAdd)
	}
}

func TestClientThatAskedForScopesGetsNoMore(t *testing.T) {
	out, err := add(event(anna, "openid", "backoffice/people"), []string{"backoffice/finance", "backoffice/people"})
	if err != nil || out.Response.ClaimsAndScopeOverrideDetails.AccessTokenGeneration.ScopesToAdd != nil {
		t.Errorf("%+v, %v", out.Response, err)
	}
}

func TestUserWithoutTenantGetsNoToken(t *testing.T) {
	if _, err := add(event(map[string]string{"custom:principal": "usr_1"}), nil); !errors.Is(err, errNoTenant) {
		t.Errorf("error %v", err)
	}
}
