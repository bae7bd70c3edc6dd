// Command claims is the user pool's trigger before it makes tokens: it puts into the access token who the user or machine is
// to this system, as the claims that internal/host/lambdahost reads, and the scopes of the domains. It is no operation: it runs
// before anyone has signed in, and reads nothing but the event and, for a machine, the list of machine clients.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"backoffice/internal/host/lambdahost/claim"
)

// machineSource begins nothing else: it is how the pool names the one grant by which machines get tokens.
const machineSource = "TokenGeneration_ClientCredentials"

var (
	errNoTenant  = errors.New("the user belongs to no tenant")
	errNoMachine = errors.New("the client is no service of this stage")
)

// tokenEvent is the trigger's event in the version that is called for machines, too; it has the second version's form.
type tokenEvent = events.CognitoEventUserPoolsPreTokenGenV2_0

// machines gives the machine clients by id.
type machines func(ctx context.Context) (map[string]claim.Machine, error)

func main() {
	scopes := strings.Fields(os.Getenv(claim.EnvScopes))
	list := listed(os.Getenv(claim.EnvServices))
	lambda.Start(func(ctx context.Context, e tokenEvent) (tokenEvent, error) { return add(ctx, e, scopes, list) })
}

// add refuses to make tokens for a user without tenant or principal, and for a client that is no service. Scopes are added only
// where the client could not ask for any, in sign-ins by the API; a client that asked at the hosted page gets what it asked for,
// and a machine what the pool allows its client.
func add(ctx context.Context, e tokenEvent, scopes []string, list machines) (tokenEvent, error) {
	if e.TriggerSource == machineSource {
		return addMachine(ctx, e, list)
	}
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

// addMachine has a machine act as its service key: with that key's roles, in that key's tenant, and as nobody's person.
func addMachine(ctx context.Context, e tokenEvent, list machines) (tokenEvent, error) {
	all, err := list(ctx)
	if err != nil {
		return e, err
	}
	m, known := all[e.CallerContext.ClientID]
	if !known || m.Tenant == "" || m.Principal == "" {
		return e, errNoMachine
	}
	e.Response.ClaimsAndScopeOverrideDetails.AccessTokenGeneration.ClaimsToAddOrOverride = map[string]any{claim.Tenant: m.Tenant, claim.Principal: m.Principal,
		claim.Methods: []string{"client"}}
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

// listed reads the machine clients from their parameter, each time anew: tokens last a quarter of an hour, so it is seldom.
func listed(parameter string) machines {
	return func(ctx context.Context) (map[string]claim.Machine, error) {
		if parameter == "" {
			return nil, nil
		}
		cloud, err := awsconfig.LoadDefaultConfig(ctx)
		if err != nil {
			return nil, err
		}
		out, err := ssm.NewFromConfig(cloud).GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String(parameter)})
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", parameter, err)
		}
		return parse(aws.ToString(out.Parameter.Value))
	}
}

func parse(text string) (map[string]claim.Machine, error) {
	var all map[string]claim.Machine
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, fmt.Errorf("the list of machine clients: %w", err)
	}
	return all, nil
}
