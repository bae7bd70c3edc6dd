package stacks

import (
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
	"backoffice/internal/host/lambdahost/claim"
)

const (
	passwordCharsMin     = 14
	temporaryPasswordDay = 3
	claimsMemoryMB       = 256
	claimsTimeout        = 5 * time.Second
	managedLogin         = 2 // of the sign-in pages' two versions the one that knows passkeys
)

// signIn makes who may sign in: a user pool with its clients, its issuers and its triggers, or nothing but the names of an
// external issuer where the stage has one. It names the issuer, and for whom tokens must be made, to the HTTP APIs.
func signIn(app awscdk.App, s Settings) (awscdk.Stack, error) {
	stack := s.newStack(app, "identity", "User pool, its clients and its issuers")
	if s.Stage.Issuer != "" {
		named(stack, "IssuerName", s.parameter("issuer"), jsii.String(s.Stage.Issuer))
		namedList(stack, "AudienceName", s.parameter("audience"), []*string{jsii.String(s.Stage.Audience)})
		return stack, nil
	}
	pool, err := userPool(stack, s)
	if err != nil {
		return nil, err
	}
	scopes := resourceServer(stack, s, pool)
	domain := loginDomain(stack, s, pool)
	issuers := providers(stack, s, pool)
	people := webClient(stack, s, pool, append(issuers, scopes))
	audience := append([]*string{people.Ref()}, machineClients(stack, s, pool, scopes)...)
	named(stack, "IssuerName", s.parameter("issuer"), awscdk.Fn_Sub(jsii.String("https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}/${Pool}"), &map[string]*string{"Pool": pool.Ref()}))
	namedList(stack, "AudienceName", s.parameter("audience"), audience)
	named(stack, "PoolName", s.parameter("pool"), pool.Ref())
	named(stack, "ClientName", s.parameter("client"), people.Ref())
	for name, value := range map[string]*string{"UserPoolId": pool.Ref(), "ClientId": people.Ref(), "SignInAt": domain} {
		awscdk.NewCfnOutput(stack, jsii.String(name), &awscdk.CfnOutputProps{Value: value})
	}
	return stack, nil
}

// namedList keeps values under a name for other stacks to read when they are deployed.
func namedList(stack awscdk.Stack, id, path string, values []*string) {
	awsssm.NewCfnParameter(stack, jsii.String(id), &awsssm.CfnParameterProps{Name: jsii.String(path), Type: jsii.String("StringList"),
		Value: awscdk.Fn_Join(jsii.String(","), &values)})
}

// readList gives a named list of values as another stack's parameter.
func readList(stack awscdk.Stack, id, path string) *[]*string {
	return awscdk.NewCfnParameter(stack, jsii.String(id), &awscdk.CfnParameterProps{Type: jsii.String("AWS::SSM::Parameter::Value<List<String>>"),
		Default: jsii.String(path)}).ValueAsList()
}

// userPool makes the pool in which people sign in, always with a second factor: a password with an authenticator's code, or a
// passkey that its owner unlocks. Its tokens say who; what they may is asked of the store.
func userPool(stack awscdk.Stack, s Settings) (awscognito.CfnUserPool, error) {
	trigger, err := claimsTrigger(stack, s)
	if err != nil {
		return nil, err
	}
	props := userPoolProps(s, trigger)
	props.WebAuthnRelyingPartyId, props.WebAuthnUserVerification = s.loginName(), jsii.String("required")
	props.WebAuthnFactorConfiguration = jsii.String("MULTI_FACTOR_WITH_USER_VERIFICATION")
	pool, err := linked(stack, s, props)
	if err != nil {
		return nil, err
	}
	pool.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	callable(stack, "ClaimsPermission", trigger, pool)
	return pool, nil
}

// callable lets the pool call a function, and nobody else's pool.
func callable(stack awscdk.Stack, id string, f awslambda.CfnFunction, pool awscognito.CfnUserPool) {
	awslambda.NewCfnPermission(stack, jsii.String(id), &awslambda.CfnPermissionProps{Action: jsii.String("lambda:InvokeFunction"),
		FunctionName: f.Ref(), Principal: jsii.String("cognito-idp.amazonaws.com"), SourceArn: pool.AttrArn()})
}

