package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

const root = "../.."

func TestCommittedFilesAreAsGenerated(t *testing.T) {
	if err := run(root, true); err != nil {
		t.Fatal(err)
	}
}

func TestCheckNamesEveryDifference(t *testing.T) {
	dir := t.TempDir()
	files := map[string][]byte{"functions/box/open/main.go": []byte("package main\n"), "docs/openapi.json": []byte("{}\n")}
	for name, content := range files {
		if err := write(filepath.Join(dir, name), content); err != nil {
			t.Fatal(err)
		}
	}
	if changed := differing(dir, files); len(changed) != 0 {
		t.Errorf("differs without a change: %v", changed)
	}
	if err := write(filepath.Join(dir, "docs/openapi.json"), []byte("{ }\n")); err != nil {
		t.Fatal(err)
	}
	if err := write(filepath.Join(dir, "functions/box/gone/main.go"), []byte("package main\n")); err != nil {
		t.Fatal(err)
	}
	if changed := differing(dir, files); len(changed) != 1 || changed[0] != "docs/openapi.json" {
		t.Errorf("changed %v", changed)
	}
	stale, err := staleFiles(dir, files)
	if err != nil || len(stale) != 1 || stale[0] != "functions/box/gone/main.go" {
		t.Fatalf("stale %v, %v", stale, err)
	}
	if err := remove(dir, stale); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "functions/box/gone")); err == nil {
		t.Error("the folder of a removed operation is still there")
	}
}

func ids(keep func(*op.Spec) bool) []string {
	var out []string
	for _, o := range catalog.Operations() {
		if keep(o.Describe()) {
			out = append(out, o.Describe().ID)
		}
	}
	sort.Strings(out)
	return out
}

func TestCatalogueAndFunctionsAreTheSameSet(t *testing.T) {
	var have []string
	err := filepath.WalkDir(filepath.Join(root, functionsDir), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "main.go" {
			dir := filepath.Dir(path)
			have = append(have, filepath.Base(filepath.Dir(dir))+"."+filepath.Base(dir))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(have)
	if want := ids(func(s *op.Spec) bool { return s.Deployed() }); !reflect.DeepEqual(have, want) {
		t.Errorf("functions %v\ncatalogue %v", have, want)
	}
}

func loadOpenAPI(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(root, "docs/openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestCatalogueAndOpenAPIAreTheSameSet(t *testing.T) {
	var have []string
	for _, item := range loadOpenAPI(t).Paths.Map() {
		for _, o := range item.Operations() {
			have = append(have, o.OperationID)
		}
	}
	sort.Strings(have)
	if want := ids(func(s *op.Spec) bool { return s.HTTP() }); !reflect.DeepEqual(have, want) {
		t.Errorf("OpenAPI %v\ncatalogue %v", have, want)
	}
}

func TestOpenAPIIsValid(t *testing.T) {
	if err := loadOpenAPI(t).Validate(t.Context(), openapi3.IsOpenAPI31OrLater(), openapi3.DisableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
}

func TestExampleRequestsSatisfyTheirSchemas(t *testing.T) {
	seen := 0
	for path, item := range loadOpenAPI(t).Paths.Map() {
		for method, o := range item.Operations() {
			if o.RequestBody == nil {
				continue
			}
			for media, content := range o.RequestBody.Value.Content {
				if content.Example == nil {
					continue
				}
				seen++
				if err := content.Schema.Value.VisitJSON(content.Example, openapi3.EnableJSONSchema2020()); err != nil {
					t.Errorf("%s %s (%s): %v", method, path, media, err)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no example request was seen")
	}
}

func TestEveryOperationHasSummaryRightAndExample(t *testing.T) {
	for _, o := range catalog.Operations() {
		s := o.Describe()
		_, body, _ := o.Shapes(op.NewRegistry())
		if s.Summary == "" {
			t.Errorf("%s has no summary", s.ID)
		}
		if s.HTTP() && s.Permission == "" && s.Public == "" {
			t.Errorf("%s has no permission and no reason for being public", s.ID)
		}
		if body != nil && s.HTTP() && s.Example.Body == "" {
			t.Errorf("%s takes a body, but has no example of it", s.ID)
		}
	}
}

func TestNoTwoOperationsShareIDOrRoute(t *testing.T) {
	seen := map[string]string{}
	for _, o := range catalog.Operations() {
		s := o.Describe()
		for _, key := range []string{s.ID, s.Route} {
			if other, taken := seen[key]; taken && key != "" {
				t.Errorf("%s is %s's, too: %s", key, other, s.ID)
			}
			seen[key] = s.ID
		}
	}
}

// Each event's struct, schema and example agree: the example satisfies the schema, and the struct holds all of it.
func TestEventsStructSchemaAndExampleAgree(t *testing.T) {
	for _, o := range catalog.Operations() {
		for _, e := range o.Describe().AllEmits() {
			t.Run(e.Type, func(t *testing.T) { checkEvent(t, e) })
		}
	}
}

func checkEvent(t *testing.T, e *op.Event) {
	raw, err := eventSchema(e)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("event.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("event.json")
	if err != nil {
		t.Fatal(err)
	}
	example, err := jsonschema.UnmarshalJSON(strings.NewReader(e.Example))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(example); err != nil {
		t.Errorf("the example breaks the schema: %v", err)
	}
	value := reflect.New(reflect.TypeOf(e.Data))
	d := json.NewDecoder(strings.NewReader(e.Example))
	d.DisallowUnknownFields()
	if err := d.Decode(value.Interface()); err != nil {
		t.Fatalf("the struct does not hold the example: %v", err)
	}
	again, err := json.Marshal(value.Interface())
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := json.Compact(&want, []byte(e.Example)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again, want.Bytes()) {
		t.Errorf("the struct writes %s, the example is %s", again, want.Bytes())
	}
}

func TestStackNumbersAreOnlyEverAdded(t *testing.T) {
	assigned := map[string]int{"box.gone": 1, "box.open": 2, "crate.open": 1}
	many := []string{"box.open"}
	for i := range stackOperationsMax {
		many = append(many, "box.new-"+string(rune('a'+i/26))+string(rune('a'+i%26)))
	}
	assign(assigned, "box", many)
	if assigned["box.gone"] != 1 || assigned["box.open"] != 2 || assigned["crate.open"] != 1 {
		t.Errorf("a number has changed: %v", assigned)
	}
	count := map[int]int{}
	for id, n := range assigned {
		if strings.HasPrefix(id, "box.") {
			count[n]++
		}
	}
	if count[1] != stackOperationsMax || count[2] != 2 {
		t.Errorf("operations per stack: %v", count)
	}
}
