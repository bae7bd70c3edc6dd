package stacks

import (
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
	"backoffice/internal/host/lambdahost/claim"
)

const (
	// cursorKeyChars letters and digits are the base64 of 33 bytes.
	cursorKeyChars = 44
	// punctuation is written out, too, for what knows only one of the two ways to exclude it.
	punctuation          = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
	accessTokenMinutes   = 15
	refreshTokenHours    = 12
	passwordCharsMin     = 14
	temporaryPasswordDay = 3
	claimsMemoryMB       = 256
	claimsTimeout        = 5 * time.Second
)

func (s Settings) cursorKeySecret() string { return s.Prefix() + "-cursor-key" }

// shared makes what all domains share: the bus, the key that signs cursors, and who may sign in.
func shared(app awscdk.App, s Settings) (awscdk.Stack, error) {
	stack := s.newStack(app, "shared", "Event bus, cursor key and user pool")
	awsevents.NewCfnEventBus(stack, jsii.String("Bus"), &awsevents.CfnEventBusProps{Name: jsii.String(s.Prefix())})
	key := awssecretsmanager.NewCfnSecret(stack, jsii.String("CursorKey"), &awssecretsmanager.CfnSecretProps{Name: jsii.String(s.cursorKeySecret()),
		Description: jsii.String("Signs list cursors; replacing it makes clients in the middle of a list begin again"),
		GenerateSecretString: &awssecretsmanager.CfnSecret_GenerateSecretStringProperty{PasswordLength: jsii.Number(cursorKeyChars),
			ExcludePunctuation: jsii.Bool(true), ExcludeCharacters: jsii.String(punctuation)}})
	key.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	data(stack, s)
	issuer, audience := jsii.String(s.Stage.Issuer), jsii.String(s.Stage.Audience)
	if s.Stage.Issuer == "" {
		pool, client, err := userPool(stack, s)
		if err != nil {
			return nil, err
		}
		issuer = awscdk.Fn_Sub(jsii.String("https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}/${Pool}"), &map[string]*string{"Pool": pool.Ref()})
		audience = client.Ref()
	}
	named(stack, "IssuerName", s.parameter("issuer"), issuer)
	named(stack, "AudienceName", s.parameter("audience"), audience)
	return stack, nil
}

// userPool makes the pool in which people sign in, always with a second factor. Its tokens say who; what they may is asked of
// the store.
func userPool(stack awscdk.Stack, s Settings) (awscognito.CfnUserPool, awscognito.CfnUserPoolClient, error) {
	trigger, err := claimsTrigger(stack, s)
	if err != nil {
		return nil, nil, err
	}
	pool := awscognito.NewCfnUserPool(stack, jsii.String("UserPool"), userPoolProps(s, trigger))
	pool.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	awslambda.NewCfnPermission(stack, jsii.String("ClaimsPermission"), &awslambda.CfnPermissionProps{Action: jsii.String("lambda:InvokeFunction"),
		FunctionName: trigger.Ref(), Principal: jsii.String("cognito-idp.amazonaws.com"), SourceArn: pool.AttrArn()})
	scopes := make([]*awscognito.CfnUserPoolResourceServer_ResourceServerScopeTypeProperty, 0, len(s.Domains))
	for _, d := range s.Domains {
		scopes = append(scopes, &awscognito.CfnUserPoolResourceServer_ResourceServerScopeTypeProperty{ScopeName: jsii.String(d.Name), ScopeDescription: jsii.String(d.Title)})
	}
	awscognito.NewCfnUserPoolResourceServer(stack, jsii.String("Scopes"), &awscognito.CfnUserPoolResourceServerProps{UserPoolId: pool.Ref(),
		Identifier: jsii.String(claim.ResourceServer), Name: jsii.String("Back Office"), Scopes: &scopes})
	client := awscognito.NewCfnUserPoolClient(stack, jsii.String("Client"), clientProps(pool))
	awscdk.NewCfnOutput(stack, jsii.String("UserPoolId"), &awscdk.CfnOutputProps{Value: pool.Ref()})
	awscdk.NewCfnOutput(stack, jsii.String("ClientId"), &awscdk.CfnOutputProps{Value: client.Ref()})
	return pool, client, nil
}

