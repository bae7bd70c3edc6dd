package stacks_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/cloudtest"
	"backoffice/infra/cloud/stacks"
	"backoffice/internal/catalog"
	"backoffice/internal/host/lambdahost/claim"
)

func TestPeopleSignInWithASecondFactorAndCannotSayWhoTheyAre(t *testing.T) {
	identity := templates(t)["backoffice-test-identity"]
	pool := only(t, identity, "AWS::Cognito::UserPool")
	if pool.Text("MfaConfiguration") != "ON" || pool.Text("EnabledMfas") != `["SOFTWARE_TOKEN_MFA"]` || pool.Text("AdminCreateUserConfig", "AllowAdminCreateUserOnly") != "true" ||
		pool.Text("DeletionProtection") != "ACTIVE" || pool.DeletionPolicy != "Retain" || pool.Text("UserPoolTier") != "ESSENTIALS" || pool.Text("UserPoolAddOns") != "null" {
		t.Errorf("user pool %v", pool.Properties)
	}
	for _, attribute := range []string{"tenant", "principal", "person"} {
		if !strings.Contains(pool.Text("Schema"), `{"AttributeDataType":"String","Mutable":false,"Name":"`+attribute+`"}`) {
			t.Errorf("%s can be changed: %s", attribute, pool.Text("Schema"))
		}
	}
	client := only(t, identity, "AWS::Cognito::UserPoolClient")
	if client.Text("WriteAttributes") != `["email"]` || client.Properties["GenerateSecret"] != false {
		t.Errorf("client %v", client.Properties)
	}
	scopes := only(t, identity, "AWS::Cognito::UserPoolResourceServer")
	if list, _ := scopes.Properties["Scopes"].([]any); scopes.Text("Identifier") != "backoffice" || len(list) != len(catalog.Domains()) {
		t.Errorf("scopes %v", scopes.Properties)
	}
}

// A passkey that its owner unlocks counts as both factors; it is bound to the name of the sign-in pages.
func TestPasskeysAreASecondFactorInOne(t *testing.T) {
	pool := only(t, guardedTemplate(t, "identity"), "AWS::Cognito::UserPool")
	if at(pool.Properties, "Policies", "SignInPolicy", "AllowedFirstAuthFactors") != `["PASSWORD","WEB_AUTHN"]` || pool.Text("WebAuthnUserVerification") != "required" ||
		pool.Text("WebAuthnFactorConfiguration") != "MULTI_FACTOR_WITH_USER_VERIFICATION" || pool.Text("WebAuthnRelyingPartyID") != "login.example.com" {
		t.Errorf("passkeys %v", pool.Properties)
	}
	without := only(t, templates(t)["backoffice-test-identity"], "AWS::Cognito::UserPool").Text("WebAuthnRelyingPartyID")
	if !strings.Contains(without, ".amazoncognito.com") || !strings.Contains(without, "backoffice-test-${AWS::AccountId}") {
		t.Errorf("relying party %s", without)
	}
}

func TestTokensAreShortAndRefreshTokensGoodOnce(t *testing.T) {
	for name, stage := range map[string]cloudtest.Template{"plain": templates(t)["backoffice-test-identity"], "guarded": guardedTemplate(t, "identity")} {
		for id, c := range stage.OfType("AWS::Cognito::UserPoolClient") {
			if c.Text("AccessTokenValidity") != "15" || c.Text("TokenValidityUnits", "AccessToken") != "minutes" || c.Properties["EnableTokenRevocation"] != true {
				t.Errorf("%s: %s %v", name, id, c.Properties)
			}
			if c.Text("ClientName") != "people" {
				continue
			}
			if c.Text("RefreshTokenValidity") != "12" || c.Text("TokenValidityUnits", "RefreshToken") != "hours" || c.Text("RefreshTokenRotation", "Feature") != "ENABLED" ||
				strings.Contains(c.Text("ExplicitAuthFlows"), "ALLOW_REFRESH_TOKEN_AUTH") || strings.Contains(c.Text("ExplicitAuthFlows"), "ADMIN") {
				t.Errorf("%s: %v", name, c.Properties)
			}
		}
	}
}

