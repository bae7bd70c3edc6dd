// Command lint synthesises every stage and has the templates checked by programs that know CloudFormation and the Amazon States
// Language better than our own rules do: cfn-lint and asl-validator. The functions' code is a placeholder, since templates tell
// code apart by its hash alone: nothing is built for a lint. It runs in the module's folder.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/guard"
	"backoffice/infra/cloud/stacks"
	"backoffice/internal/catalog"
)

const (
	outputFolder  = "build/lint"
	templateLint  = ".tools/python/bin/cfn-lint"
	templateRules = "infra/cloud/lint/cfnlint.yaml"
	templatePins  = "tools/requirements.txt"
	cleanFolder   = "build/lint-clean"
	machineLint   = "node_modules/.bin/asl-validator"
)

func main() {
	defer jsii.Close()
	only := flag.String("stage", "", "the one stage to lint; otherwise every one of infra/cloud/stages.json")
	flag.Parse()
	if err := run(context.Background(), *only); err != nil {
		fmt.Fprintln(os.Stderr, "lint:", err)
		jsii.Close()
		os.Exit(1) //nolint:gocritic // exitAfterDefer: closed the line before
	}
}

func run(ctx context.Context, only string) error {
	start := time.Now()
	for _, tool := range []string{templateLint, machineLint} {
		if _, err := os.Stat(tool); err != nil {
			return fmt.Errorf("%s is missing: run `make tools`", tool)
		}
	}
	names := []string{only}
	if only == "" {
		stages, err := stacks.Stages()
		if err != nil {
			return err
		}
		names = stages
	}
	if err := os.RemoveAll(outputFolder); err != nil {
		return err
	}
	var templates []string
	var guards []*guard.Guard
	for _, stage := range names {
		files, watch, err := synthesise(stage, filepath.Join(outputFolder, stage))
		if err != nil {
			return fmt.Errorf("stage %s: %w", stage, err)
		}
		templates, guards = append(templates, files...), append(guards, watch)
	}
	if only == "" {
		if err := guard.Unused(guards); err != nil {
			return err
		}
	}
	fmt.Printf("lint: %d stages synthesised in %.1f s\n", len(names), time.Since(start).Seconds())
	machines, err := machines(templates)
	if err != nil {
		return err
	}
	if err := lintMachines(ctx, machines); err != nil {
		return err
	}
	if err := lintTemplates(ctx, templates); err != nil {
		return err
	}
	fmt.Printf("lint: %d templates and %d state machines are clean, %.1f s\n", len(templates), len(machines), time.Since(start).Seconds())
	return nil
}

// synthesise makes a stage's templates with placeholders for the functions' code, and has the guard judge them.
func synthesise(stage, into string) ([]string, *guard.Guard, error) {
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(into), AnalyticsReporting: jsii.Bool(false), Context: &map[string]any{"stage": stage}})
	settings, err := stacks.FromContext(app, catalog.Domains())
	if err != nil {
		return nil, nil, err
	}
	code := into + ".zip"
	if err := os.MkdirAll(filepath.Dir(code), 0o750); err != nil {
		return nil, nil, err
	}
	if err := os.WriteFile(code, []byte("PK"), 0o600); err != nil {
		return nil, nil, err
	}
	settings.Code = func(set, name string) (string, string, error) { return code, "placeholder-of-" + set + "-" + name, nil }
	if err := stacks.Build(app, settings); err != nil {
		return nil, nil, err
	}
	watch := guard.New(settings.PublicRoutes())
	awscdk.Aspects_Of(app).Add(watch, nil)
	assembly := app.Synth(nil)
	var files []string
	for _, s := range *assembly.Stacks() {
		files = append(files, *s.TemplateFullPath())
	}
	return files, watch, watch.Judge(assembly)
}
