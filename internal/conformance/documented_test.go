package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
	"backoffice/scripts/gen/openapi"
)

const documentURL = "https://backoffice.test/openapi.json"

// document compiles schemas out of the OpenAPI document, each once. It is made here as `make gen` makes it; that the published
// one is the same is the generator's own check.
var document = sync.OnceValues(func() (*schemas, error) {
	made, err := openapi.Build(catalog.Domains())
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(made)
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(documentURL, doc); err != nil {
		return nil, err
	}
	return &schemas{compiler: c, made: map[string]*jsonschema.Schema{}}, nil
})

type schemas struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	made     map[string]*jsonschema.Schema
}

func (s *schemas) at(pointer string) (*jsonschema.Schema, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if made, there := s.made[pointer]; there {
		return made, nil
	}
	schema, err := s.compiler.Compile(documentURL + "#" + pointer)
	if err != nil {
		return nil, err
	}
	s.made[pointer] = schema
	return schema, nil
}

// conforms holds an answer against its schema in the published document.
func conforms(spec *op.Spec, a answer) error {
	all, err := document()
	if err != nil {
		return err
	}
	if len(a.Body) == 0 {
		return nil
	}
	path := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(spec.Path())
	schema, err := all.at(fmt.Sprintf("/paths/%s/%s/responses/%d/content/application~1json/schema", path, strings.ToLower(spec.Method()), a.Status))
	if err != nil {
		return fmt.Errorf("the document does not describe this answer: %w", err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(a.Body))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}
