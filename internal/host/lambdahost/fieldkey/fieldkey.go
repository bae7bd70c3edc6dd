// Package fieldkey gives a function the key of encrypted fields. It is apart from the host, so that only the functions whose
// specs declare such fields carry the key service's client. Nothing is called before a field is sealed or opened.
package fieldkey

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"backoffice/internal/seal/kmsseal"
	"backoffice/internal/wire"
)

// Use is the host's option for functions whose specs declare encrypted fields.
func Use(env *wire.Env, cfg aws.Config) {
	if env.Config.FieldKey != "" {
		env.Sealer = kmsseal.New(kms.NewFromConfig(cfg), env.Config.FieldKey)
	}
}
