package source_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backoffice/scripts/gen/source"
)

func parse(t *testing.T, files map[string]string) *source.Package {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("package box\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := source.Parse(dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestExpressionsFollowTheLiteralIDWhateverTheVariablesName(t *testing.T) {
	p := parse(t, map[string]string{
		"open.go":       `var Unpack = op.Op[Ports, In, Out]{Spec: op.Spec{ID: "box.open-box"}}`,
		"close.go":      `var CloseBox = &op.Op[Ports, In, Out]{Spec: op.Spec{ID: "box.close-box"}}`,
		"kinds.go":      `var Kinds = resource.New(kind{ID: "knd"})`,
		"operations.go": `func Operations() []op.Operation { return []op.Operation{CloseBox, &Unpack, &Kinds.Create, Kinds.Get()} }`,
		"open_test.go":  `var Broken = `,
	})
	got, err := p.Expressions([]string{"box.close-box", "box.open-box", "box.create-kind", "box.get-kind"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"box.open-box": "&box.Unpack", "box.close-box": "box.CloseBox", "box.create-kind": "&box.Kinds.Create", "box.get-kind": "box.Kinds.Get()"}
	if !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestAnOperationOutsideTheListIsFoundByConvention(t *testing.T) {
	p := parse(t, map[string]string{"all.go": `
var OpenBox = make()
func Operations() []op.Operation { return append(more(), []op.Operation{&Other}...) }
var Other = op.Op[P, I, O]{Spec: op.Spec{ID: "box.other"}}`})
	got, err := p.Expressions([]string{"box.open-box", "box.other"})
	if err != nil || got["box.open-box"] != "&box.OpenBox" || got["box.other"] != "&box.Other" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestAnOperationWithoutVariableIsNamed(t *testing.T) {
	p := parse(t, map[string]string{"all.go": `func Operations() []op.Operation { return more() }`})
	if _, err := p.Expressions([]string{"box.open-box"}); err == nil || !strings.Contains(err.Error(), "box.open-box") {
		t.Errorf("error %v", err)
	}
}
