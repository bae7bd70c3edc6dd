package stacks

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
	"backoffice/internal/host/browser"
	"backoffice/internal/host/lambdahost"
)

const (
	originSecretChars = 44
	// originSecretsMax is how many secrets functions take: the present one, and the former while it is being replaced.
	originSecretsMax = 2
	// originWaitSeconds is longer than an HTTP API may take, so that its own refusal reaches the caller.
	originWaitSeconds = 35
	originKeepSeconds = 60
	strictSeconds     = 2 * 365 * 24 * 60 * 60

	// CloudFront's managed policies, which have the same ids in every account: of the domains nothing is cached, and everything
	// that a viewer sends reaches the API but the Host header, by which the API is found.
	cachingDisabled         = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
	cachingOptimized        = "658327ea-f89d-4fab-a63d-7e88639e58f6" // as long as an answer says itself, whatever a viewer sends
	allViewerExceptHostName = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
)

// newOriginSecrets makes the secrets between edge and functions, where the stage has an edge. They stand in the stage's own
// region, where functions and distribution both find them.
func (s Settings) newOriginSecrets(stack awscdk.Stack) {
	for _, name := range s.originSecrets() {
		secret := awssecretsmanager.NewCfnSecret(stack, jsii.String("Origin"+name[len(s.Prefix()+"-origin-"):]), &awssecretsmanager.CfnSecretProps{Name: jsii.String(name),
			Description: jsii.String("Proves to functions that a request came through the edge"),
			GenerateSecretString: &awssecretsmanager.CfnSecret_GenerateSecretStringProperty{PasswordLength: jsii.Number(originSecretChars),
				ExcludePunctuation: jsii.Bool(true), ExcludeCharacters: jsii.String(punctuation)}})
		construct.Keep(secret) // functions may still take it while its stack is changed
	}
}

// front makes the front door of a stage that has one: the web ACL in a stack of its own in us-east-1, and the distribution.
// It is deployed after every function, so that a new origin secret is taken everywhere before it is sent.
func front(app awscdk.App, s Settings) error {
	if s.Stage.Edge == nil {
		return nil
	}
	behind := *app.Node().Children()
	wall := firewall(app, s)
	stack := s.newStack(app, "edge", "Front door: distribution, security headers, access logs")
	stack.AddStackDependency(wall, jsii.String("it asks for the web ACL's name"))
	for _, other := range behind {
		stack.AddStackDependency(awscdk.Stack_Of(other), jsii.String("functions take a new origin secret before it is sent"))
	}
	acl, err := remoteACL(stack, s)
	if err != nil {
		return err
	}
	distribution := awscloudfront.NewCfnDistribution(stack, jsii.String("Distribution"), &awscloudfront.CfnDistributionProps{
		DistributionConfig: s.distribution(stack, acl, securityHeaders(stack, s), accessLogs(stack, s))})
	address := distribution.AttrDomainName()
	if s.Stage.Edge.DomainName != "" {
		address = jsii.String(s.Stage.Edge.DomainName)
	}
	awscdk.NewCfnOutput(stack, jsii.String("Url"), &awscdk.CfnOutputProps{Value: awscdk.Fn_Join(jsii.String(""), &[]*string{jsii.String("https://"), address})})
	awscdk.NewCfnOutput(stack, jsii.String("DistributionName"), &awscdk.CfnOutputProps{Value: distribution.AttrDomainName()})
	return nil
}

func (s Settings) distribution(stack awscdk.Stack, acl *string, headers answerHeaders, logs *awscloudfront.CfnDistribution_LoggingProperty) *awscloudfront.CfnDistribution_DistributionConfigProperty {
	origins := []*awscloudfront.CfnDistribution_OriginProperty{s.origin(stack, aboutName)}
	behaviours := aboutBehaviours(headers)
	for _, d := range s.Domains {
		if !hasRoutes(d) {
			continue
		}
		origins = append(origins, s.origin(stack, d.Name))
		behaviours = append(behaviours, &awscloudfront.CfnDistribution_CacheBehaviorProperty{PathPattern: jsii.String("/" + d.Name + "/*"), TargetOriginId: jsii.String(d.Name),
			ViewerProtocolPolicy: jsii.String("https-only"), AllowedMethods: everyMethod(), CachePolicyId: jsii.String(cachingDisabled),
			OriginRequestPolicyId: jsii.String(allViewerExceptHostName), ResponseHeadersPolicyId: headers.fresh})
	}
	config := &awscloudfront.CfnDistribution_DistributionConfigProperty{Enabled: jsii.Bool(true), Comment: jsii.String(s.Prefix()), HttpVersion: jsii.String("http2and3"),
		Ipv6Enabled: jsii.Bool(true), PriceClass: jsii.String("PriceClass_100"), WebAclId: acl, Origins: &origins, CacheBehaviors: &behaviours, Logging: logs,
		DefaultCacheBehavior: &awscloudfront.CfnDistribution_DefaultCacheBehaviorProperty{TargetOriginId: origins[0].Id, ViewerProtocolPolicy: jsii.String("https-only"),
			AllowedMethods: everyMethod(), CachePolicyId: jsii.String(cachingDisabled), OriginRequestPolicyId: jsii.String(allViewerExceptHostName), ResponseHeadersPolicyId: headers.fresh},
		ViewerCertificate: &awscloudfront.CfnDistribution_ViewerCertificateProperty{CloudFrontDefaultCertificate: jsii.Bool(true)}}
	if e := s.Stage.Edge; e.DomainName != "" {
		config.Aliases = jsii.Strings(e.DomainName)
		config.ViewerCertificate = &awscloudfront.CfnDistribution_ViewerCertificateProperty{AcmCertificateArn: jsii.String(e.CertificateArn),
			MinimumProtocolVersion: jsii.String("TLSv1.2_2021"), SslSupportMethod: jsii.String("sni-only")}
	}
	return config
}

