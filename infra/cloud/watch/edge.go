package watch

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

const (
	edgeErrorPercentMax = 1
	edgeBlocksMax       = 1000
)

// EdgeRegion is where CloudFront and the web ACL in front of it report, wherever they work.
const EdgeRegion = "us-east-1"

// Edge makes the alarms of the front door, in a stack in us-east-1, where its metrics are. Unless the topic is there already,
// that stack needs one of its own: see Topic. The web ACL is named by the name of its metric.
func (s Stage) Edge(stack awscdk.Stack, distribution, webACL *string) {
	global := dimension{"Region", jsii.String("Global")}
	s.alarm(stack, Alarm{page: EdgeErrors, says: "More than one request in a hundred is answered with 5xx at the edge.",
		metric: &metric{namespace: "AWS/CloudFront", name: "5xxErrorRate", statistic: "Average", dimensions: []dimension{{"DistributionId", distribution}, global}},
		above:  edgeErrorPercentMax, within: fiveMinutes, breaching: persistentBreaching, periods: persistentPeriods, missing: fine})
	s.alarm(stack, Alarm{page: EdgeBlocks, says: "The firewall turns away many requests: an attack, or a rule that meets what it should not.",
		metric: &metric{namespace: "AWS/WAFV2", name: "BlockedRequests", statistic: "Sum", dimensions: []dimension{{"WebACL", webACL}, {"Rule", jsii.String("ALL")}}},
		above:  edgeBlocksMax, within: fiveMinutes, breaching: persistentBreaching, periods: persistentPeriods, missing: fine})
}
