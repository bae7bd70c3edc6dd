package construct

import "github.com/aws/aws-cdk-go/awscdk/v2"

// Keep has a resource outlive its stack, and whatever replaces it. It goes only where its very making is taken back, since it
// holds nothing then, and the next deployment wants its name. What is protected from deletion could not go, and is retained
// always: a deployment takes over tables that are there.
func Keep(r awscdk.CfnResource) {
	r.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE, nil)
}
