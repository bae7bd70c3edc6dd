package construct

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/tables"
	"backoffice/internal/store"
)

// Table makes a domain's table in the form that the store kit gives every table, with what only the cloud has: recovery to any
// second of the last 35 days, encryption with the stage's key, whose ARN is given, protection from deletion. It outlives its stack.
func Table(scope constructs.Construct, id, name string, key *string) awsdynamodb.CfnTable {
	form := store.TableInput(name, true)
	on := jsii.Bool(true)
	t := awsdynamodb.NewCfnTable(scope, jsii.String(id), &awsdynamodb.CfnTableProps{
		TableName: form.TableName, BillingMode: jsii.String(string(form.BillingMode)), KeySchema: keys(form.KeySchema),
		AttributeDefinitions: attributes(form.AttributeDefinitions), GlobalSecondaryIndexes: indexes(form.GlobalSecondaryIndexes),
		StreamSpecification:              &awsdynamodb.CfnTable_StreamSpecificationProperty{StreamViewType: jsii.String(string(form.StreamSpecification.StreamViewType))},
		PointInTimeRecoverySpecification: &awsdynamodb.CfnTable_PointInTimeRecoverySpecificationProperty{PointInTimeRecoveryEnabled: on},
		SseSpecification:                 &awsdynamodb.CfnTable_SSESpecificationProperty{SseEnabled: on, SseType: jsii.String("KMS"), KmsMasterKeyId: key},
		TimeToLiveSpecification:          &awsdynamodb.CfnTable_TimeToLiveSpecificationProperty{AttributeName: jsii.String(tables.ExpiryAttribute), Enabled: on},
		DeletionProtectionEnabled:        on,
	})
	t.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	return t
}

func keys(in []types.KeySchemaElement) *[]*awsdynamodb.CfnTable_KeySchemaProperty {
	out := make([]*awsdynamodb.CfnTable_KeySchemaProperty, 0, len(in))
	for _, k := range in {
		out = append(out, &awsdynamodb.CfnTable_KeySchemaProperty{AttributeName: k.AttributeName, KeyType: jsii.String(string(k.KeyType))})
	}
	return &out
}

func attributes(in []types.AttributeDefinition) *[]*awsdynamodb.CfnTable_AttributeDefinitionProperty {
	out := make([]*awsdynamodb.CfnTable_AttributeDefinitionProperty, 0, len(in))
	for _, a := range in {
		out = append(out, &awsdynamodb.CfnTable_AttributeDefinitionProperty{AttributeName: a.AttributeName, AttributeType: jsii.String(string(a.AttributeType))})
	}
	return &out
}

func indexes(in []types.GlobalSecondaryIndex) *[]*awsdynamodb.CfnTable_GlobalSecondaryIndexProperty {
	out := make([]*awsdynamodb.CfnTable_GlobalSecondaryIndexProperty, 0, len(in))
	for _, x := range in {
		out = append(out, &awsdynamodb.CfnTable_GlobalSecondaryIndexProperty{IndexName: x.IndexName, KeySchema: keys(x.KeySchema),
			Projection: &awsdynamodb.CfnTable_ProjectionProperty{ProjectionType: jsii.String(string(x.Projection.ProjectionType))}})
	}
	return &out
}
