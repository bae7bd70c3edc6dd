// Package sheets writes tables in every format. It is apart from the host, so that only the functions whose specs say that they
// are heavy carry the libraries for workbooks and paper.
package sheets

import (
	"github.com/aws/aws-sdk-go-v2/aws"

	"backoffice/internal/sheet/documents"
	"backoffice/internal/wire"
)

// Write is the host's option for functions that write files for people.
func Write(env *wire.Env, _ aws.Config) { env.Sheets = documents.Writers() }
