package construct

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// keyWaitDays is how long a key that was scheduled for deletion can still be saved; it is the most that KMS gives.
const keyWaitDays = 30

// dataServices are the services that encrypt with the stage's key on behalf of whoever may read and write there.
func dataServices() []string { return []string{"dynamodb", "s3"} }

// Key makes the key that a stage's tables and buckets are encrypted with. Whoever may reach those may use it by way of their
// services, and not otherwise: no role needs a right on the key itself. Where logs are delivered into a bucket of the stage, the
// service that delivers them may encrypt, and not read.
func Key(scope constructs.Construct, alias string, takesLogs bool) awskms.CfnKey {
	stack := awscdk.Stack_Of(scope)
	via := make([]*string, 0, len(dataServices()))
	for _, service := range dataServices() {
		via = append(via, awscdk.Fn_Join(jsii.String("."), &[]*string{jsii.String(service), stack.Region(), stack.UrlSuffix()}))
	}
	may := []statement{
		ownerStatement(stack),
		{"Sid": "ByWayOfServices", "Effect": "Allow", "Principal": map[string]any{"AWS": "*"}, "Resource": "*",
			"Action":    []string{"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"},
			"Condition": map[string]any{"StringEquals": map[string]any{"kms:CallerAccount": stack.Account(), "kms:ViaService": via}}},
	}
	if takesLogs {
		may = append(may, statement{"Sid": "LogDelivery", "Effect": "Allow", "Principal": map[string]any{"Service": "delivery.logs.amazonaws.com"},
			"Action": []string{"kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"}, "Resource": "*",
			// CloudFront need not say on whose behalf it delivers; where it does, it must be this account's.
			"Condition": map[string]any{"StringEqualsIfExists": map[string]any{"aws:SourceAccount": stack.Account()}}})
	}
	k := awskms.NewCfnKey(scope, jsii.String("Key"), &awskms.CfnKeyProps{Description: jsii.String("Encrypts tables and files of " + strings.TrimPrefix(alias, "alias/")),
		EnableKeyRotation: jsii.Bool(true), PendingWindowInDays: jsii.Number(keyWaitDays), KeyPolicy: policy(may...)})
	Keep(k)
	awskms.NewCfnAlias(scope, jsii.String("KeyAlias"), &awskms.CfnAliasProps{AliasName: jsii.String(alias), TargetKeyId: k.Ref()})
	return k
}
