package stacks_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/stacks"
	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

func operation(change func(*op.Spec)) op.Operation {
	s := op.Spec{ID: "box.open-box", Kind: op.Command, Route: "POST /box/v1/boxes", Permission: "boxes.open", Summary: "Open a box"}
	change(&s)
	return &op.Op[struct{}, op.None, op.None]{Spec: s, Handle: func(context.Context, *op.Call, struct{}, op.None) (op.None, error) { return op.None{}, nil }}
}

// Whatever is wrong with an entry of the catalogue stops the build with the entry's name.
func TestABadEntryOfTheCatalogueStopsTheBuildByName(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*op.Spec)
		want   string
	}{
		"no permission":        {func(s *op.Spec) { s.Permission = "" }, "operation box.open-box has neither a permission"},
		"no route":             {func(s *op.Spec) { s.Route = "" }, "operation box.open-box has no route"},
		"unknown table":        {func(s *op.Spec) { s.Access = []op.Access{{Table: "crate", Do: op.Put}} }, `operation box.open-box uses the table "crate"`},
		"index without a list": {func(s *op.Spec) { s.Access = []op.Access{{Table: "box", Do: op.Put, Indexes: "g1"}} }, "operation box.open-box names indexes of box"},
		"slower than the API":  {func(s *op.Spec) { s.Timeout = 28 * time.Second }, "operation box.open-box may take 28s"},
		"too long a name":      {func(s *op.Spec) { s.ID = "box." + strings.Repeat("open-", 12) + "box" }, "is longer than 64 characters"},
		"a scheduled command":  {func(s *op.Spec) { s.Every = time.Minute }, "only a job is scheduled"},
		"a job by seconds":     {func(s *op.Spec) { s.Kind, s.Every = op.Job, 90*time.Second }, "by whole minutes"},
	} {
		t.Run(name, func(t *testing.T) {
			domains := []catalog.Domain{{Name: "box", Title: "Boxes", Operations: []op.Operation{operation(c.change)}}}
			err := stacks.Build(awscdk.NewApp(nil), settings(domains, numbersOf(domains), "none.zip"))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestAnOperationWithoutStackStopsTheBuildByName(t *testing.T) {
	domains := []catalog.Domain{{Name: "box", Title: "Boxes", Operations: []op.Operation{operation(func(*op.Spec) {})}}}
	err := stacks.Build(awscdk.NewApp(nil), settings(domains, nil, "none.zip"))
	if err == nil || !strings.Contains(err.Error(), "operation box.open-box has no stack") {
		t.Errorf("error %v", err)
	}
}

func TestAnUnknownStageIsNamed(t *testing.T) {
	t.Chdir(moduleRoot)
	app := awscdk.NewApp(&awscdk.AppProps{Context: &map[string]any{"stage": jsii.String("moon")}})
	if _, err := stacks.FromContext(app, catalog.Domains()); err == nil || !strings.Contains(err.Error(), `unknown stage "moon"`) {
		t.Errorf("error %v", err)
	}
}
