package stacks

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
	"backoffice/internal/host/lambdahost/claim"
)

const (
	accessTokenMinutes = 15
	refreshTokenHours  = 12
	// refreshGraceSeconds is how long a refresh token that was traded in may be sent again, by whoever lost the answer.
	refreshGraceSeconds = 10
)

// webClient makes the client that people sign in with: a code with PKCE, no secret, short tokens, a refresh token that is
// good once. It may not write the attributes that say who somebody is.
func webClient(stack awscdk.Stack, s Settings, pool awscognito.CfnUserPool, after []awscdk.CfnResource) awscognito.CfnUserPoolClient {
	i := s.Stage.Identity
	flows := []string{"ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH"}
	if i.AdministratorSignIn {
		flows = append(flows, "ALLOW_ADMIN_USER_PASSWORD_AUTH")
	}
	props := &awscognito.CfnUserPoolClientProps{UserPoolId: pool.Ref(), ClientName: jsii.String("people"), GenerateSecret: jsii.Bool(false), ExplicitAuthFlows: jsii.Strings(flows...),
		RefreshTokenRotation: &awscognito.CfnUserPoolClient_RefreshTokenRotationProperty{Feature: jsii.String("ENABLED"), RetryGracePeriodSeconds: jsii.Number(refreshGraceSeconds)},
		AccessTokenValidity:  jsii.Number(accessTokenMinutes), IdTokenValidity: jsii.Number(accessTokenMinutes), RefreshTokenValidity: jsii.Number(refreshTokenHours),
		TokenValidityUnits: &awscognito.CfnUserPoolClient_TokenValidityUnitsProperty{AccessToken: jsii.String("minutes"), IdToken: jsii.String("minutes"),
			RefreshToken: jsii.String("hours")},
		EnableTokenRevocation: jsii.Bool(true), PreventUserExistenceErrors: jsii.String("ENABLED"), SupportedIdentityProviders: i.signInWith(),
		ReadAttributes:  jsii.Strings("email", claim.AttributeTenant, claim.AttributePrincipal, claim.AttributePerson),
		WriteAttributes: jsii.Strings("email")}
	if len(i.CallbackURLs) > 0 {
		props.AllowedOAuthFlowsUserPoolClient, props.AllowedOAuthFlows = jsii.Bool(true), jsii.Strings("code")
		props.CallbackUrLs, props.AllowedOAuthScopes = jsii.Strings(i.CallbackURLs...), jsii.Strings(append([]string{"openid"}, s.scopes(s.domainNames())...)...)
		if len(i.LogoutURLs) > 0 {
			props.LogoutUrLs = jsii.Strings(i.LogoutURLs...)
		}
	}
	client := awscognito.NewCfnUserPoolClient(stack, jsii.String("Client"), props)
	for _, a := range after {
		client.AddResourceDependency(a, jsii.String("it names it"))
	}
	return client
}

func (i Identity) signInWith() *[]*string {
	names := []string{"COGNITO"}
	for _, p := range i.Providers {
		names = append(names, p.Name)
	}
	return jsii.Strings(names...)
}

func (s Settings) domainNames() []string {
	out := make([]string, 0, len(s.Domains))
	for _, d := range s.Domains {
		out = append(out, d.Name)
	}
	return out
}

// scopes gives the token scopes of domains.
func (s Settings) scopes(domains []string) []string {
	out := make([]string, 0, len(domains))
	for _, d := range domains {
		out = append(out, claim.ScopePrefix+d)
	}
	return out
}

// machineClients makes a client with a secret for each service, gives their ids, and keeps under a name which service key each
// one acts as, for the trigger that makes tokens.
func machineClients(stack awscdk.Stack, s Settings, pool awscognito.CfnUserPool, scopes awscdk.CfnResource) []*string {
	var ids []*string
	principals, clients := map[string]claim.Machine{}, map[string]*string{}
	for n, service := range s.Stage.Identity.Services {
		client := awscognito.NewCfnUserPoolClient(stack, jsii.String("Service"+construct.LogicalName(service.Name)), &awscognito.CfnUserPoolClientProps{UserPoolId: pool.Ref(),
			ClientName: jsii.String("service-" + service.Name), GenerateSecret: jsii.Bool(true), ExplicitAuthFlows: &[]*string{}, EnableTokenRevocation: jsii.Bool(true),
			AllowedOAuthFlowsUserPoolClient: jsii.Bool(true), AllowedOAuthFlows: jsii.Strings("client_credentials"), AllowedOAuthScopes: jsii.Strings(s.scopes(service.Scopes)...),
			AccessTokenValidity: jsii.Number(accessTokenMinutes), TokenValidityUnits: &awscognito.CfnUserPoolClient_TokenValidityUnitsProperty{AccessToken: jsii.String("minutes")}})
		client.AddResourceDependency(scopes, jsii.String("its scopes must be there"))
		ids = append(ids, client.Ref())
		variable := fmt.Sprintf("Client%d", n)
		principals["${"+variable+"}"], clients[variable] = claim.Machine{Tenant: service.Tenant, Principal: service.Principal}, client.Ref()
		awscdk.NewCfnOutput(stack, jsii.String("Client"+construct.LogicalName(service.Name)), &awscdk.CfnOutputProps{Value: client.Ref()})
	}
	if len(ids) > 0 {
		named(stack, "ServicesName", s.parameter("services"), awscdk.Fn_Sub(jsii.String(encoded(principals)), &clients))
	}
	return ids
}

// encoded gives JSON that CloudFormation may still fill in.
func encoded(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("stacks: a map of texts cannot be encoded: " + err.Error())
	}
	return strings.TrimSpace(b.String())
}