func claimsTrigger(stack awscdk.Stack, s Settings) (awslambda.CfnFunction, error) {
	scopes := make([]string, 0, len(s.Domains))
	for _, d := range s.Domains {
		scopes = append(scopes, claim.ScopePrefix+d.Name)
	}
	return construct.Function(stack, "Claims", construct.FunctionProps{Name: s.Prefix() + "-claims", Description: "Puts tenant and principal into access tokens",
		Set: "trigger", Main: "claims", Code: s.Code, Arch: s.Arch, MemoryMB: claimsMemoryMB, Timeout: claimsTimeout, LogDays: s.Stage.LogDays,
		Environment: map[string]*string{"BACKOFFICE_SCOPES": jsii.String(strings.Join(scopes, " "))}})
}

func userPoolProps(s Settings, trigger awslambda.CfnFunction) *awscognito.CfnUserPoolProps {
	text := func(name string) *awscognito.CfnUserPool_SchemaAttributeProperty {
		_, short, _ := strings.Cut(name, ":")
		return &awscognito.CfnUserPool_SchemaAttributeProperty{Name: jsii.String(short), AttributeDataType: jsii.String("String"), Mutable: jsii.Bool(false)}
	}
	return &awscognito.CfnUserPoolProps{UserPoolName: jsii.String(s.Prefix()), UserPoolTier: jsii.String("ESSENTIALS"), DeletionProtection: jsii.String("ACTIVE"),
		MfaConfiguration: jsii.String("ON"), EnabledMfas: jsii.Strings("SOFTWARE_TOKEN_MFA"), UsernameAttributes: jsii.Strings("email"),
		AutoVerifiedAttributes: jsii.Strings("email"), UsernameConfiguration: &awscognito.CfnUserPool_UsernameConfigurationProperty{CaseSensitive: jsii.Bool(false)},
		AdminCreateUserConfig: &awscognito.CfnUserPool_AdminCreateUserConfigProperty{AllowAdminCreateUserOnly: jsii.Bool(true)},
		AccountRecoverySetting: &awscognito.CfnUserPool_AccountRecoverySettingProperty{RecoveryMechanisms: &[]*awscognito.CfnUserPool_RecoveryOptionProperty{
			{Name: jsii.String("verified_email"), Priority: jsii.Number(1)}}},
		Policies: &awscognito.CfnUserPool_PoliciesProperty{PasswordPolicy: &awscognito.CfnUserPool_PasswordPolicyProperty{MinimumLength: jsii.Number(passwordCharsMin),
			TemporaryPasswordValidityDays: jsii.Number(temporaryPasswordDay)}},
		Schema: &[]*awscognito.CfnUserPool_SchemaAttributeProperty{text(claim.AttributeTenant), text(claim.AttributePrincipal), text(claim.AttributePerson)},
		LambdaConfig: &awscognito.CfnUserPool_LambdaConfigProperty{PreTokenGenerationConfig: &awscognito.CfnUserPool_PreTokenGenerationConfigProperty{
			LambdaArn: trigger.AttrArn(), LambdaVersion: jsii.String("V2_0")}}}
}

// clientProps make the client that people sign in with. It may not write the attributes that say who they are.
func clientProps(pool awscognito.CfnUserPool) *awscognito.CfnUserPoolClientProps {
	return &awscognito.CfnUserPoolClientProps{UserPoolId: pool.Ref(), ClientName: jsii.String("people"), GenerateSecret: jsii.Bool(false),
		ExplicitAuthFlows:   jsii.Strings("ALLOW_USER_SRP_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"),
		AccessTokenValidity: jsii.Number(accessTokenMinutes), IdTokenValidity: jsii.Number(accessTokenMinutes), RefreshTokenValidity: jsii.Number(refreshTokenHours),
		TokenValidityUnits: &awscognito.CfnUserPoolClient_TokenValidityUnitsProperty{AccessToken: jsii.String("minutes"), IdToken: jsii.String("minutes"),
			RefreshToken: jsii.String("hours")},
		EnableTokenRevocation: jsii.Bool(true), PreventUserExistenceErrors: jsii.String("ENABLED"),
		ReadAttributes:  jsii.Strings("email", claim.AttributeTenant, claim.AttributePrincipal, claim.AttributePerson),
		WriteAttributes: jsii.Strings("email")}
}
