// Package docs carries the generated documents that a running system shows.
package docs

import (
	"embed"
	"fmt"
	"strings"
)

// OpenAPI is the OpenAPI 3.1 document of every operation.
//
//go:embed openapi.json
var OpenAPI []byte

// Problems lists every rule that a caller can break, as the system shows it.
//
//go:embed problems.json
var Problems []byte

//go:embed openapi
var domains embed.FS

// Domains names the domains that have a document of their own.
func Domains() []string {
	entries, err := domains.ReadDir("openapi")
	if err != nil {
		panic("docs: " + err.Error()) // it is embedded
	}
	var out []string
	for _, e := range entries {
		if name, is := strings.CutSuffix(e.Name(), ".json"); is {
			out = append(out, name)
		}
	}
	return out
}

// DomainOpenAPI gives the OpenAPI 3.1 document of one domain's operations; an error for a domain that has none yet.
func DomainOpenAPI(domain string) ([]byte, error) {
	raw, err := domains.ReadFile("openapi/" + domain + ".json")
	if err != nil {
		return nil, fmt.Errorf("docs: the domain %s has no document (run `make gen`): %w", domain, err)
	}
	return raw, nil
}
