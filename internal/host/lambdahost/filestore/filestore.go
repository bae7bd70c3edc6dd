// Package filestore keeps files in the stage's bucket. It is apart from the host, so that only the functions that have to do
// with files carry S3's client.
package filestore

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"backoffice/internal/files"
	"backoffice/internal/files/s3files"
	"backoffice/internal/wire"
)

// Keep is the host's option for functions whose specs declare files. Addresses are signed with the function's own role, so
// what their holders may do is no more than that.
func Keep(env *wire.Env, cfg aws.Config) {
	if env.Config.Bucket != "" {
		env.Files = files.Guard(s3files.New(s3.NewFromConfig(cfg), env.Config.Bucket))
	}
}
