package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"backoffice/docs"
	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

const documentURL = "https://backoffice.test/openapi.json"

// document compiles schemas out of the published OpenAPI document, each once. That it is as the catalogue says is the
// generator's own check.
var document = sync.OnceValues(func() (*schemas, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(docs.OpenAPI))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(documentURL, doc); err != nil {
		return nil, err
	}
	s := &schemas{compiler: c, made: map[string]*jsonschema.Schema{}, described: map[string]described{}}
	var known struct {
		Paths map[string]map[string]described
	}
	if err := json.Unmarshal(docs.OpenAPI, &known); err != nil {
		return nil, err
	}
	for _, methods := range known.Paths {
		for _, d := range methods {
			s.described[d.OperationID] = d
		}
	}
	return s, nil
})

// described is what the document says of an operation beside schemas.
type described struct {
	OperationID string
	Problems    []string `json:"x-problems"`
	Responses   map[string]struct {
		Ref     string `json:"$ref"`
		Headers map[string]any
		Content map[string]any
	}
}

type schemas struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	made     map[string]*jsonschema.Schema
	// described says the rest, by the operation's id.
	described map[string]described
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

// escaped writes an address as a part of a JSON Pointer in a URL.
var escaped = strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")

// conforms holds an answer, success or refusal, against the published document: its status, its headers and its members are
// described, and a refusal's codes are among those that the operation can meet.
func conforms(spec *op.Spec, a answer) error {
	all, err := document()
	if err != nil {
		return err
	}
	d, known := all.described[spec.ID]
	if !known {
		return fmt.Errorf("the published document does not have %s: run `make gen`", spec.ID)
	}
	response, known := d.Responses[fmt.Sprint(a.Status)]
	if !known {
		return fmt.Errorf("the status %d is not documented", a.Status)
	}
	if response.Ref == "" {
		for name := range a.Header {
			documented := func(h string) bool { return strings.EqualFold(h, name) }
			if !slices.ContainsFunc(slices.Collect(maps.Keys(response.Headers)), documented) && !slices.Contains(ordinary, name) {
				return fmt.Errorf("the header %s is not documented", name)
			}
		}
	}
	media, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	if len(a.Body) == 0 || !strings.HasSuffix(media, "json") {
		return nil
	}
	pointer := fmt.Sprintf("/paths/%s/%s/responses/%d", escaped.Replace(spec.Path()), strings.ToLower(spec.Method()), a.Status)
	if response.Ref != "" {
		pointer = strings.TrimPrefix(response.Ref, "#")
	}
	schema, err := all.at(pointer + "/content/" + escaped.Replace(media) + "/schema")
	if err != nil {
		return fmt.Errorf("the document does not describe this answer: %w", err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(a.Body))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

// ordinary are the headers that every HTTP answer may have.
var ordinary = []string{"Content-Type", "Content-Length", "Date", "Cache-Control", "X-Content-Type-Options", "X-Request-Id", "Www-Authenticate", "Retry-After"}

// meets tells whether the document names a rule among those that an operation can meet.
func meets(spec *op.Spec, code string) error {
	all, err := document()
	if err != nil {
		return err
	}
	if !slices.Contains(all.described[spec.ID].Problems, code) {
		return fmt.Errorf("the document does not say that %s can refuse by %s", spec.ID, code)
	}
	return nil
}

func load(t *testing.T, raw []byte) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// The host serves the whole document and one for each domain. Each is sound, examples included, and names every member that an
// object may have.
func TestDocumentsAreServedAndSound(t *testing.T) {
	sys := open(t)
	addresses := []string{"/openapi.json"}
	for _, d := range catalog.Domains() {
		addresses = append(addresses, "/"+d.Name+"/v1/openapi.json")
	}
	for _, address := range addresses {
		doc := load(t, fetch(t, sys, address))
		if err := doc.Validate(t.Context(), openapi3.IsOpenAPI31OrLater()); err != nil {
			t.Errorf("%s: %v", address, err)
		}
		for name, s := range doc.Components.Schemas {
			if s.Value.Type.Is("object") && s.Value.AdditionalProperties.Schema == nil && (s.Value.AdditionalProperties.Has == nil || *s.Value.AdditionalProperties.Has) {
				t.Errorf("%s: %s takes members that it does not name", address, name)
			}
		}
		if address == addresses[0] {
			for _, other := range addresses[1:] {
				if !strings.Contains(doc.Info.Description, other) {
					t.Errorf("the whole document does not name %s", other)
				}
			}
		}
	}
}

func fetch(t *testing.T, sys *system, address string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, sys.server.URL+address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %d, %v", address, resp.StatusCode, err)
	}
	return b.Bytes()
}
