package stacks_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/cloudtest"
	"backoffice/infra/cloud/stacks"
	"backoffice/internal/catalog"
	"backoffice/internal/config"
	"backoffice/internal/host/lambdahost"
	"backoffice/internal/op"
)

const (
	certificate = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"
	thistle     = "ten_01JD2M8G3S6QX4T5V7W9Y0Z1A2"
	nightly     = "key_01JD2M8G3S6QX4T5V7W9Y0Z1A2"
)

// guarded is a stage with everything: an edge under a name of its own, machine clients, a tenant's own issuers.
func guarded() stacks.Stage {
	return stacks.Stage{LogDays: 30, AuditDays: 1, Owner: "engineering", AllowedOrigins: []string{"https://app.example.com"},
		Edge: &stacks.Edge{DomainName: "api.example.com", CertificateArn: certificate, SecretGeneration: 3},
		Identity: stacks.Identity{DomainName: "login.example.com", CertificateArn: certificate, CallbackURLs: []string{"https://app.example.com/signed-in"},
			LogoutURLs: []string{"https://app.example.com/"}, ThreatProtection: true, EmailFrom: "Back Office <no-reply@example.com>",
			EmailIdentityArn: "arn:aws:ses:eu-west-2:123456789012:identity/example.com",
			Services:         []stacks.Service{{Name: "nightly-export", Tenant: thistle, Principal: nightly, Scopes: []string{"box"}}},
			Providers: []stacks.Provider{{Name: "ThistleSSO", Tenant: thistle, Type: "OIDC", Issuer: "https://sso.example.com", ClientID: "backoffice", ClientSecret: "thistle/sso"},
				{Name: "KelsoSAML", Tenant: thistle, Type: "SAML", MetadataURL: "https://saml.example.com/metadata"}}}}
}

// boxes are two small domains, one with a route that needs no token.
func boxes() []catalog.Domain {
	public := operation(func(s *op.Spec) {
		s.ID, s.Route, s.Public = "box.ask-box", "POST /box/v1/asked/{boxId}", "anybody may ask"
	})
	return []catalog.Domain{{Name: "box", Title: "Boxes", Operations: []op.Operation{operation(func(*op.Spec) {}), public}},
		{Name: "platform", Title: "Platform", Operations: []op.Operation{operation(func(s *op.Spec) { s.ID, s.Route = "platform.open-door", "POST /platform/v1/doors" })}}}
}

// build synthesises a stage of the small domains.
func build(t *testing.T, stage stacks.Stage) (map[string]cloudtest.Template, error) {
	t.Helper()
	return synthesise(t.TempDir(), stage)
}

func synthesise(dir string, stage stacks.Stage) (map[string]cloudtest.Template, error) {
	zip := filepath.Join(dir, "function.zip")
	if err := os.WriteFile(zip, []byte("PK"), 0o600); err != nil {
		return nil, err
	}
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(filepath.Join(dir, "out"))})
	set := settings(boxes(), numbersOf(boxes()), zip)
	set.Stage = stage
	if err := stacks.Build(app, set); err != nil {
		return nil, err
	}
	return cloudtest.Read(app.Synth(nil))
}

// guardedStage is synthesised once for all tests.
var guardedStage = sync.OnceValues(func() (map[string]cloudtest.Template, error) {
	dir, err := os.MkdirTemp("", "guarded")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	return synthesise(dir, guarded())
})

func guardedTemplate(t *testing.T, stack string) cloudtest.Template {
	t.Helper()
	all, err := guardedStage()
	if err != nil {
		t.Fatal(err)
	}
	tpl, there := all["backoffice-test-"+stack]
	if !there {
		t.Fatalf("no stack %s among %v", stack, sorted(all))
	}
	return tpl
}

// only gives the one resource of a type.
func only(t *testing.T, tpl cloudtest.Template, kind string) cloudtest.Resource {
	t.Helper()
	all := tpl.OfType(kind)
	if len(all) != 1 {
		t.Fatalf("%d of %s", len(all), kind)
	}
	for _, r := range all {
		return r
	}
	return cloudtest.Resource{}
}

// at follows a path of members and, for lists, numbers, and renders what is there.
func at(v any, path ...any) string {
	for _, p := range path {
		switch step := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			list, _ := v.([]any)
			if step >= len(list) {
				return ""
			}
			v = list[step]
		}
	}
	return cloudtest.Render(v)
}