// claimsTrigger makes the function that puts into tokens who their owner is. It reads the machine clients' principals from a
// parameter: their ids are known only when the clients are made, after the pool, which comes after this function.
func claimsTrigger(stack awscdk.Stack, s Settings) (awslambda.CfnFunction, error) {
	scopes := make([]string, 0, len(s.Domains))
	for _, d := range s.Domains {
		scopes = append(scopes, claim.ScopePrefix+d.Name)
	}
	environment := map[string]*string{claim.EnvScopes: jsii.String(strings.Join(scopes, " "))}
	var more []construct.Statement
	if len(s.Stage.Identity.Services) > 0 {
		name := s.parameter("services")
		environment[claim.EnvServices] = jsii.String(name)
		more = append(more, construct.Allow([]string{"ssm:GetParameter"}, stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("ssm"), Resource: jsii.String("parameter" + name),
			ArnFormat: awscdk.ArnFormat_NO_RESOURCE_NAME})))
	}
	return construct.Function(stack, "Claims", construct.FunctionProps{Name: s.Prefix() + "-claims", Description: "Puts tenant and principal into access tokens",
		Set: "trigger", Main: "claims", Code: s.Code, Arch: s.Arch, MemoryMB: claimsMemoryMB, Timeout: claimsTimeout, LogDays: s.Stage.LogDays,
		Environment: environment, Grants: more})
}

func userPoolProps(s Settings, trigger awslambda.CfnFunction) *awscognito.CfnUserPoolProps {
	text := func(name string) *awscognito.CfnUserPool_SchemaAttributeProperty {
		_, short, _ := strings.Cut(name, ":")
		return &awscognito.CfnUserPool_SchemaAttributeProperty{Name: jsii.String(short), AttributeDataType: jsii.String("String"), Mutable: jsii.Bool(false)}
	}
	props := &awscognito.CfnUserPoolProps{UserPoolName: jsii.String(s.Prefix()), UserPoolTier: jsii.String("ESSENTIALS"), DeletionProtection: jsii.String("ACTIVE"),
		MfaConfiguration: jsii.String("ON"), EnabledMfas: jsii.Strings("SOFTWARE_TOKEN_MFA"), UsernameAttributes: jsii.Strings("email"),
		AutoVerifiedAttributes: jsii.Strings("email"), UsernameConfiguration: &awscognito.CfnUserPool_UsernameConfigurationProperty{CaseSensitive: jsii.Bool(false)},
		AdminCreateUserConfig: &awscognito.CfnUserPool_AdminCreateUserConfigProperty{AllowAdminCreateUserOnly: jsii.Bool(true)},
		AccountRecoverySetting: &awscognito.CfnUserPool_AccountRecoverySettingProperty{RecoveryMechanisms: &[]*awscognito.CfnUserPool_RecoveryOptionProperty{
			{Name: jsii.String("verified_email"), Priority: jsii.Number(1)}}},
		UserAttributeUpdateSettings: &awscognito.CfnUserPool_UserAttributeUpdateSettingsProperty{AttributesRequireVerificationBeforeUpdate: jsii.Strings("email")},
		Policies: &awscognito.CfnUserPool_PoliciesProperty{SignInPolicy: &awscognito.CfnUserPool_SignInPolicyProperty{AllowedFirstAuthFactors: jsii.Strings("PASSWORD", "WEB_AUTHN")},
			PasswordPolicy: &awscognito.CfnUserPool_PasswordPolicyProperty{MinimumLength: jsii.Number(passwordCharsMin), TemporaryPasswordValidityDays: jsii.Number(temporaryPasswordDay)}},
		Schema: &[]*awscognito.CfnUserPool_SchemaAttributeProperty{text(claim.AttributeTenant), text(claim.AttributePrincipal), text(claim.AttributePerson)},
		LambdaConfig: &awscognito.CfnUserPool_LambdaConfigProperty{PreTokenGenerationConfig: &awscognito.CfnUserPool_PreTokenGenerationConfigProperty{
			LambdaArn: trigger.AttrArn(), LambdaVersion: jsii.String("V3_0")}}} // the version that is called for machines, too
	if s.Stage.Identity.ThreatProtection {
		props.UserPoolTier = jsii.String("PLUS")
		props.UserPoolAddOns = &awscognito.CfnUserPool_UserPoolAddOnsProperty{AdvancedSecurityMode: jsii.String("ENFORCED")}
	}
	if i := s.Stage.Identity; i.EmailFrom != "" {
		props.EmailConfiguration = &awscognito.CfnUserPool_EmailConfigurationProperty{EmailSendingAccount: jsii.String("DEVELOPER"), From: jsii.String(i.EmailFrom),
			SourceArn: jsii.String(i.EmailIdentityArn)}
	}
	return props
}

