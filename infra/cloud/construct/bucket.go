package construct

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"backoffice/internal/files"
)

const (
	// supersededDays is how long what was written over or deleted can still be brought back.
	supersededDays   = 30
	abandonedDays    = 2 // uploads in parts that nobody completed
	corsMaxAgeSecond = 3600
)

// Bucket makes the bucket for files: no part of it is public, it takes calls over TLS only, it keeps what is written over for
// a while, and each folder's files expire. It outlives its stack.
func Bucket(scope constructs.Construct, id string, name, key *string) awss3.CfnBucket {
	rules := []*awss3.CfnBucket_RuleProperty{{Id: jsii.String("superseded"), Status: jsii.String("Enabled"),
		NoncurrentVersionExpiration:    &awss3.CfnBucket_NoncurrentVersionExpirationProperty{NoncurrentDays: jsii.Number(supersededDays)},
		AbortIncompleteMultipartUpload: &awss3.CfnBucket_AbortIncompleteMultipartUploadProperty{DaysAfterInitiation: jsii.Number(abandonedDays)}}}
	for _, folder := range files.Folders() {
		rules = append(rules, &awss3.CfnBucket_RuleProperty{Id: jsii.String(folder), Status: jsii.String("Enabled"), Prefix: jsii.String(folder + "/"),
			ExpirationInDays: jsii.Number(files.KeptDays(folder))})
	}
	props := bucketProps(name, key)
	props.LifecycleConfiguration = &awss3.CfnBucket_LifecycleConfigurationProperty{Rules: &rules}
	// Any origin may use a signed address: it is the address that is the right, and no cookie goes with it.
	props.CorsConfiguration = &awss3.CfnBucket_CorsConfigurationProperty{CorsRules: &[]*awss3.CfnBucket_CorsRuleProperty{{
		AllowedMethods: jsii.Strings("GET", "PUT"), AllowedOrigins: jsii.Strings("*"), AllowedHeaders: jsii.Strings("content-length", "content-type"),
		ExposedHeaders: jsii.Strings("ETag"), MaxAge: jsii.Number(corsMaxAgeSecond)}}}
	return bucket(scope, id, props)
}

// LockedBucket makes a bucket in which nothing can be changed or deleted for some days after it was written, not even by the
// account's owner.
func LockedBucket(scope constructs.Construct, id string, name, key *string, days int) awss3.CfnBucket {
	props := bucketProps(name, key)
	props.ObjectLockEnabled = jsii.Bool(true)
	props.ObjectLockConfiguration = &awss3.CfnBucket_ObjectLockConfigurationProperty{ObjectLockEnabled: jsii.String("Enabled"),
		Rule: &awss3.CfnBucket_ObjectLockRuleProperty{DefaultRetention: &awss3.CfnBucket_DefaultRetentionProperty{Mode: jsii.String("COMPLIANCE"), Days: jsii.Number(days)}}}
	// A lock keeps every version, but not from a mark of deletion over it: nobody has a reason to lay one.
	return bucket(scope, id, props, statement{"Sid": "NoDeletion", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject"})
}

func bucketProps(name, key *string) *awss3.CfnBucketProps {
	yes := jsii.Bool(true)
	return &awss3.CfnBucketProps{BucketName: name,
		PublicAccessBlockConfiguration: &awss3.CfnBucket_PublicAccessBlockConfigurationProperty{BlockPublicAcls: yes, BlockPublicPolicy: yes, IgnorePublicAcls: yes, RestrictPublicBuckets: yes},
		OwnershipControls: &awss3.CfnBucket_OwnershipControlsProperty{Rules: &[]*awss3.CfnBucket_OwnershipControlsRuleProperty{{
			ObjectOwnership: jsii.String("BucketOwnerEnforced")}}},
		BucketEncryption: &awss3.CfnBucket_BucketEncryptionProperty{ServerSideEncryptionConfiguration: &[]*awss3.CfnBucket_ServerSideEncryptionRuleProperty{{
			ServerSideEncryptionByDefault: &awss3.CfnBucket_ServerSideEncryptionByDefaultProperty{SseAlgorithm: jsii.String("aws:kms"), KmsMasterKeyId: key}, BucketKeyEnabled: yes}}},
		VersioningConfiguration: &awss3.CfnBucket_VersioningConfigurationProperty{Status: jsii.String("Enabled")}}
}

// bucket makes a bucket that outlives its stack, with a policy that refuses calls without TLS, and what else is given for all
// its objects.
func bucket(scope constructs.Construct, id string, props *awss3.CfnBucketProps, more ...statement) awss3.CfnBucket {
	b := awss3.NewCfnBucket(scope, jsii.String(id), props)
	Keep(b)
	everything := awscdk.Fn_Join(jsii.String(""), &[]*string{b.AttrArn(), jsii.String("/*")})
	all := []statement{{"Sid": "TLSOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": []*string{b.AttrArn(), everything},
		"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}}}}
	for _, s := range more {
		s["Resource"] = []*string{everything}
		all = append(all, s)
	}
	awss3.NewCfnBucketPolicy(scope, jsii.String(id+"Policy"), &awss3.CfnBucketPolicyProps{Bucket: b.Ref(), PolicyDocument: policy(all...)})
	return b
}
