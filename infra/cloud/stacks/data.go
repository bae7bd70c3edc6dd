package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
	"backoffice/internal/op"
)

// data makes what the stage's data stand on beside the domains' tables: the key that encrypts all of it, the bucket for files,
// and the bucket in which the audit chains' roots are beyond anybody's reach, with the key that signs them. A bucket's name holds the account, since names
// of buckets are shared by all accounts there are.
func data(stack awscdk.Stack, s Settings) {
	key := construct.Key(stack, "alias/"+s.Prefix(), s.Stage.Edge != nil)
	named(stack, "KeyName", s.parameter("key"), key.AttrArn())
	files := construct.Bucket(stack, "Files", bucketName(stack, s, "files"), key.AttrArn())
	named(stack, "FilesName", s.parameter("files"), files.Ref())
	roots := construct.LockedBucket(stack, "AuditRoots", bucketName(stack, s, "audit-roots"), key.AttrArn(), s.Stage.AuditDays)
	named(stack, "AuditRootsName", s.parameter("audit-roots"), roots.Ref())
	named(stack, "RootKeyName", s.parameter("root-key"), construct.RootKey(stack, "alias/"+s.Prefix()+"-roots").AttrArn())
}

func bucketName(stack awscdk.Stack, s Settings, what string) *string {
	return awscdk.Fn_Join(jsii.String("-"), &[]*string{jsii.String(s.Prefix()), jsii.String(what), stack.Account()})
}

// keepsFiles tells whether an operation has to do with files.
func keepsFiles(spec *op.Spec) bool { return len(spec.Files) > 0 }
