package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// written puts files into a folder of the test's.
func written(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const stacksOfThree = `{"artifacts": {
	"backoffice-proof-shared": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "shared.json"}},
	"backoffice-proof-archive": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "archive.json"}},
	"backoffice-proof-box": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "box.json"}},
	"backoffice-proof-box.assets": {"type": "cdk:asset-manifest"}}}`

// Stacks whose templates are marked are left out, each with its reason; all others are deployed.
func TestMarkedStacksAreLeftOut(t *testing.T) {
	a, err := readAssembly(written(t, map[string]string{"manifest.json": stacksOfThree, "shared.json": `{}`, "box.json": `{"Metadata": {"Other": 1}}`,
		"archive.json": `{"Metadata": {"Unproven": "it knows no archives"}}`}))
	if err != nil || !slices.Equal(a.stacks, []string{"backoffice-proof-box", "backoffice-proof-shared"}) {
		t.Fatalf("%+v, %v", a, err)
	}
	if got := a.leftOut(); got != "         left out: backoffice-proof-archive: it knows no archives\n" {
		t.Errorf("report %q", got)
	}
}

func TestAssembliesThatProveNothingAreRefused(t *testing.T) {
	const marked = `{"Metadata": {"Unproven": "no"}}`
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no manifest":       {nil, "manifest.json"},
		"no JSON":           {map[string]string{"manifest.json": "{"}, "manifest.json"},
		"a template lacks":  {map[string]string{"manifest.json": stacksOfThree}, ".json"},
		"nothing is left":   {map[string]string{"manifest.json": stacksOfThree, "shared.json": marked, "box.json": marked, "archive.json": marked}, "no stack is left"},
		"nothing was built": {map[string]string{"manifest.json": `{"artifacts": {}}`}, "no stack is left"},
	} {
		if _, err := readAssembly(written(t, c.files)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// The policy of a role as the stacks make it: log, traces, and what the operation declares.
const policyOfAnOperation = `{"Version": "2012-10-17", "Statement": [
	{"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "arn:aws:logs:r:1:log-group:g:*"},
	{"Effect": "Allow", "Action": ["xray:PutTraceSegments"], "Resource": "*"},
	{"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": ["arn:aws:dynamodb:r:1:table/backoffice-proof-finance"], "Condition": {"Bool": {"a": "b"}}},
	{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "arn:aws:dynamodb:r:1:table/backoffice-proof-platform"},
	{"Effect": "Allow", "Action": ["events:PutEvents"], "Resource": "arn:aws:events:r:1:event-bus/backoffice-proof"},
	{"Effect": "Allow", "Action": "kms:Sign", "Resource": "arn:aws:kms:r:1:key/k"}]}`

func TestGrantsThatAreMissedAreTaken(t *testing.T) {
	var d document
	if err := json.Unmarshal([]byte(policyOfAnOperation), &d); err != nil {
		t.Fatal(err)
	}
	for operation, want := range map[string][]int{"finance.record-journal": {2, 4}, "platform.get-session": {2, 3, 4}, "about": {2, 3, 4}} {
		if got := takeable(operation, d); !slices.Equal(got, want) {
			t.Errorf("of %s the statements %v, want %v", operation, got, want)
		}
	}
	left := d.without(2)
	if len(left.Statement) != len(d.Statement)-1 || left.Version != d.Version || strings.Contains(left.Statement[2].Resource[0], "finance") {
		t.Errorf("left is %+v", left)
	}
	if len(d.Statement) != 6 || !strings.HasSuffix(d.Statement[2].Resource[0], "-finance") {
		t.Errorf("the whole policy has changed: %+v", d)
	}
}

// What is given back is what was there: a statement's condition, too.
func TestPoliciesAreGivenBackWhole(t *testing.T) {
	var d document
	if err := json.Unmarshal([]byte(policyOfAnOperation), &d); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(d)
	if err != nil || !strings.Contains(string(raw), `"Condition":{"Bool":{"a":"b"}}`) || strings.Count(string(raw), "Condition") != 1 {
		t.Errorf("%s, %v", raw, err)
	}
}

func TestOutputsSayWhereTheSystemIs(t *testing.T) {
	dir := written(t, map[string]string{
		"whole.json":   `{"backoffice-proof-finance": {"Url": "http://f"}, "backoffice-proof-about": {"Url": "http://a"}, "backoffice-proof-identity": {"UserPoolId": "p", "ClientId": "c"}, "backoffice-proof-shared": {}}`,
		"no-pool.json": `{"backoffice-proof-finance": {"Url": "http://f"}}`,
		"no-url.json":  `{"backoffice-proof-identity": {"UserPoolId": "p", "ClientId": "c"}}`,
	})
	o, err := readOutputs(filepath.Join(dir, "whole.json"))
	if err != nil || o.pool != "p" || o.client != "c" || o.urls["finance"] != "http://f" || o.urls["about"] != "http://a" || len(o.urls) != 2 {
		t.Errorf("%+v, %v", o, err)
	}
	for _, name := range []string{"no-pool.json", "no-url.json", "nothing.json"} {
		if o, err := readOutputs(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is taken: %+v", name, o)
		}
	}
}

// Programs that the proof starts see nothing of its owner's accounts.
func TestProgramsSeeNoAccountButTheEmulators(t *testing.T) {
	t.Setenv("AWS_PROFILE", "production")
	t.Setenv("CDK_DEFAULT_ACCOUNT", "123456789012")
	got := (&tools{root: "/module"}).environment("AWS_ENDPOINT_URL=http://127.0.0.1:1")
	for _, v := range got {
		if strings.HasPrefix(v, "AWS_") && v != "AWS_ENDPOINT_URL=http://127.0.0.1:1" || strings.HasPrefix(v, "CDK_") {
			t.Errorf("it sees %s", v)
		}
	}
	if last := got[len(got)-2]; !strings.HasPrefix(last, "PATH=/module/node_modules/.bin"+string(os.PathListSeparator)) {
		t.Errorf("path %s", last)
	}
}

func TestTheEndOfALogIsShown(t *testing.T) {
	for text, want := range map[string]string{"a\nb\nc\n": "b\nc", "a": "a", "": ""} {
		if got := lastLines(text, 2); got != want {
			t.Errorf("of %q is shown %q", text, got)
		}
	}
}

func TestFewerStacksOfAnAssembly(t *testing.T) {
	a := &assembly{dir: "d", stacks: []string{"a", "b", "c"}, unproven: map[string]string{"z": "no"}}
	few := a.only([]string{"b"})
	if !slices.Equal(few.stacks, []string{"b"}) || !slices.Equal(few.others(), []string{"a", "c", "z"}) || few.dir != a.dir {
		t.Errorf("%+v, without %v", few, few.others())
	}
	if len(a.stacks) != 3 || !slices.Equal(a.others(), []string{"z"}) {
		t.Errorf("the whole has changed: %+v", a)
	}
}

func TestARefusalSaysWhy(t *testing.T) {
	failed := errors.New("exit status 1")
	for name, c := range map[string]struct {
		said string
		err  error
		ok   bool
	}{"it says why": {"the table is not empty", failed, true}, "it says something else": {"no credentials", failed, false}, "it was done": {"the table is not empty", nil, false}} {
		if err := refusing(c.said, c.err, "not empty"); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
