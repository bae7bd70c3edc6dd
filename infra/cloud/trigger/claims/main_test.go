package main

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"backoffice/internal/host/lambdahost/claim"
)

func event(attributes map[string]string, scopes ...string) events.CognitoEventUserPoolsPreTokenGenV2_0 {
	var e events.CognitoEventUserPoolsPreTokenGenV2_0
	e.Request.UserAttributes, e.Request.Scopes = attributes, scopes
	return e
}

var anna = map[string]string{"custom:tenant": "ten_1", "custom:principal": "usr_1", "custom:person": "per_1", "email": "anna@example.com"}

func TestTokenSaysWhoTheUserIs(t *testing.T) {
	out, err := add(t.Context(), event(anna, "aws.cognito.signin.user.admin"), []string{"backoffice/finance"}, nil)
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
	out, err := add(t.Context(), event(anna, "openid", "backoffice/people"), []string{"backoffice/finance", "backoffice/people"}, nil)
	if err != nil || out.Response.ClaimsAndScopeOverrideDetails.AccessTokenGeneration.ScopesToAdd != nil {
		t.Errorf("%+v, %v", out.Response, err)
	}
}

func TestUserWithoutTenantGetsNoToken(t *testing.T) {
	if _, err := add(t.Context(), event(map[string]string{"custom:principal": "usr_1"}), nil, nil); !errors.Is(err, errNoTenant) {
		t.Errorf("error %v", err)
	}
}

func machine(client string) tokenEvent {
	var e tokenEvent
	e.TriggerSource, e.CallerContext.ClientID = machineSource, client
	e.Request.Scopes = []string{"backoffice/finance"}
	return e
}

func services(context.Context) (map[string]claim.Machine, error) {
	return parse(`{"client-1":{"tenant":"ten_1","principal":"key_1"},"client-2":{"tenant":"","principal":"key_2"}}`)
}

// A machine acts as its service key and as nobody's person; its scopes are those that the pool allows its client.
func TestMachineActsAsItsServiceKey(t *testing.T) {
	out, err := add(t.Context(), machine("client-1"), []string{"backoffice/people"}, services)
	if err != nil {
		t.Fatal(err)
	}
	access := out.Response.ClaimsAndScopeOverrideDetails.AccessTokenGeneration
	if access.ClaimsToAddOrOverride["tenant"] != "ten_1" || access.ClaimsToAddOrOverride["principal"] != "key_1" || access.ClaimsToAddOrOverride["person"] != nil {
		t.Errorf("claims %v", access.ClaimsToAddOrOverride)
	}
	if access.ScopesToAdd != nil {
		t.Errorf("scopes %v", access.ScopesToAdd)
	}
}

func TestClientThatIsNoServiceGetsNoToken(t *testing.T) {
	for _, client := range []string{"client-2", "client-3", ""} {
		if _, err := add(t.Context(), machine(client), nil, services); !errors.Is(err, errNoMachine) {
			t.Errorf("%q: %v", client, err)
		}
	}
	broken := func(context.Context) (map[string]claim.Machine, error) { return parse("not JSON") }
	if _, err := add(t.Context(), machine("client-1"), nil, broken); err == nil {
		t.Error("a list that cannot be read lets machines in")
	}
}

// A stage without services names no list, and then no machine gets a token.
func TestStageWithoutServicesKnowsNoMachine(t *testing.T) {
	if _, err := add(t.Context(), machine("client-1"), nil, listed("")); !errors.Is(err, errNoMachine) {
		t.Errorf("error %v", err)
	}
}
