package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
)

// accessLogs makes the bucket for the distribution's access logs. CloudFront writes as an account of its own and hands each
// object over, which takes ownership by the bucket with access lists allowed; the stage's key, which encrypts the
// bucket, lets log deliveries use it. Lines hold addresses of people, so they expire
// with the stage's other logs; cookies are never logged.
func accessLogs(stack awscdk.Stack, s Settings) *awscloudfront.CfnDistribution_LoggingProperty {
	yes := jsii.Bool(true)
	bucket := awss3.NewCfnBucket(stack, jsii.String("AccessLogs"), &awss3.CfnBucketProps{
		OwnershipControls: &awss3.CfnBucket_OwnershipControlsProperty{Rules: &[]*awss3.CfnBucket_OwnershipControlsRuleProperty{{ObjectOwnership: jsii.String("BucketOwnerPreferred")}}},
		PublicAccessBlockConfiguration: &awss3.CfnBucket_PublicAccessBlockConfigurationProperty{BlockPublicAcls: yes, BlockPublicPolicy: yes, IgnorePublicAcls: yes,
			RestrictPublicBuckets: yes},
		BucketEncryption: &awss3.CfnBucket_BucketEncryptionProperty{ServerSideEncryptionConfiguration: &[]*awss3.CfnBucket_ServerSideEncryptionRuleProperty{{
			// With a bucket key the service that delivers would have to read the key's own data, too, and could deliver nothing.
			BucketKeyEnabled: jsii.Bool(false), ServerSideEncryptionByDefault: &awss3.CfnBucket_ServerSideEncryptionByDefaultProperty{SseAlgorithm: jsii.String("aws:kms"),
				KmsMasterKeyId: read(stack, "Key", s.parameter("key"))}}}},
		LifecycleConfiguration: &awss3.CfnBucket_LifecycleConfigurationProperty{Rules: &[]*awss3.CfnBucket_RuleProperty{{Id: jsii.String("expire"),
			Status: jsii.String("Enabled"), ExpirationInDays: jsii.Number(s.Stage.LogDays)}}}})
	construct.Keep(bucket)
	every := awscdk.Fn_Join(jsii.String(""), &[]*string{bucket.AttrArn(), jsii.String("/*")})
	awss3.NewCfnBucketPolicy(stack, jsii.String("AccessLogsPolicy"), &awss3.CfnBucketPolicyProps{Bucket: bucket.Ref(), PolicyDocument: map[string]any{
		"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": []*string{bucket.AttrArn(), every},
			"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}}}}}})
	return &awscloudfront.CfnDistribution_LoggingProperty{Bucket: bucket.AttrRegionalDomainName(), IncludeCookies: jsii.Bool(false), Prefix: jsii.String(s.Name + "/")}
}