func clientNamed(t *testing.T, name string) cloudtest.Resource {
	t.Helper()
	for _, c := range guardedTemplate(t, "identity").OfType("AWS::Cognito::UserPoolClient") {
		if c.Text("ClientName") == name {
			return c
		}
	}
	t.Fatalf("no client %s", name)
	return cloudtest.Resource{}
}

func TestWebClientTakesACode(t *testing.T) {
	c := clientNamed(t, "people")
	if c.Text("AllowedOAuthFlows") != `["code"]` || c.Text("CallbackURLs") != `["https://app.example.com/signed-in"]` || c.Text("LogoutURLs") != `["https://app.example.com/"]` ||
		c.Text("AllowedOAuthScopes") != `["openid","backoffice/box","backoffice/platform"]` || c.Text("SupportedIdentityProviders") != `["COGNITO","ThistleSSO","KelsoSAML"]` {
		t.Errorf("client %v", c.Properties)
	}
}

// A service has a client with a secret, its scopes and the one grant for machines; which service key it acts as is kept where the
// trigger reads it, and the HTTP APIs take its tokens.
func TestServicesActAsServiceKeys(t *testing.T) {
	c := clientNamed(t, "service-nightly-export")
	if c.Properties["GenerateSecret"] != true || c.Text("AllowedOAuthFlows") != `["client_credentials"]` || c.Text("AllowedOAuthScopes") != `["backoffice/box"]` || c.Text("ExplicitAuthFlows") != "[]" {
		t.Errorf("client %v", c.Properties)
	}
	values := map[string]cloudtest.Resource{}
	for _, p := range guardedTemplate(t, "identity").OfType("AWS::SSM::Parameter") {
		values[p.Text("Name")] = p
	}
	services := at(values["/backoffice/test/services"].Properties, "Value", "Fn::Sub", 0)
	var machines map[string]claim.Machine
	if err := json.Unmarshal([]byte(services), &machines); err != nil || machines["${Client0}"] != (claim.Machine{Tenant: thistle, Principal: nightly}) {
		t.Errorf("services %s, %v", services, err)
	}
	if audience := values["/backoffice/test/audience"]; audience.Text("Type") != "StringList" || strings.Count(audience.Text("Value"), `"Ref"`) != 2 {
		t.Errorf("audience %v", audience.Properties)
	}
	trigger := function(t, "identity", "backoffice-test-claims")
	if trigger.Text("Environment", "Variables", claim.EnvServices) != "/backoffice/test/services" || trigger.Text("Environment", "Variables", claim.EnvScopes) != "backoffice/box backoffice/platform" {
		t.Errorf("trigger %v", trigger.Properties)
	}
	pool := only(t, guardedTemplate(t, "identity"), "AWS::Cognito::UserPool")
	if pool.Text("LambdaConfig", "PreTokenGenerationConfig", "LambdaVersion") != "V3_0" {
		t.Errorf("triggers %s", pool.Text("LambdaConfig"))
	}
}

func function(t *testing.T, stack, name string) cloudtest.Resource {
	t.Helper()
	for _, f := range guardedTemplate(t, stack).OfType("AWS::Lambda::Function") {
		if f.Text("FunctionName") == name {
			return f
		}
	}
	t.Fatalf("%s has no function %s", stack, name)
	return cloudtest.Resource{}
}

// A tenant's issuer says an e-mail and no more; whom it signs in is linked by a trigger that knows the issuer's tenant.
func TestTenantsIssuersAreFederated(t *testing.T) {
	identity := guardedTemplate(t, "identity")
	for _, p := range identity.OfType("AWS::Cognito::UserPoolIdentityProvider") {
		if strings.Contains(p.Text("AttributeMapping"), "custom:") || !strings.Contains(p.Text("AttributeMapping"), `"email":`) {
			t.Errorf("%s says %s", p.Text("ProviderName"), p.Text("AttributeMapping"))
		}
		if p.Text("ProviderName") == "ThistleSSO" && (p.Text("ProviderDetails", "client_secret") != "{{resolve:secretsmanager:thistle/sso:SecretString}}" || p.Text("ProviderDetails", "oidc_issuer") != "https://sso.example.com") {
			t.Errorf("details %s", p.Text("ProviderDetails"))
		}
	}
	if n := len(identity.OfType("AWS::Cognito::UserPoolIdentityProvider")); n != 2 {
		t.Errorf("%d issuers", n)
	}
	var tenants map[string]string
	if err := json.Unmarshal([]byte(function(t, "identity", "backoffice-test-link").Text("Environment", "Variables", claim.EnvProviders)), &tenants); err != nil || tenants["KelsoSAML"] != thistle {
		t.Errorf("tenants %v, %v", tenants, err)
	}
	if policy := only(t, identity, "AWS::IAM::Policy"); strings.Contains(policy.Text("PolicyDocument"), "*") || !strings.Contains(policy.Text("PolicyDocument"), "AdminLinkProviderForUser") {
		t.Errorf("policy %v", policy.Properties)
	}
	if pool := only(t, identity, "AWS::Cognito::UserPool"); pool.Text("LambdaConfig", "PreSignUp") == "null" || pool.Text("UserPoolTier") != "PLUS" || pool.Text("UserPoolAddOns", "AdvancedSecurityMode") != "ENFORCED" {
		t.Errorf("pool %v", pool.Properties)
	}
}

