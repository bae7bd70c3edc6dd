package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const moduleRoot = "../../.."

// checkers moves to the module's folder and makes sure of the checkers, which CI must have.
func checkers(t *testing.T) {
	t.Helper()
	t.Chdir(moduleRoot)
	bin, err := filepath.Abs("node_modules/.bin")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	for _, name := range []string{templateLint, machineLint} {
		if _, err := os.Stat(name); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is missing: run `make tools`", name)
			}
			t.Skipf("%s is not installed; `make tools` does that", name)
		}
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no Node.js at hand; `npm ci` brings it")
	}
}

func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestABadTemplateIsRefusedWithItsResource(t *testing.T) {
	checkers(t)
	bad := file(t, "bad.template.json", `{"Resources": {"Slow": {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Bucket": "b", "S3Key": "k"}, "Role": "r", "Timeout": 901}}}}`)
	err := lintTemplates(t.Context(), []string{bad})
	if err == nil || !strings.Contains(err.Error(), "Slow") {
		t.Fatalf("error %v", err)
	}
	if mark, err := cleanMark(bad); err != nil {
		t.Error(err)
	} else if _, err := os.Stat(mark); err == nil {
		t.Error("the bad template is marked as clean")
	}
}

func TestABadMachineIsRefused(t *testing.T) {
	checkers(t)
	missing := file(t, "missing.asl.json", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}}`)
	if err := lintMachines(t.Context(), []string{missing}); err == nil {
		t.Error("a machine whose next state is missing passes")
	}
	sound := file(t, "sound.asl.json", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}`)
	if err := lintMachines(t.Context(), []string{sound}); err != nil {
		t.Error(err)
	}
}

func TestDefinitionsAreWrittenOutAsTheyWillBeDeployed(t *testing.T) {
	template := file(t, "stack.template.json", `{"Resources": {
		"Joined": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": {"Fn::Join": ["", ["{\"Resource\": \"", {"Fn::GetAtt": ["F", "Arn"]}, "\"}"]]}}},
		"Queue": {"Type": "AWS::SQS::Queue"}}}`)
	out, err := definitions(template)
	if err != nil || len(out) != 1 {
		t.Fatalf("%v, %v", out, err)
	}
	raw, err := os.ReadFile(out[0])
	if err != nil || string(raw) != `{"Resource": "`+placeholderARN+`"}` {
		t.Errorf("%s, %v", raw, err)
	}
	named := map[string]any{"Fn::Join": []any{":", []any{"arn", map[string]any{"Ref": "AWS::Partition"}, "lambda", map[string]any{"Ref": "AWS::Region"}, map[string]any{"Ref": "AWS::AccountId"}, "function:f"}}}
	if text, err := deployed(named); err != nil || text != "arn:aws:lambda:eu-west-2:000000000000:function:f" {
		t.Errorf("%s, %v", text, err)
	}
}

func TestADefinitionThatIsNoTextIsNamed(t *testing.T) {
	template := file(t, "stack.template.json", `{"Resources": {"Odd": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": 7}}}}`)
	if _, err := definitions(template); err == nil || !strings.Contains(err.Error(), "Odd") {
		t.Errorf("error %v", err)
	}
}

func TestSharesDealOutEverythingOnce(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 1, 5: 2} {
		files := make([]string, n)
		got := shares(files, 2)
		total := 0
		for _, s := range got {
			total += len(s)
		}
		if len(got) != want || total != n {
			t.Errorf("%d files: %v", n, got)
		}
	}
}
