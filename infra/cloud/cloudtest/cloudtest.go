// Package cloudtest prepares tests that synthesise stacks: the CDK's kernel runs on Node.js, which must be there.
package cloudtest

import (
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/cxapi"
	"github.com/aws/jsii-runtime-go"
)

// Main runs a package's tests with the module's own Node.js. Without any Node.js the tests are skipped with a word, but never
// in CI.
func Main(m *testing.M, root string) {
	if err := useOwnNode(filepath.Join(root, "node_modules", ".bin")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if _, err := exec.LookPath("node"); err != nil {
		if os.Getenv("CI") == "true" {
			fmt.Fprintln(os.Stderr, "no Node.js: run `npm ci`")
			os.Exit(1)
		}
		fmt.Println("skipped: no Node.js at hand, which the CDK's kernel runs on; run `npm ci`")
		os.Exit(0)
	}
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

// useOwnNode starts the test program anew with the module's Node.js first in the path, since the kernel's client has looked
// the path through before main began.
func useOwnNode(bin string) error {
	bin, err := filepath.Abs(bin)
	if err != nil {
		return err
	}
	own := filepath.Join(bin, "node")
	if _, err := os.Stat(own); err != nil {
		return nil //nolint:nilerr // not installed: whatever Node.js the path has will do
	}
	if found, err := exec.LookPath("node"); err == nil && found == own {
		return nil
	}
	if err := os.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH")); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return syscall.Exec(self, os.Args, os.Environ()) //nolint:gosec // G204: this very program
}

// Template is a synthesised template, as far as tests look.
type Template struct {
	Resources map[string]Resource
	Outputs   map[string]map[string]any
	Raw       string `json:"-"`
}

// Resource is one resource of a template.
type Resource struct {
	Type           string
	Properties     map[string]any
	DeletionPolicy string
}

// Read gives the templates of an assembly by their stacks' names.
func Read(assembly cxapi.CloudAssembly) (map[string]Template, error) {
	out := map[string]Template{}
	for _, s := range *assembly.Stacks() {
		raw, err := os.ReadFile(*s.TemplateFullPath())
		if err != nil {
			return nil, err
		}
		t := Template{Raw: string(raw)}
		if err := json.Unmarshal(raw, &t); err != nil {
			return nil, err
		}
		out[*s.StackName()] = t
	}
	return out, nil
}

// OfType gives the resources of a type, by logical id.
func (t Template) OfType(name string) map[string]Resource {
	out := map[string]Resource{}
	for id, r := range t.Resources {
		if r.Type == name {
			out[id] = r
		}
	}
	return out
}

// Text reads a member of the properties as text; a function is rendered as JSON.
func (r Resource) Text(path ...string) string {
	var v any = r.Properties
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return Render(v)
}

// Grants gives what a role's own policies allow: each action with each resource that it is allowed on, as texts.
func (r Resource) Grants() iter.Seq2[string, string] {
	return func(yield func(action, resource string) bool) {
		policies, _ := r.Properties["Policies"].([]any)
		for _, p := range policies {
			policy, _ := p.(map[string]any)
			document, _ := policy["PolicyDocument"].(map[string]any)
			statements, _ := document["Statement"].([]any)
			for _, s := range statements {
				if m, _ := s.(map[string]any); m["Effect"] == "Allow" && !each(m, yield) {
					return
				}
			}
		}
	}
}

// each gives every pair of a statement, and tells whether more are wanted.
func each(statement map[string]any, yield func(action, resource string) bool) bool {
	for _, action := range list(statement["Action"]) {
		for _, resource := range list(statement["Resource"]) {
			if !yield(action, resource) {
				return false
			}
		}
	}
	return true
}

// list gives one text or several as several.
func list(v any) []string {
	all, isList := v.([]any)
	if !isList {
		return []string{Render(v)}
	}
	out := make([]string, 0, len(all))
	for _, e := range all {
		out = append(out, Render(e))
	}
	return out
}

// Render gives a text as it is, and anything else as JSON.
func Render(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}
