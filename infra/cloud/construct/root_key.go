package construct

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"backoffice/internal/op"
)

// RootKey makes the key that signs audit roots. Nobody can read it; who may sign with it is left to roles, and one has the
// right. A key of another id would sign another series, so it is never rotated.
func RootKey(scope constructs.Construct, alias string) awskms.CfnKey {
	k := awskms.NewCfnKey(scope, jsii.String("RootKey"), &awskms.CfnKeyProps{Description: jsii.String("Signs the audit roots of " + strings.TrimPrefix(alias, "alias/")),
		KeySpec: jsii.String("ECC_NIST_EDWARDS25519"), KeyUsage: jsii.String("SIGN_VERIFY"), PendingWindowInDays: jsii.Number(keyWaitDays),
		KeyPolicy: policy(ownerStatement(awscdk.Stack_Of(scope)))})
	Keep(k)
	awskms.NewCfnAlias(scope, jsii.String("RootKeyAlias"), &awskms.CfnAliasProps{AliasName: jsii.String(alias), TargetKeyId: k.Ref()})
	return k
}

// rootGrants are the statements for what an operation does with the audit roots about tables of a prefix. Whoever reads them
// reads every version, since a later one is a forgery to be found; whoever writes them signs them.
func rootGrants(stack awscdk.Stack, p OperationProps, do op.FileAction) []statement {
	bucket := []*string{jsii.String("arn:"), stack.Partition(), jsii.String(":s3:::"), p.RootsBucket}
	folder := append(slices.Clone(bucket), jsii.String("/"+p.Tables+"/*"))
	list := allow([]string{"s3:ListBucketVersions"}, awscdk.Fn_Join(jsii.String(""), &bucket))
	list["Condition"] = map[string]any{"StringLike": map[string]any{"s3:prefix": p.Tables + "/*"}}
	files, keys := []string{"s3:GetObject", "s3:GetObjectVersion"}, []string{"kms:GetPublicKey"}
	if do&op.FileWrite != 0 {
		files, keys = append(files, "s3:PutObject"), append(keys, "kms:Sign")
	}
	return []statement{list, allow(files, awscdk.Fn_Join(jsii.String(""), &folder)), allow(keys, p.RootKey)}
}