// resourceServer names the scopes: one per domain.
func resourceServer(stack awscdk.Stack, s Settings, pool awscognito.CfnUserPool) awscdk.CfnResource {
	scopes := make([]*awscognito.CfnUserPoolResourceServer_ResourceServerScopeTypeProperty, 0, len(s.Domains))
	for _, d := range s.Domains {
		scopes = append(scopes, &awscognito.CfnUserPoolResourceServer_ResourceServerScopeTypeProperty{ScopeName: jsii.String(d.Name), ScopeDescription: jsii.String(d.Title)})
	}
	return awscognito.NewCfnUserPoolResourceServer(stack, jsii.String("Scopes"), &awscognito.CfnUserPoolResourceServerProps{UserPoolId: pool.Ref(),
		Identifier: jsii.String(claim.ResourceServer), Name: jsii.String("Back Office"), Scopes: &scopes})
}

// loginPrefix begins the name that Cognito gives the sign-in pages; it must be unique in the region, so the account is in it.
func (s Settings) loginPrefix() *string {
	if p := s.Stage.Identity.DomainPrefix; p != "" {
		return jsii.String(p)
	}
	return awscdk.Fn_Sub(jsii.String(s.Prefix()+"-${AWS::AccountId}"), nil)
}

// loginName is the host name of the sign-in pages, to which passkeys are bound.
func (s Settings) loginName() *string {
	if n := s.Stage.Identity.DomainName; n != "" {
		return jsii.String(n)
	}
	return awscdk.Fn_Sub(jsii.String("${Prefix}.auth.${AWS::Region}.amazoncognito.com"), &map[string]*string{"Prefix": s.loginPrefix()})
}

// loginDomain makes the sign-in pages' address, and gives it.
func loginDomain(stack awscdk.Stack, s Settings, pool awscognito.CfnUserPool) *string {
	props := &awscognito.CfnUserPoolDomainProps{UserPoolId: pool.Ref(), Domain: s.loginPrefix(), ManagedLoginVersion: jsii.Number(managedLogin)}
	if i := s.Stage.Identity; i.DomainName != "" {
		props.Domain = jsii.String(i.DomainName)
		props.CustomDomainConfig = &awscognito.CfnUserPoolDomain_CustomDomainConfigTypeProperty{CertificateArn: jsii.String(i.CertificateArn)}
	}
	awscognito.NewCfnUserPoolDomain(stack, jsii.String("Domain"), props)
	return awscdk.Fn_Join(jsii.String(""), &[]*string{jsii.String("https://"), s.loginName()})
}

// login makes the sign-in pages' looks. They stand in a stack of their own, since nothing else needs them.
func login(app awscdk.App, s Settings, identity awscdk.Stack) {
	if s.Stage.Issuer != "" {
		return
	}
	stack := s.newStack(app, "login", "Looks of the sign-in pages")
	stack.AddMetadata(jsii.String("Unproven"), jsii.String("the emulator knows no looks of sign-in pages"))
	stack.AddStackDependency(identity, jsii.String("it reads named values"))
	awscognito.NewCfnManagedLoginBranding(stack, jsii.String("Branding"), &awscognito.CfnManagedLoginBrandingProps{UserPoolId: read(stack, "Pool", s.parameter("pool")),
		ClientId: read(stack, "Client", s.parameter("client")), UseCognitoProvidedValues: jsii.Bool(true)})
}

// validateIdentity holds the stage to its ways of signing in.
func (s Settings) validateIdentity() error {
	names := make([]string, 0, len(s.Domains))
	for _, d := range s.Domains {
		names = append(names, d.Name)
	}
	i := s.Stage.Identity
	if s.Stage.Issuer != "" && (len(i.Services)+len(i.Providers)+len(i.CallbackURLs) > 0 || i.DomainName != "") {
		return fmt.Errorf("stage %s has an external issuer and so no user pool: identity must be left out", s.Name)
	}
	if err := i.validate(names); err != nil {
		return fmt.Errorf("stage %s: %w", s.Name, err)
	}
	return nil
}
