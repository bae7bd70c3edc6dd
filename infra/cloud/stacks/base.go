package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
	"backoffice/internal/catalog"
)

const (
	requestsPerSecondMax = 200
	requestsBurstMax     = 400
)

// accessLog is one line per request, without anything that a person sent.
const accessLog = `{"request":"$context.requestId","time":"$context.requestTimeEpoch","route":"$context.routeKey","status":"$context.status","bytes":"$context.responseLength","ms":"$context.responseLatency","problem":"$context.error.message","authorizer":"$context.authorizer.error"}`

// base makes what a domain's operations stand on and what must not move: its table and its HTTP API.
func base(app awscdk.App, s Settings, d catalog.Domain) awscdk.Stack {
	stack := s.newStack(app, d.Name, "Table and HTTP API of "+d.Name)
	tag(stack, "domain", d.Name)
	table := construct.Table(stack, s.tableID(), s.TablePrefix()+"-"+d.Name, read(stack, "Key", s.parameter("key")))
	named(stack, "StreamName", s.parameter(d.Name, "stream"), table.AttrStreamArn())
	if hasRoutes(d) {
		httpAPI(stack, s, d)
	}
	return stack
}

func httpAPI(stack awscdk.Stack, s Settings, d catalog.Domain) {
	api := gateway(stack, s, d.Name, requestsPerSecondMax, requestsBurstMax)
	authorizer := awsapigatewayv2.NewCfnAuthorizer(stack, jsii.String("Authorizer"), &awsapigatewayv2.CfnAuthorizerProps{ApiId: api.Ref(), Name: jsii.String("token"),
		AuthorizerType: jsii.String("JWT"), IdentitySource: &[]*string{jsii.String("$request.header.Authorization")},
		JwtConfiguration: &awsapigatewayv2.CfnAuthorizer_JWTConfigurationProperty{Issuer: read(stack, "Issuer", s.parameter("issuer")),
			Audience: readList(stack, "Audience", s.parameter("audience"))}})
	named(stack, "AuthorizerName", s.parameter(d.Name, "authorizer"), authorizer.Ref())
}

// gateway makes an HTTP API with its log and its limits, and tells others of it by name.
func gateway(stack awscdk.Stack, s Settings, name string, perSecond, burst int) awsapigatewayv2.CfnApi {
	api := awsapigatewayv2.NewCfnApi(stack, jsii.String("Api"), &awsapigatewayv2.CfnApiProps{Name: jsii.String(s.Prefix() + "-" + name), ProtocolType: jsii.String("HTTP"),
		CorsConfiguration: s.cors()})
	// Names of this beginning need no entry each in the one policy, of 5,120 characters, by which services deliver logs in an account.
	log := awslogs.NewCfnLogGroup(stack, jsii.String("AccessLog"), &awslogs.CfnLogGroupProps{LogGroupName: jsii.String("/aws/vendedlogs/apis/" + s.Prefix() + "-" + name),
		RetentionInDays: jsii.Number(s.Stage.LogDays)})
	awsapigatewayv2.NewCfnStage(stack, jsii.String("Stage"), &awsapigatewayv2.CfnStageProps{ApiId: api.Ref(), StageName: jsii.String("$default"), AutoDeploy: true,
		AccessLogSettings:    &awsapigatewayv2.CfnStage_AccessLogSettingsProperty{DestinationArn: log.AttrArn(), Format: jsii.String(accessLog)},
		DefaultRouteSettings: &awsapigatewayv2.CfnStage_RouteSettingsProperty{ThrottlingRateLimit: jsii.Number(perSecond), ThrottlingBurstLimit: jsii.Number(burst)}})
	named(stack, "ApiName", s.parameter(name, "api"), api.Ref())
	awscdk.NewCfnOutput(stack, jsii.String("Url"), &awscdk.CfnOutputProps{Value: api.AttrApiEndpoint()})
	return api
}
