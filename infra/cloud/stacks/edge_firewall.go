package stacks

import (
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
	"backoffice/internal/host/about"
)

const (
	// edgeRegion is where AWS keeps what belongs to CloudFront, whichever region the stage is in.
	edgeRegion = "us-east-1"
	// doorRequestsMax is how many requests one address may send to the routes without a token in five minutes.
	doorRequestsMax      = 100
	remoteMemoryMB       = 128
	remoteTimeout        = 30 * time.Second
	rateWindowSeconds    = 300
	firewallParameter    = "firewall"
	remoteFunctionSuffix = "-remote-parameter"
)

// firewall makes the web ACL. AWS knows one for CloudFront in us-east-1 only, so it has a stack of its own there and leaves its
// name in a parameter of that region.
func firewall(app awscdk.App, s Settings) awscdk.Stack {
	full := s.Prefix() + "-firewall"
	stack := awscdk.NewStack(app, jsii.String(full), &awscdk.StackProps{StackName: jsii.String(full), Description: jsii.String("Web ACL of the front door"),
		Env: &awscdk.Environment{Region: jsii.String(edgeRegion)}, TerminationProtection: jsii.Bool(s.Stage.TerminationProtection)})
	rules := []*awswafv2.CfnWebACL_RuleProperty{
		managed(0, "AWSManagedRulesAmazonIpReputationList"),
		managed(1, "AWSManagedRulesKnownBadInputsRuleSet"),
		// Bodies are measured by the pipeline, to its own limit: the rule set's 8 KB would refuse an ordinary journal.
		managed(2, "AWSManagedRulesCommonRuleSet", "SizeRestrictions_BODY"),
		perAddress(3, "RequestsPerAddress", s.Stage.Edge.requests(), nil),
		perAddress(4, "DoorRequestsPerAddress", doorRequestsMax, anyOf(s.publicPrefixes())),
	}
	acl := awswafv2.NewCfnWebACL(stack, jsii.String("WebAcl"), &awswafv2.CfnWebACLProps{Name: jsii.String(s.Prefix()), Scope: jsii.String("CLOUDFRONT"),
		DefaultAction: &awswafv2.CfnWebACL_DefaultActionProperty{Allow: map[string]any{}}, Rules: &rules, VisibilityConfig: visible(s.webACLMetric())})
	log := awslogs.NewCfnLogGroup(stack, jsii.String("Log"), &awslogs.CfnLogGroupProps{LogGroupName: jsii.String("aws-waf-logs-" + s.Prefix()), RetentionInDays: jsii.Number(s.Stage.LogDays)})
	refused := map[string]any{"Behavior": "KEEP", "Requirement": "MEETS_ANY", "Conditions": []any{
		map[string]any{"ActionCondition": map[string]any{"Action": "BLOCK"}}, map[string]any{"ActionCondition": map[string]any{"Action": "COUNT"}}}}
	awswafv2.NewCfnLoggingConfiguration(stack, jsii.String("Logging"), &awswafv2.CfnLoggingConfigurationProps{ResourceArn: acl.AttrArn(), LogDestinationConfigs: &[]any{
		stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("logs"), Resource: jsii.String("log-group"), ResourceName: log.Ref(), ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME})},
		RedactedFields: []any{map[string]any{"SingleHeader": map[string]any{"Name": "authorization"}}, map[string]any{"SingleHeader": map[string]any{"Name": "cookie"}}, map[string]any{"QueryString": map[string]any{}}},
		LoggingFilter:  map[string]any{"DefaultBehavior": "DROP", "Filters": []any{refused}}})
	named(stack, "WebAclName", s.parameter(firewallParameter), acl.AttrArn())
	return stack
}

// visible has WAF count what a rule met, under its own name.
func visible(name string) *awswafv2.CfnWebACL_VisibilityConfigProperty {
	return &awswafv2.CfnWebACL_VisibilityConfigProperty{CloudWatchMetricsEnabled: jsii.Bool(true), SampledRequestsEnabled: jsii.Bool(false), MetricName: jsii.String(name)}
}

// managed takes over one of AWS's rule groups; what a rule in counted would block is counted only.
func managed(priority int, name string, counted ...string) *awswafv2.CfnWebACL_RuleProperty {
	overrides := make([]*awswafv2.CfnWebACL_RuleActionOverrideProperty, 0, len(counted))
	for _, rule := range counted {
		overrides = append(overrides, &awswafv2.CfnWebACL_RuleActionOverrideProperty{Name: jsii.String(rule), ActionToUse: &awswafv2.CfnWebACL_RuleActionProperty{Count: map[string]any{}}})
	}
	return &awswafv2.CfnWebACL_RuleProperty{Name: jsii.String(name), Priority: jsii.Number(priority), VisibilityConfig: visible(name),
		OverrideAction: &awswafv2.CfnWebACL_OverrideActionProperty{None: map[string]any{}},
		Statement: &awswafv2.CfnWebACL_StatementProperty{ManagedRuleGroupStatement: &awswafv2.CfnWebACL_ManagedRuleGroupStatementProperty{VendorName: jsii.String("AWS"),
			Name: jsii.String(name), RuleActionOverrides: &overrides}}}
}

