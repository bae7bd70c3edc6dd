package watch

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

const (
	edgeErrorPercentMax = 1
	edgeBlocksMax       = 1000
)

// Edge makes the alarms of the front door with a topic of their own, in a stack in us-east-1: there CloudFront and the web ACL
// in front of it report, wherever they work. The distribution is found by a query, since no stack of that region knows its id.
// The web ACL is named as WAF counts it.
func (s Stage) Edge(stack awscdk.Stack, webACL string) {
	s.Topic(stack)
	s.alarm(stack, Alarm{page: EdgeErrors, says: "More than one request in a hundred is answered with 5xx at the edge.",
		query: `SELECT AVG("5xxErrorRate") FROM SCHEMA("AWS/CloudFront", "DistributionId", "Region") GROUP BY "DistributionId" ORDER BY AVG() DESC`,
		above: edgeErrorPercentMax, within: fiveMinutes, breaching: persistentBreaching, periods: persistentPeriods, missing: fine})
	s.alarm(stack, Alarm{page: EdgeBlocks, says: "The firewall turns away many requests: an attack, or a rule that meets what it should not.",
		metric: &metric{namespace: "AWS/WAFV2", name: "BlockedRequests", statistic: "Sum", dimensions: []dimension{{"WebACL", jsii.String(webACL)}, {"Rule", jsii.String("ALL")}}},
		above:  edgeBlocksMax, within: fiveMinutes, breaching: persistentBreaching, periods: persistentPeriods, missing: fine})
}
