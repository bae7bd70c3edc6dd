package stacks_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/guard"
	"backoffice/infra/cloud/stacks"
	"backoffice/internal/catalog"
	"backoffice/internal/flow"
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
		"files and no bucket":  {func(s *op.Spec) { s.Files = []op.FileAccess{{Folder: "crates", Do: op.FileRead}} }, `operation box.open-box declares files in the folder "crates"`},
		"files and no action":  {func(s *op.Spec) { s.Files = []op.FileAccess{{Folder: "uploads"}} }, "operation box.open-box declares the folder uploads, but does nothing"},
		"event without schema": {func(s *op.Spec) { s.Emits = []*op.Event{{Type: "box.box.opened.v1"}} }, `operation box.open-box emits the event "box.box.opened.v1", which has no schema`},
		"another's table": {func(s *op.Spec) { s.Access = []op.Access{{Table: "platform", Do: op.Put}} },
			"operation box.open-box writes the table platform, which is another domain's"},
		"unknown event": {func(s *op.Spec) { s.Kind, s.Route, s.On = op.Subscriber, "", []string{"box.box.closed.v1"} },
			"operation box.open-box takes the event box.box.closed.v1, which no operation emits"},
		"subscriber to nothing": {func(s *op.Spec) { s.Kind, s.Route = op.Subscriber, "" }, "operation box.open-box is a subscriber, and takes 0 kinds"},
		"command with events":   {func(s *op.Spec) { s.On = []string{"box.box.closed.v1"} }, "operation box.open-box is a command, and takes 1 kinds"},
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

// A state machine that cannot be made stops the build with its domain's name and its own.
func TestABadStateMachineStopsTheBuildByName(t *testing.T) {
	task := func(resource string) string {
		return `{"StartAt":"Open","States":{"Open":{"Type":"Task","Resource":"` + resource + `","TimeoutSeconds":60,"End":true}}}`
	}
	for name, c := range map[string]struct {
		machine flow.Machine
		want    string
	}{
		"unknown operation":     {flow.Machine{Name: "run", Definition: task("${box.lock-box}")}, "domain box: machine run calls the operation box.lock-box, which is no task"},
		"command":               {flow.Machine{Name: "run", Definition: task("${box.open-box}")}, "domain box: machine run calls the operation box.open-box, which is no task"},
		"unused placeholder":    {flow.Machine{Name: "run", Definition: task("${box.close-box}"), With: map[string]string{"what": "box.close-box"}}, "domain box: machine run has no use for ${what}"},
		"service without right": {flow.Machine{Name: "run", Definition: task("arn:aws:states:::sns:publish")}, "domain box: machine run: state Open calls arn:aws:states:::sns:publish"},
		"unknown event":         {flow.Machine{Name: "run", Definition: task("${box.close-box}"), On: "box.box.gone.v1"}, "domain box: machine run is started by the event box.box.gone.v1"},
		"long name":             {flow.Machine{Name: strings.Repeat("run-", 12), Definition: task("${box.close-box}")}, "is longer than 64 characters"},
		"no machine at all":     {flow.Machine{Name: "run", Definition: "{"}, "domain box: machine run is not JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			closing := operation(func(s *op.Spec) { s.ID, s.Kind, s.Route = "box.close-box", op.Task, "" })
			domains := []catalog.Domain{{Name: "box", Title: "Boxes", Operations: []op.Operation{operation(func(*op.Spec) {}), closing}, Flows: []flow.Machine{c.machine}}}
			err := stacks.Build(awscdk.NewApp(nil), settings(domains, numbersOf(domains), emptyZip(t)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func emptyZip(t *testing.T) string {
	t.Helper()
	zip := filepath.Join(t.TempDir(), "function.zip")
	if err := os.WriteFile(zip, []byte("PK"), 0o600); err != nil {
		t.Fatal(err)
	}
	return zip
}

// A stack that has grown over its limit is named.
func TestAStackOverItsLimitStopsTheBuildByName(t *testing.T) {
	box := catalog.Domain{Name: "box", Title: "Boxes"}
	numbers := map[string]int{}
	for i := range guard.StackResourcesMax/6 + 1 {
		o := operation(func(s *op.Spec) {
			s.ID, s.Route = fmt.Sprintf("box.open-box-%d", i), fmt.Sprintf("POST /box/v1/boxes/%d", i)
		})
		box.Operations = append(box.Operations, o)
		numbers[o.Describe().ID] = 1
	}
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(t.TempDir())})
	set := settings([]catalog.Domain{box}, numbers, emptyZip(t))
	if err := stacks.Build(app, set); err != nil {
		t.Fatal(err)
	}
	watch := guard.New(set.PublicRoutes())
	awscdk.Aspects_Of(app).Add(watch, nil)
	if err := watch.Judge(app.Synth(nil)); err == nil || !strings.Contains(err.Error(), "backoffice-test-box-1") || !strings.Contains(err.Error(), "resources") {
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

// What some service would refuse in the midst of a deployment stops the build by the stage's name.
func TestABadNameOfAStageStopsTheBuild(t *testing.T) {
	for name, c := range map[string]struct {
		stage  string
		change func(*stacks.Stage)
		want   string
	}{
		"capitals":            {"Prod", nil, `stage "Prod" is no name of at most 27`},
		"a bucket's limit":    {strings.Repeat("a", 28), nil, "is no name of at most 27"},
		"what Cognito keeps":  {"aws", nil, "stage aws: the sign-in pages would be called after it"},
		"days that are none":  {"test", func(s *stacks.Stage) { s.LogDays = 31 }, "stage test: logDays 31 is none of"},
		"days before nought":  {"test", func(s *stacks.Stage) { s.AuditDays = -1 }, "stage test: auditDays or reserved"},
		"a name of their own": {"aws", func(s *stacks.Stage) { s.Identity.DomainPrefix = "thistle" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			set := settings(boxes(), numbersOf(boxes()), emptyZip(t))
			if set.Name = c.stage; c.change != nil {
				c.change(&set.Stage)
			}
			err := stacks.Build(awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(t.TempDir())}), set)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// An HTTP API takes 300 integrations, however many stacks they stand in.
func TestADomainOfTooManyRoutesStopsTheBuildByName(t *testing.T) {
	box := catalog.Domain{Name: "box", Title: "Boxes"}
	for i := range 301 {
		box.Operations = append(box.Operations, operation(func(s *op.Spec) {
			s.ID, s.Route = fmt.Sprintf("box.open-box%d", i), fmt.Sprintf("POST /box/v1/boxes/%d", i)
		}))
	}
	domains := []catalog.Domain{box}
	err := stacks.Build(awscdk.NewApp(nil), settings(domains, numbersOf(domains), "none.zip"))
	if err == nil || !strings.Contains(err.Error(), "domain box has 301 routes, and an HTTP API takes 300") {
		t.Errorf("error %v", err)
	}
}
