// Package docs carries the generated documents that a running system shows.
package docs

import (
	"embed"
	"fmt"
)

// OpenAPI is the OpenAPI 3.1 document of every operation.
//
//go:embed openapi.json
var OpenAPI []byte

//go:embed openapi
var domains embed.FS

// DomainOpenAPI gives the OpenAPI 3.1 document of one domain's operations; an error for a domain that has none yet.
func DomainOpenAPI(domain string) ([]byte, error) {
	raw, err := domains.ReadFile("openapi/" + domain + ".json")
	if err != nil {
		return nil, fmt.Errorf("docs: the domain %s has no document (run `make gen`): %w", domain, err)
	}
	return raw, nil
}