// The platform's stream keeps the pool's users: with the right to do that in this pool and nothing else.
func TestPoolsUsersFollowThePlatforms(t *testing.T) {
	tpl := templates(t)["backoffice-test-users"]
	mapping := only(t, tpl, "AWS::Lambda::EventSourceMapping")
	if !strings.Contains(mapping.Text("FilterCriteria"), `eml`) || mapping.Text("MaximumRetryAttempts") != "5" || mapping.Text("FunctionResponseTypes") != `["ReportBatchItemFailures"]` {
		t.Errorf("mapping %v", mapping.Properties)
	}
	role := only(t, tpl, "AWS::IAM::Role").Text("Policies")
	for _, right := range []string{"AdminCreateUser", "AdminDisableUser", "AdminEnableUser", "AdminGetUser", "AdminUserGlobalSignOut"} {
		if !strings.Contains(role, "cognito-idp:"+right) {
			t.Errorf("the role lacks %s", right)
		}
	}
	if strings.Count(role, "cognito-idp:") != 6 || strings.Contains(role, "dynamodb:GetItem") { // five actions and the pool's ARN
		t.Errorf("role %s", role)
	}
}

// Whatever is wrong with a stage stops the build with the stage's name and the culprit's.
func TestABadStageStopsTheBuildByName(t *testing.T) {
	for want, change := range map[string]func(*stacks.Stage){
		"stage test: edge: domainName and certificateArn": func(s *stacks.Stage) { s.Edge.CertificateArn = "" },
		`edge.certificateArn "arn:aws:acm:eu-west-2`: func(s *stacks.Stage) {
			s.Edge.CertificateArn = strings.Replace(certificate, "us-east-1", "eu-west-2", 1)
		},
		`edge.domainName "https://api.example.com" is no host name`: func(s *stacks.Stage) { s.Edge.DomainName = "https://api.example.com" },
		"edge.requestsPerAddress 5":                                 func(s *stacks.Stage) { s.Edge.RequestsPerAddress = 5 },
		"edge.secretGeneration -1":                                  func(s *stacks.Stage) { s.Edge.SecretGeneration = -1 },
		`allowedOrigins: "*"`:                                       func(s *stacks.Stage) { s.AllowedOrigins = []string{"*"} },
		`allowedOrigins: "http://app.example.com"`:                  func(s *stacks.Stage) { s.AllowedOrigins = []string{"http://app.example.com"} },
		`identity.domainPrefix "my-cognito"`:                        func(s *stacks.Stage) { s.Identity.DomainPrefix = "my-cognito" },
		`identity.callbackUrls: "http://app.example.com"`:           func(s *stacks.Stage) { s.Identity.CallbackURLs = []string{"http://app.example.com"} },
		`identity.logoutUrls: "https://app.example.com/#x"`:         func(s *stacks.Stage) { s.Identity.LogoutURLs = []string{"https://app.example.com/#x"} },
		"identity.emailFrom and identity.emailIdentityArn":          func(s *stacks.Stage) { s.Identity.EmailIdentityArn = "" },
		`service nightly-export: there is no domain "crate"`:        func(s *stacks.Stage) { s.Identity.Services[0].Scopes = []string{"crate"} },
		"service nightly-export has no scopes":                      func(s *stacks.Stage) { s.Identity.Services[0].Scopes = nil },
		`service nightly-export: tenant "thistle"`:                  func(s *stacks.Stage) { s.Identity.Services[0].Tenant = "thistle" },
		`service nightly-export: principal "usr_`:                   func(s *stacks.Stage) { s.Identity.Services[0].Principal = "usr_01JD2M8G3S6QX4T5V7W9Y0Z1A2" },
		`identity.services: "Nightly"`:                              func(s *stacks.Stage) { s.Identity.Services[0].Name = "Nightly" },
		`two times the service "nightly-export"`:                    func(s *stacks.Stage) { s.Identity.Services = append(s.Identity.Services, s.Identity.Services[0]) },
		"provider ThistleSSO: an issuer may not say custom:tenant":  func(s *stacks.Stage) { s.Identity.Providers[0].Attributes = map[string]string{"custom:tenant": "org"} },
		`provider ThistleSSO: type "OAuth"`:                         func(s *stacks.Stage) { s.Identity.Providers[0].Type = "OAuth" },
		`provider ThistleSSO: issuer "http://sso.example.com"`:      func(s *stacks.Stage) { s.Identity.Providers[0].Issuer = "http://sso.example.com" },
		"clientSecret must be the name of a secret":                 func(s *stacks.Stage) { s.Identity.Providers[0].ClientSecret = "" },
		"provider KelsoSAML: metadataUrl":                           func(s *stacks.Stage) { s.Identity.Providers[1].MetadataURL = "" },
		`identity.providers: "Thistle_SSO"`:                         func(s *stacks.Stage) { s.Identity.Providers[0].Name = "Thistle_SSO" },
		"external issuer and so no user pool":                       func(s *stacks.Stage) { s.Issuer, s.Audience = "https://sso.example.com", "backoffice" },
	} {
		t.Run(want, func(t *testing.T) {
			stage := guarded()
			change(&stage)
			if _, err := build(t, stage); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "stage test") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// With an external issuer there is no pool, and nothing that keeps one.
func TestExternalIssuerTakesThePoolsPlace(t *testing.T) {
	all, err := build(t, stacks.Stage{LogDays: 30, AuditDays: 1, Owner: "engineering", Issuer: "https://sso.example.com", Audience: "backoffice"})
	if err != nil {
		t.Fatal(err)
	}
	for name, tpl := range all {
		if strings.Contains(tpl.Raw, "AWS::Cognito") {
			t.Errorf("%s has to do with a user pool", name)
		}
	}
	values := map[string]string{}
	for _, p := range all["backoffice-test-identity"].OfType("AWS::SSM::Parameter") {
		values[p.Text("Name")] = p.Text("Value")
	}
	if values["/backoffice/test/issuer"] != "https://sso.example.com" || values["/backoffice/test/audience"] != "backoffice" {
		t.Errorf("names %v", values)
	}
}

// stageFile reads a stage of a stage file with the given text.
func stageFile(t *testing.T, text, stage string) error {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"stages.json": text, "stacks.json": "{}"} {
		path := filepath.Join(dir, "infra", "cloud", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	_, err := stacks.FromContext(awscdk.NewApp(&awscdk.AppProps{Context: &map[string]any{"stage": jsii.String(stage)}}), nil)
	return err
}

// A member that no stage has stops the build, in whichever stage of the file it stands.
func TestUnknownMembersOfTheStageFileAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		`{"dev":{"logDay":14}}`:                             `stage dev: json: unknown field "logDay"`,
		`{"dev":{},"prod":{"edge":{"domain":"x"}}}`:         `stage prod: json: unknown field "domain"`,
		`{"dev":{"identity":{"services":[{"scope":"x"}]}}}`: `stage dev: json: unknown field "scope"`,
		`{"dev":{"logDays":"many"}}`:                        "stage dev: json: cannot unmarshal string",
		`{"dev":{"logDays":14}}`:                            "stage dev lacks",
	} {
		if err := stageFile(t, text, "dev"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Every stage that is kept in version control can be built.
func TestKeptStagesAreSound(t *testing.T) {
	t.Chdir(moduleRoot)
	for _, stage := range []string{"dev", "prod", "proof", "test"} {
		if _, err := stacks.FromContext(awscdk.NewApp(&awscdk.AppProps{Context: &map[string]any{"stage": jsii.String(stage)}}), catalog.Domains()); err != nil {
			t.Errorf("%s: %v", stage, err)
		}
	}
}
