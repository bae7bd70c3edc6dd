package stacks_test

import (
	"strings"
	"testing"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

// Encrypted fields have a key of their own, which no service may use and roles only as their operations declare: whoever can
// read a table cannot read its fields.
func TestFieldsHaveAKeyOfTheirOwn(t *testing.T) {
	k, there := templates(t)["backoffice-test-shared"].OfType("AWS::KMS::Key")["FieldKey"]
	if policy := k.Text("KeyPolicy"); !there || k.Properties["EnableKeyRotation"] != true || k.DeletionPolicy != "RetainExceptOnCreate" || strings.Count(policy, `"Effect"`) != 1 || !strings.Contains(policy, `:root`) {
		t.Fatalf("key %v", k.Properties)
	}
	uses := map[string]bool{}
	for stack, tpl := range templates(t) {
		for id, r := range tpl.OfType("AWS::IAM::Role") {
			if strings.Contains(r.Text("Policies"), `{"Ref":"FieldKey"}`) {
				domain, _, _ := strings.Cut(strings.TrimPrefix(stack, "backoffice-test-"), "-")
				uses[domain+" "+id] = true
			}
		}
	}
	declared := 0
	for _, o := range catalog.Operations() {
		if s := o.Describe(); s.Seals != 0 && s.Deployed() {
			declared++
		}
	}
	if declared == 0 || len(uses) != declared {
		t.Errorf("%d operations declare fields, and these roles have the key: %v", declared, uses)
	}
}

// Whoever only makes secrets may not read any, and the other way round.
func TestSealingAndOpeningAreRightsOfTheirOwn(t *testing.T) {
	want := map[string]op.SealAction{"platform.begin-second-factor": op.SealField, "platform.confirm-second-factor": op.SealField | op.OpenField,
		"platform.remove-second-factor": op.OpenField, "platform.get-second-factor": 0}
	for id, do := range want {
		o, err := catalog.Find(id)
		if err != nil || o.Describe().Seals != do {
			t.Errorf("%s: %v", id, err)
		}
	}
}
