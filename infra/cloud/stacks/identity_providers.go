package stacks

import (
	"maps"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
	"backoffice/internal/host/lambdahost/claim"
)

const (
	linkMemoryMB = 256
	linkTimeout  = 5 * time.Second // Cognito waits no longer
)

// providers federates the tenants' own issuers. What an issuer says of somebody goes no further than a standard attribute:
// tenant, principal and person are those of the pool's own user, to whom the issuer's is linked.
func providers(stack awscdk.Stack, s Settings, pool awscognito.CfnUserPool) []awscdk.CfnResource {
	out := make([]awscdk.CfnResource, 0, len(s.Stage.Identity.Providers))
	for _, p := range s.Stage.Identity.Providers {
		out = append(out, awscognito.NewCfnUserPoolIdentityProvider(stack, jsii.String("Provider"+construct.LogicalName(p.Name)), &awscognito.CfnUserPoolIdentityProviderProps{
			UserPoolId: pool.Ref(), ProviderName: jsii.String(p.Name), ProviderType: jsii.String(p.Type), ProviderDetails: p.details(), AttributeMapping: p.mapping()}))
	}
	return out
}

func (p Provider) details() map[string]string {
	if p.Type == "SAML" {
		return map[string]string{"MetadataURL": p.MetadataURL, "IDPInit": "false", "IDPSignout": "false", "RequestSigningAlgorithm": "rsa-sha256"}
	}
	return map[string]string{"oidc_issuer": p.Issuer, "client_id": p.ClientID, "client_secret": resolved(p.ClientSecret), "attributes_request_method": "GET",
		"authorize_scopes": "openid email"}
}

func (p Provider) mapping() map[string]string {
	m := map[string]string{"email": "email"}
	if p.Type == "SAML" {
		m["email"] = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
	}
	maps.Copy(m, p.Attributes)
	return m
}

// linked makes the pool; where issuers are federated, with the trigger that links their users to the pool's own and refuses
// whoever has none in the issuer's tenant.
func linked(stack awscdk.Stack, s Settings, props *awscognito.CfnUserPoolProps) (awscognito.CfnUserPool, error) {
	if len(s.Stage.Identity.Providers) == 0 {
		return awscognito.NewCfnUserPool(stack, jsii.String("UserPool"), props), nil
	}
	tenants := map[string]string{}
	for _, p := range s.Stage.Identity.Providers {
		tenants[p.Name] = p.Tenant
	}
	f, err := construct.Function(stack, "Link", construct.FunctionProps{Name: s.Prefix() + "-link", Description: "Links an issuer's user to the pool's own",
		Set: "trigger", Main: "link", Code: s.Code, Arch: s.Arch, MemoryMB: linkMemoryMB, Timeout: linkTimeout, LogDays: s.Stage.LogDays,
		Environment: map[string]*string{claim.EnvProviders: jsii.String(encoded(tenants))}})
	if err != nil {
		return nil, err
	}
	config, _ := props.LambdaConfig.(*awscognito.CfnUserPool_LambdaConfigProperty)
	config.PreSignUp = f.AttrArn()
	pool := awscognito.NewCfnUserPool(stack, jsii.String("UserPool"), props)
	callable(stack, "LinkPermission", f, pool)
	// The pool names the function, so the function's role cannot name the pool: the right is added once both are there.
	awsiam.NewCfnPolicy(stack, jsii.String("LinkPolicy"), &awsiam.CfnPolicyProps{PolicyName: jsii.String("link"), Roles: &[]*string{roleOf(stack, "Link").Ref()},
		PolicyDocument: construct.Policy(construct.Allow([]string{"cognito-idp:AdminLinkProviderForUser", "cognito-idp:ListUsers"}, pool.AttrArn()))})
	return pool, nil
}

// roleOf finds the role that construct.Function made.
func roleOf(stack awscdk.Stack, id string) awsiam.CfnRole {
	role, ok := stack.Node().FindChild(jsii.String(id + "Role")).(awsiam.CfnRole)
	if !ok {
		panic("stacks: the function " + id + " has no role")
	}
	return role
}
