package watch

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
)

const keyWaitDays = 30

// document is a policy as CloudFormation takes it.
type document map[string]any

func policy(statements ...document) document {
	return document{"Version": "2012-10-17", "Statement": statements}
}

// senders are the services that publish to the topic.
func senders() map[string]any {
	return map[string]any{"Service": []string{"budgets.amazonaws.com", "cloudwatch.amazonaws.com"}}
}

// Topic makes the topic of the stack's region that alarms go to, under a key of its own: the services that publish must be let
// use it, and the key of the data is none of theirs.
func (s Stage) Topic(stack awscdk.Stack) {
	owner := awscdk.Fn_Join(jsii.String(""), &[]*string{jsii.String("arn:"), stack.Partition(), jsii.String(":iam::"), stack.Account(), jsii.String(":root")})
	key := awskms.NewCfnKey(stack, jsii.String("AlarmKey"), &awskms.CfnKeyProps{Description: jsii.String("Encrypts the alarms of " + s.Prefix), EnableKeyRotation: jsii.Bool(true),
		PendingWindowInDays: jsii.Number(keyWaitDays), KeyPolicy: policy(
			document{"Sid": "Owner", "Effect": "Allow", "Principal": map[string]any{"AWS": owner}, "Action": "kms:*", "Resource": "*"},
			document{"Sid": "Senders", "Effect": "Allow", "Principal": senders(), "Action": []string{"kms:Decrypt", "kms:GenerateDataKey"}, "Resource": "*"})})
	construct.Keep(key)
	topic := awssns.NewCfnTopic(stack, jsii.String("Alarms"), &awssns.CfnTopicProps{TopicName: jsii.String(s.topicName()), DisplayName: jsii.String(s.Prefix),
		KmsMasterKeyId: key.Ref()})
	awssns.NewCfnTopicPolicy(stack, jsii.String("AlarmsPolicy"), &awssns.CfnTopicPolicyProps{Topics: &[]*string{topic.Ref()}, PolicyDocument: policy(
		document{"Sid": "Senders", "Effect": "Allow", "Principal": senders(), "Action": "sns:Publish", "Resource": topic.Ref(),
			"Condition": map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": stack.Account()}}},
		document{"Sid": "EncryptedOnly", "Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": topic.Ref(),
			"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}}})})
	if s.Email != "" {
		awssns.NewCfnSubscription(stack, jsii.String("AlarmsByEmail"), &awssns.CfnSubscriptionProps{TopicArn: topic.Ref(), Protocol: jsii.String("email"), Endpoint: jsii.String(s.Email)})
	}
}
