package construct

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// FieldKey makes the key of encrypted fields. It is apart from the stage's key so that a right on it opens fields and nothing
// else, and whoever may read tables opens none. Its policy leaves it to roles who may use it: to those of the operations that
// declare it.
func FieldKey(scope constructs.Construct, alias string) awskms.CfnKey {
	k := awskms.NewCfnKey(scope, jsii.String("FieldKey"), &awskms.CfnKeyProps{Description: jsii.String("Encrypts single fields of " + strings.TrimPrefix(alias, "alias/")),
		EnableKeyRotation: jsii.Bool(true), PendingWindowInDays: jsii.Number(keyWaitDays), KeyPolicy: policy(ownerStatement(awscdk.Stack_Of(scope)))})
	Keep(k)
	awskms.NewCfnAlias(scope, jsii.String("FieldKeyAlias"), &awskms.CfnAliasProps{AliasName: jsii.String(alias), TargetKeyId: k.Ref()})
	return k
}

// ownerStatement has the account decide who may use a key, by the policies of its roles.
func ownerStatement(stack awscdk.Stack) statement {
	owner := awscdk.Fn_Join(jsii.String(""), &[]*string{jsii.String("arn:"), stack.Partition(), jsii.String(":iam::"), stack.Account(), jsii.String(":root")})
	return statement{"Sid": "Owner", "Effect": "Allow", "Principal": map[string]any{"AWS": owner}, "Action": "kms:*", "Resource": "*"}
}