// Each domain is reached under its own path, nothing is cached, every method passes, and the origin gets the secret.
func TestDistributionLeadsToEachDomain(t *testing.T) {
	tpl := guardedTemplate(t, "edge")
	made, _ := only(t, tpl, "AWS::CloudFront::Distribution").Properties["DistributionConfig"].(map[string]any)
	const ahead = 4 // behaviours of health, rules and documents
	for i, domain := range []string{"about", "box", "platform"} {
		behaviour := i - 1 + ahead
		if got := at(made, "CacheBehaviors", behaviour, "PathPattern"); at(made, "Origins", i, "Id") != domain || i > 0 && (got != "/"+domain+"/*" || at(made, "CacheBehaviors", behaviour, "TargetOriginId") != domain) {
			t.Errorf("behaviour %d is for %s", behaviour, got)
		}
		if got := at(made, "Origins", i, "DomainName"); !strings.Contains(got, ".execute-api.") || at(made, "Origins", i, "CustomOriginConfig", "OriginProtocolPolicy") != "https-only" {
			t.Errorf("origin of %s is %s", domain, got)
		}
		header := at(made, "Origins", i, "OriginCustomHeaders")
		if !strings.Contains(header, lambdahost.OriginHeader) || !strings.Contains(header, "{{resolve:secretsmanager:backoffice-test-origin-3:SecretString}}") {
			t.Errorf("origin of %s is sent %s", domain, header)
		}
		if i > 0 {
			checkBehaviour(t, domain, func(member string) string { return at(made, "CacheBehaviors", behaviour, member) })
		}
	}
	checkBehaviour(t, "everything else", func(member string) string { return at(made, "DefaultCacheBehavior", member) })
	if at(made, "HttpVersion") != "http2and3" || at(made, "Aliases") != `["api.example.com"]` || at(made, "ViewerCertificate", "MinimumProtocolVersion") != "TLSv1.2_2021" ||
		at(made, "ViewerCertificate", "AcmCertificateArn") != certificate {
		t.Errorf("distribution %v", made)
	}
}

func checkBehaviour(t *testing.T, of string, member func(string) string) {
	t.Helper()
	const cachingDisabled, allButHost = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "b689b0a8-53d0-40ab-baf2-68738e2966ac"
	if member("CachePolicyId") != cachingDisabled || member("OriginRequestPolicyId") != allButHost || member("ViewerProtocolPolicy") != "https-only" || !strings.Contains(member("ResponseHeadersPolicyId"), "Headers") {
		t.Errorf("behaviour of %s", of)
	}
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"} {
		if !strings.Contains(member("AllowedMethods"), `"`+method+`"`) {
			t.Errorf("%s does not take %s", of, method)
		}
	}
}

