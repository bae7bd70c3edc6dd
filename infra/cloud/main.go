// Command cloud is the CDK app: every stack of a stage, made by looping over the catalogue. Whatever is wrong with the catalogue
// or the context stops it here, by name, before anything is deployed.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/guard"
	"backoffice/infra/cloud/stacks"
	"backoffice/internal/catalog"
)

func main() {
	defer jsii.Close()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "cloud:", err)
		jsii.Close()
		os.Exit(1) //nolint:gocritic // exitAfterDefer: closed the line before
	}
}

func run() error {
	app := awscdk.NewApp(nil)
	settings, err := stacks.FromContext(app, catalog.Domains())
	if err != nil {
		return err
	}
	if err := stacks.Build(app, settings); err != nil {
		return err
	}
	watch := guard.New(settings.PublicRoutes())
	awscdk.Aspects_Of(app).Add(watch, nil)
	return watch.Judge(app.Synth(nil))
}