func everyMethod() *[]*string {
	return jsii.Strings("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE")
}

// origin is an HTTP API as the distribution reaches it. The header that proves the way is set by CloudFront over
// whatever a viewer sent.
func (s Settings) origin(stack awscdk.Stack, name string) *awscloudfront.CfnDistribution_OriginProperty {
	api := read(stack, fmt.Sprintf("Api%s", name), s.parameter(name, "api"))
	host := awscdk.Fn_Sub(jsii.String("${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"), &map[string]*string{"Api": api})
	return &awscloudfront.CfnDistribution_OriginProperty{Id: jsii.String(name), DomainName: host,
		OriginCustomHeaders: &[]*awscloudfront.CfnDistribution_OriginCustomHeaderProperty{{HeaderName: jsii.String(lambdahost.OriginHeader),
			HeaderValue: jsii.String(resolved(s.originSecrets()[0]))}},
		CustomOriginConfig: &awscloudfront.CfnDistribution_CustomOriginConfigProperty{OriginProtocolPolicy: jsii.String("https-only"), OriginSslProtocols: jsii.Strings("TLSv1.2"),
			OriginReadTimeout: jsii.Number(originWaitSeconds), OriginKeepaliveTimeout: jsii.Number(originKeepSeconds)}}
}

// answerHeaders name the policies by which headers are set over whatever an answer brings: fresh for what nobody may keep, kept
// for documents, which say themselves for how long.
type answerHeaders struct{ fresh, kept *string }

// securityHeaders are the same for every answer. None is a page that a browser would load or run anything for.
func securityHeaders(stack awscdk.Stack, s Settings) answerHeaders {
	yes := jsii.Bool(true)
	every := &awscloudfront.CfnResponseHeadersPolicy_SecurityHeadersConfigProperty{
		StrictTransportSecurity: &awscloudfront.CfnResponseHeadersPolicy_StrictTransportSecurityProperty{AccessControlMaxAgeSec: jsii.Number(strictSeconds), IncludeSubdomains: yes, Override: yes},
		ContentTypeOptions:      &awscloudfront.CfnResponseHeadersPolicy_ContentTypeOptionsProperty{Override: yes},
		FrameOptions:            &awscloudfront.CfnResponseHeadersPolicy_FrameOptionsProperty{FrameOption: jsii.String("DENY"), Override: yes},
		ReferrerPolicy:          &awscloudfront.CfnResponseHeadersPolicy_ReferrerPolicyProperty{ReferrerPolicy: jsii.String("no-referrer"), Override: yes},
		ContentSecurityPolicy: &awscloudfront.CfnResponseHeadersPolicy_ContentSecurityPolicyProperty{Override: yes,
			ContentSecurityPolicy: jsii.String("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")}}
	policy := func(id, name string, more *awscloudfront.CfnResponseHeadersPolicy_CustomHeadersConfigProperty) *string {
		return awscloudfront.NewCfnResponseHeadersPolicy(stack, jsii.String(id), &awscloudfront.CfnResponseHeadersPolicyProps{
			ResponseHeadersPolicyConfig: &awscloudfront.CfnResponseHeadersPolicy_ResponseHeadersPolicyConfigProperty{Name: jsii.String(name),
				SecurityHeadersConfig: every, CustomHeadersConfig: more}}).Ref()
	}
	noStore := &awscloudfront.CfnResponseHeadersPolicy_CustomHeadersConfigProperty{Items: &[]*awscloudfront.CfnResponseHeadersPolicy_CustomHeaderProperty{
		{Header: jsii.String("Cache-Control"), Value: jsii.String("no-store"), Override: yes}}}
	return answerHeaders{fresh: policy("Headers", s.Prefix(), noStore), kept: policy("DocumentHeaders", s.Prefix()+"-documents", nil)}
}

// cors lets pages of the stage's allowed origins call an HTTP API; without any, browsers let no page of another origin call.
func (s Settings) cors() *awsapigatewayv2.CfnApi_CorsProperty {
	if len(s.Stage.AllowedOrigins) == 0 {
		return nil
	}
	return &awsapigatewayv2.CfnApi_CorsProperty{AllowOrigins: jsii.Strings(s.Stage.AllowedOrigins...), AllowMethods: jsii.Strings(browser.Methods()...),
		AllowHeaders: jsii.Strings(browser.Sent()...), ExposeHeaders: jsii.Strings(browser.Shown()...), MaxAge: jsii.Number(browser.PreflightSeconds)}
}