func TestAnswersCarryTheSecurityHeaders(t *testing.T) {
	all := guardedTemplate(t, "edge").OfType("AWS::CloudFront::ResponseHeadersPolicy")
	policy, documents := all["Headers"].Properties["ResponseHeadersPolicyConfig"], all["DocumentHeaders"].Properties["ResponseHeadersPolicyConfig"]
	if at(policy, "SecurityHeadersConfig") != at(documents, "SecurityHeadersConfig") || at(documents, "CustomHeadersConfig") != "null" {
		t.Errorf("documents have other headers: %s", at(documents))
	}
	for path, want := range map[string]string{"StrictTransportSecurity/AccessControlMaxAgeSec": "63072000", "ContentTypeOptions/Override": "true", "FrameOptions/FrameOption": "DENY",
		"ReferrerPolicy/ReferrerPolicy": "no-referrer", "StrictTransportSecurity/Override": "true", "ContentSecurityPolicy/Override": "true"} {
		header, member, _ := strings.Cut(path, "/")
		if got := at(policy, "SecurityHeadersConfig", header, member); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	if got := at(policy, "SecurityHeadersConfig", "ContentSecurityPolicy", "ContentSecurityPolicy"); !strings.Contains(got, "default-src 'none'") || !strings.Contains(got, "frame-ancestors 'none'") {
		t.Errorf("content security policy %s", got)
	}
	if got := at(policy, "CustomHeadersConfig", "Items"); !strings.Contains(got, `"no-store"`) {
		t.Errorf("custom headers %s", got)
	}
}

func TestAccessLogsAreKeptPrivateAndForATime(t *testing.T) {
	tpl := guardedTemplate(t, "edge")
	bucket := only(t, tpl, "AWS::S3::Bucket")
	if at(bucket.Properties, "OwnershipControls", "Rules", 0, "ObjectOwnership") != "BucketOwnerPreferred" || at(bucket.Properties, "LifecycleConfiguration", "Rules", 0, "ExpirationInDays") != "30" ||
		strings.Count(at(bucket.Properties, "PublicAccessBlockConfiguration"), "true") != 4 || bucket.DeletionPolicy != "RetainExceptOnCreate" {
		t.Errorf("bucket %v", bucket.Properties)
	}
	// Who delivers may encrypt, and not decrypt, as it would have to where the bucket has a key of its own.
	if got := at(bucket.Properties, "BucketEncryption", "ServerSideEncryptionConfiguration", 0, "BucketKeyEnabled"); got != "false" {
		t.Errorf("bucket key %s", got)
	}
	key := guardedTemplate(t, "shared").OfType("AWS::KMS::Key")["Key"]
	if delivery := at(key.Properties, "KeyPolicy", "Statement", 2); !strings.Contains(delivery, `"delivery.logs.amazonaws.com"`) || !strings.Contains(delivery, "StringEqualsIfExists") || strings.Contains(delivery, "Decrypt") {
		t.Errorf("delivery %s", delivery)
	}
	made := only(t, tpl, "AWS::CloudFront::Distribution").Properties["DistributionConfig"]
	if at(made, "Logging", "IncludeCookies") != "false" || !strings.Contains(at(made, "Logging", "Bucket"), "AccessLogs") {
		t.Errorf("logging %s", at(made, "Logging"))
	}
}

// The web ACL stands in us-east-1, holds the managed rules, counts by address, and leaves its name there for the edge.
func TestWebACL(t *testing.T) {
	tpl := guardedTemplate(t, "firewall")
	acl := only(t, tpl, "AWS::WAFv2::WebACL")
	names := make([]string, 0, 5)
	rules, _ := acl.Properties["Rules"].([]any)
	for _, r := range rules {
		names = append(names, at(r, "Name"))
		if at(r, "VisibilityConfig", "CloudWatchMetricsEnabled") != "true" {
			t.Errorf("%s is not counted", at(r, "Name"))
		}
	}
	want := []string{"AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet", "RequestsPerAddress", "DoorRequestsPerAddress"}
	if !slices.Equal(names, want) || acl.Text("Scope") != "CLOUDFRONT" {
		t.Errorf("%s rules %v", acl.Text("Scope"), names)
	}
	if got := at(rules[3], "Statement", "RateBasedStatement"); !strings.Contains(got, `"Limit":2000`) || !strings.Contains(got, `"AggregateKeyType":"IP"`) {
		t.Errorf("rate %s", got)
	}
	if got := at(rules[4], "Statement"); !strings.Contains(got, `"SearchString":"/box/v1/asked/"`) || !strings.Contains(got, `"SearchString":"/health"`) {
		t.Errorf("routes without a token are not counted: %s", got)
	}
	alarm := guardedTemplate(t, "watch-edge").OfType("AWS::CloudWatch::Alarm")["EdgeBlocksAlarm"]
	if counted := at(acl.Properties, "VisibilityConfig", "MetricName"); counted != "backoffice-test-web-acl" || !strings.Contains(alarm.Text("Dimensions"), `"WebACL","Value":"`+counted+`"`) {
		t.Errorf("counted as %s, watched by %s", counted, alarm.Text("Dimensions"))
	}
	if got := at(rules[2], "Statement"); strings.Count(got, "SizeRestrictions_BODY") != 1 {
		t.Errorf("common rules %s", got)
	}
	if p := only(t, tpl, "AWS::SSM::Parameter"); p.Text("Name") != "/backoffice/test/firewall" {
		t.Errorf("parameter %v", p.Properties)
	}
	if log := only(t, tpl, "AWS::Logs::LogGroup"); !strings.HasPrefix(log.Text("LogGroupName"), "aws-waf-logs-") {
		t.Errorf("log %v", log.Properties)
	}
}

// The edge asks for the web ACL's name in the other region, by a function that may read that one parameter and nothing else.
func TestEdgeReadsTheWebACLsNameOfTheOtherRegion(t *testing.T) {
	tpl := guardedTemplate(t, "edge")
	found := only(t, tpl, "AWS::CloudFormation::CustomResource")
	if found.Text("Region") != "us-east-1" || found.Text("Parameter") != "/backoffice/test/firewall" {
		t.Errorf("%v", found.Properties)
	}
	role := only(t, tpl, "AWS::IAM::Role").Text("Policies")
	if strings.Count(role, "ssm:GetParameter") != 1 || !strings.Contains(role, ":ssm:us-east-1:") || !strings.Contains(role, ":parameter/backoffice/test/firewall") {
		t.Errorf("role %s", role)
	}
	if made := only(t, tpl, "AWS::CloudFront::Distribution").Properties["DistributionConfig"]; !strings.Contains(at(made, "WebACLId"), `"Value"`) {
		t.Errorf("web ACL %s", at(made, "WebACLId"))
	}
}

// Functions take the present secret and the former one, of a stage with an edge only; the edge sends the present one.
func TestFunctionsKnowTheOriginSecrets(t *testing.T) {
	variables := at(only(t, guardedTemplate(t, "platform-1"), "AWS::Lambda::Function").Properties, "Environment", "Variables", config.EnvOriginSecrets)
	if variables != "{{resolve:secretsmanager:backoffice-test-origin-3:SecretString}},{{resolve:secretsmanager:backoffice-test-origin-2:SecretString}}" {
		t.Errorf("origin secrets %s", variables)
	}
	var names []string
	for _, s := range guardedTemplate(t, "shared").OfType("AWS::SecretsManager::Secret") {
		if name := s.Text("Name"); strings.Contains(name, "origin") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"backoffice-test-origin-2", "backoffice-test-origin-3"}) {
		t.Errorf("secrets %v", names)
	}
}

