package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"backoffice/internal/catalog"
	"backoffice/internal/host/about"
	"backoffice/scripts/gen/openapi"
	"backoffice/scripts/gen/problems"
	"backoffice/scripts/gen/recording"
)

// Where the documents stand: the whole, and one for each domain.
const (
	wholeFile   = "docs/openapi.json"
	documentDir = "docs/openapi"
	rulesFile   = "docs/problems.json"
)

// addDocuments makes the OpenAPI documents and the pages of the interface. When an example does not work, the documents are
// made without it, and the error says which it is: an operation under way keeps nobody from generating the rest.
func addDocuments(files map[string][]byte, root string, domains []catalog.Domain) error {
	own, err := problems.Of(root, domains)
	if err != nil {
		return err
	}
	recordings, failed := recording.All(context.Background(), domains)
	m := openapi.Material{Recordings: recordings, Problems: map[string][]string{}}
	for _, d := range domains {
		for _, o := range d.Operations {
			if id := o.Describe().ID; o.Describe().HTTP() {
				codes := append(problems.Common(o), own[id]...)
				slices.Sort(codes)
				m.Problems[id] = slices.Compact(codes)
			}
		}
	}
	if files[wholeFile], err = encode(openapi.Build(domains, m)); err != nil {
		return err
	}
	if files[rulesFile], err = encode(about.ListRules(catalog.Rules())); err != nil {
		return err
	}
	for _, d := range domains {
		if files[documentDir+"/"+d.Name+".json"], err = encode(openapi.Build([]catalog.Domain{d}, m)); err != nil {
			return err
		}
	}
	return failed
}

func encode(document any) ([]byte, error) {
	raw, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("encode a document: %w", err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
