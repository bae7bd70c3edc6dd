package stacks

import (
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
	"backoffice/internal/config"
	"backoffice/internal/host/about"
	"backoffice/internal/store"
)

const (
	aboutName     = "about"
	aboutMemoryMB = 256
	aboutTimeout  = 10 * time.Second
	// What needs no token has limits of its own, so that it takes nothing from the domains' calls.
	aboutPerSecondMax = 20
	aboutBurstMax     = 40
)

// selfDescription makes the API for what the system says of itself without a token: health, rules, OpenAPI documents. It is one
// function, which knows no tenant: of the tables it may read one partition, in which nothing is kept.
func selfDescription(app awscdk.App, s Settings, common awscdk.Stack) error {
	stack := s.newStack(app, aboutName, "Health, rules and OpenAPI documents")
	stack.AddStackDependency(common, jsii.String("its function reads named secrets"))
	api := gateway(stack, s, aboutName, aboutPerSecondMax, aboutBurstMax)
	variables := map[string]*string{config.EnvTablePrefix: jsii.String(s.TablePrefix()), about.EnvTables: jsii.String(strings.Join(s.tables(), ","))}
	if secrets := s.originSecretValues(); secrets != "" {
		variables[config.EnvOriginSecrets] = jsii.String(secrets)
	}
	f, err := construct.Function(stack, "About", construct.FunctionProps{Name: s.Prefix() + "-" + aboutName, Description: "Answers for health, rules and OpenAPI documents",
		Set: "trigger", Main: "about", Code: s.Code, Arch: s.Arch, MemoryMB: aboutMemoryMB, Timeout: aboutTimeout, LogDays: s.Stage.LogDays,
		Environment: variables, Grants: []construct.Statement{s.reachGrant(stack)}})
	if err != nil {
		return err
	}
	integration := awsapigatewayv2.NewCfnIntegration(stack, jsii.String("AboutIntegration"), &awsapigatewayv2.CfnIntegrationProps{ApiId: api.Ref(),
		IntegrationType: jsii.String("AWS_PROXY"), IntegrationUri: f.AttrArn(), PayloadFormatVersion: jsii.String("2.0")})
	for _, route := range about.Routes() {
		awsapigatewayv2.NewCfnRoute(stack, jsii.String(routeID(route)), &awsapigatewayv2.CfnRouteProps{ApiId: api.Ref(), RouteKey: jsii.String(route), AuthorizationType: jsii.String("NONE"),
			Target: awscdk.Fn_Join(jsii.String("/"), &[]*string{jsii.String("integrations"), integration.Ref()})})
	}
	source := stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("execute-api"), Resource: api.Ref(), ResourceName: jsii.String("*/GET/*")})
	awslambda.NewCfnPermission(stack, jsii.String("AboutPermission"), &awslambda.CfnPermissionProps{Action: jsii.String("lambda:InvokeFunction"), FunctionName: f.Ref(),
		Principal: jsii.String("apigateway.amazonaws.com"), SourceArn: source})
	return nil
}

// reachGrant lets every table be asked for the one partition in which nothing is kept.
func (s Settings) reachGrant(stack awscdk.Stack) construct.Statement {
	var tables []*string
	for _, t := range s.tables() {
		tables = append(tables, stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("dynamodb"), Resource: jsii.String("table"), ResourceName: jsii.String(s.TablePrefix() + "-" + t)}))
	}
	may := construct.Allow([]string{"dynamodb:GetItem"}, tables...)
	may["Condition"] = map[string]any{"ForAllValues:StringEquals": map[string]any{"dynamodb:LeadingKeys": []string{store.ReachSpace}}}
	return may
}

// routeID makes a logical id of a route: GET /problems/{code} is ProblemsCodeRoute.
func routeID(route string) string {
	_, path, _ := strings.Cut(route, " ")
	return construct.LogicalName(strings.NewReplacer("/", "-", ".", "-", "{", "", "}", "").Replace(path)) + "Route"
}
