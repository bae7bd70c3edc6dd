// Package docs carries the generated documents that a running system shows.
package docs

import _ "embed"

// OpenAPI is the merged OpenAPI 3.1 document of every operation.
//
//go:embed openapi.json
var OpenAPI []byte
