// Package auditroots keeps audit roots in the stage's locked bucket. It is apart from the host, so that only the functions that
// have to do with roots carry the clients of S3 and KMS.
package auditroots

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"backoffice/internal/audit/kmskey"
	"backoffice/internal/audit/s3roots"
	"backoffice/internal/wire"
)

// Keep is the host's option for functions whose specs declare roots. A series of roots is about tables of one name: those that
// were restored under another have a series of their own.
func Keep(env *wire.Env, cfg aws.Config) {
	if env.Config.AuditBucket != "" {
		env.Roots = s3roots.Open(s3.NewFromConfig(cfg), env.Config.AuditBucket, env.Config.TablePrefix)
		env.RootKey = kmskey.Open(kms.NewFromConfig(cfg), env.Config.AuditKey)
	}
}
