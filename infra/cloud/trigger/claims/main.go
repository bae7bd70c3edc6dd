// Command claims is the user pool's trigger before it makes tokens: it puts into the access token who the user is to this
// system, as the claims that internal/host/lambdahost reads, and the scopes of the domains. It is no operation: it runs before
// anyone has signed in, and reads nothing but the event.
package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"backoffice/internal/host/lambdahost/claim"
)

// envScopes names the variable with the scopes to grant, space separated.
const envScopes = "BACKOFFICE_SCOPES"

var errNoTenant = errors.New("the user belongs to no tenant")

func main() {
	scopes := strings.Fields(os.Getenv(envScopes))
	lambda.Start(func(_ context.Context, e events.CognitoEventUserPoolsPreTokenGenV2_0) (events.CognitoEventUserPoolsPreTokenGenV2_0, error) {
		return add(e, scopes)
	})
}

// add refuses to make tokens for a user without tenant or principal. Scopes are added only where the client could not ask for
// any, in sign-ins by the API; a client that asked at the hosted page gets what it asked for.
func add(e events.CognitoEventUserPoolsPreTokenGenV2_0, scopes []string) (events.CognitoEventUserPoolsPreTokenGenV2_0, error) {
	said := map[string]any{}
	for name, attribute := range map[string]string{claim.Tenant: claim.AttributeTenant, claim.Principal: claim.AttributePrincipal, claim.Person: claim.AttributePerson} {
		if value := e.Request.UserAttributes[attribute]; value != "" {
			said[name] = value
		}
	}
	if said[claim.Tenant] == nil || said[claim.Principal] == nil {
		return e, errNoTenant
	}
	access := &e.Response.ClaimsAndScopeOverrideDetails.AccessTokenGeneration
	access.ClaimsToAddOrOverride = said
	if !asked(e.Request.Scopes) {
		access.ScopesToAdd = scopes
	}
	return e, nil
}

func asked(scopes []string) bool {
	for _, s := range scopes {
		if strings.HasPrefix(s, claim.ScopePrefix) {
			return true
		}
	}
	return false
}