// perAddress blocks an address that sends more than so many requests in five minutes, of those that a statement picks.
func perAddress(priority int, name string, limit int, only *awswafv2.CfnWebACL_StatementProperty) *awswafv2.CfnWebACL_RuleProperty {
	rate := &awswafv2.CfnWebACL_RateBasedStatementProperty{AggregateKeyType: jsii.String("IP"), Limit: jsii.Number(limit), EvaluationWindowSec: jsii.Number(rateWindowSeconds)}
	if only != nil {
		rate.ScopeDownStatement = only
	}
	return &awswafv2.CfnWebACL_RuleProperty{Name: jsii.String(name), Priority: jsii.Number(priority), VisibilityConfig: visible(name),
		Action:    &awswafv2.CfnWebACL_RuleActionProperty{Block: map[string]any{}},
		Statement: &awswafv2.CfnWebACL_StatementProperty{RateBasedStatement: rate}}
}

// anyOf picks requests whose path begins with one of the prefixes.
func anyOf(prefixes []string) *awswafv2.CfnWebACL_StatementProperty {
	all := make([]*awswafv2.CfnWebACL_StatementProperty, 0, len(prefixes))
	for _, p := range prefixes {
		all = append(all, &awswafv2.CfnWebACL_StatementProperty{ByteMatchStatement: &awswafv2.CfnWebACL_ByteMatchStatementProperty{
			FieldToMatch: &awswafv2.CfnWebACL_FieldToMatchProperty{UriPath: map[string]any{}}, PositionalConstraint: jsii.String("STARTS_WITH"), SearchString: jsii.String(p),
			TextTransformations: &[]*awswafv2.CfnWebACL_TextTransformationProperty{{Priority: jsii.Number(0), Type: jsii.String("NONE")}}}})
	}
	if len(all) == 1 {
		return all[0]
	}
	return &awswafv2.CfnWebACL_StatementProperty{OrStatement: &awswafv2.CfnWebACL_OrStatementProperty{Statements: &all}}
}

// publicPrefixes are the fixed beginnings of the paths that need no token and reach a function, each once; WAF counts them more
// strictly, since codes could be guessed there, and health costs a read of every table.
func (s Settings) publicPrefixes() []string {
	seen := map[string]bool{about.HealthPath: true}
	for route := range s.PublicRoutes() {
		_, path, _ := strings.Cut(route, " ")
		fixed, _, _ := strings.Cut(path, "{")
		seen[fixed] = true
	}
	return sortedKeys(seen)
}

// remoteACL reads the web ACL's name out of its parameter in us-east-1 while the stack is deployed.
func remoteACL(stack awscdk.Stack, s Settings) (*string, error) {
	name := s.parameter(firewallParameter)
	parameter := stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("ssm"), Region: jsii.String(edgeRegion), Resource: jsii.String("parameter" + name),
		ArnFormat: awscdk.ArnFormat_NO_RESOURCE_NAME})
	f, err := construct.Function(stack, "Remote", construct.FunctionProps{Name: s.Prefix() + remoteFunctionSuffix, Description: "Reads a named value of another region while a stack is deployed",
		Set: "trigger", Main: "parameter", Code: s.Code, Arch: s.Arch, MemoryMB: remoteMemoryMB, Timeout: remoteTimeout, LogDays: s.Stage.LogDays,
		Environment: map[string]*string{}, Grants: []construct.Statement{construct.Allow([]string{"ssm:GetParameter"}, parameter)}})
	if err != nil {
		return nil, err
	}
	found := awscdk.NewCfnCustomResource(stack, jsii.String("WebAcl"), &awscdk.CfnCustomResourceProps{ServiceToken: f.AttrArn()})
	found.AddPropertyOverride(jsii.String("Region"), jsii.String(edgeRegion))
	found.AddPropertyOverride(jsii.String("Parameter"), jsii.String(name))
	found.AddPropertyOverride(jsii.String("Generation"), jsii.Number(s.Stage.Edge.generation())) // raising it reads the value anew
	return found.GetAtt(jsii.String("Value"), awscdk.ResolutionTypeHint_STRING).ToString(), nil
}
