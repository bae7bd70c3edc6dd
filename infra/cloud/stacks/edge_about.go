package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"

	"backoffice/internal/host/about"
)

// documentPatterns are the paths at the front door of what the system says of itself and an edge may keep. Patterns are looked
// at in their order, so these stand before the domains', one of which the last would belong to.
func documentPatterns() []string {
	return []string{"/problems*", "/openapi.json", "/*/v1/openapi.json"}
}

// aboutBehaviours lead to the API of health, rules and documents. Nothing of what a viewer sends with the path goes along, so an
// answer that is kept is the same for everybody.
func aboutBehaviours(headers answerHeaders) []*awscloudfront.CfnDistribution_CacheBehaviorProperty {
	behaviour := func(pattern, caching string, answers *string) *awscloudfront.CfnDistribution_CacheBehaviorProperty {
		return &awscloudfront.CfnDistribution_CacheBehaviorProperty{PathPattern: jsii.String(pattern), TargetOriginId: jsii.String(aboutName), ViewerProtocolPolicy: jsii.String("https-only"),
			AllowedMethods: jsii.Strings("GET", "HEAD"), CachePolicyId: jsii.String(caching), Compress: jsii.Bool(true), ResponseHeadersPolicyId: answers}
	}
	out := []*awscloudfront.CfnDistribution_CacheBehaviorProperty{behaviour(about.HealthPath, cachingDisabled, headers.fresh)}
	for _, pattern := range documentPatterns() {
		out = append(out, behaviour(pattern, cachingOptimized, headers.kept))
	}
	return out
}