func TestPagesOfAllowedOriginsMayCall(t *testing.T) {
	api := only(t, guardedTemplate(t, "box"), "AWS::ApiGatewayV2::Api")
	if api.Text("CorsConfiguration", "AllowOrigins") != `["https://app.example.com"]` || api.Text("CorsConfiguration", "AllowCredentials") != "null" {
		t.Errorf("CORS %s", api.Text("CorsConfiguration"))
	}
	for _, d := range catalog.Domains() { // the stage of the other tests allows none
		for _, api := range templates(t)["backoffice-test-"+d.Name].OfType("AWS::ApiGatewayV2::Api") {
			if api.Properties["CorsConfiguration"] != nil {
				t.Errorf("%s lets pages call: %s", d.Name, api.Text("CorsConfiguration"))
			}
		}
	}
}

func TestStageWithoutAnEdgeHasNone(t *testing.T) {
	for name, tpl := range templates(t) {
		if strings.HasSuffix(name, "-edge") || strings.HasSuffix(name, "-firewall") || strings.Contains(tpl.Raw, config.EnvOriginSecrets) || strings.Contains(tpl.Raw, "-origin-") {
			t.Errorf("%s knows of an edge", name)
		}
	}
}

// The edge's own name is CloudFront's where the stage gives none, and then no certificate is named.
func TestEdgeWithoutANameOfItsOwn(t *testing.T) {
	stage := guarded()
	stage.Edge = &stacks.Edge{}
	all, err := build(t, stage)
	if err != nil {
		t.Fatal(err)
	}
	made := only(t, all["backoffice-test-edge"], "AWS::CloudFront::Distribution").Properties["DistributionConfig"]
	if at(made, "Aliases") != "null" || at(made, "ViewerCertificate", "CloudFrontDefaultCertificate") != "true" {
		t.Errorf("%s, %s", at(made, "Aliases"), at(made, "ViewerCertificate"))
	}
	variables := at(only(t, all["backoffice-test-platform-1"], "AWS::Lambda::Function").Properties, "Environment", "Variables", config.EnvOriginSecrets)
	if variables != "{{resolve:secretsmanager:backoffice-test-origin-1:SecretString}}" {
		t.Errorf("origin secrets %s", variables)
	}
}
