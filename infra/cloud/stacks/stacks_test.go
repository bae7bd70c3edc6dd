package stacks_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/cloudtest"
	"backoffice/infra/cloud/guard"
	"backoffice/infra/cloud/stacks"
	"backoffice/internal/catalog"
	"backoffice/scripts/zip/bootstrap"
)

const moduleRoot = "../../.."

func TestMain(m *testing.M) { cloudtest.Main(m, moduleRoot) }

// settings make the stacks of a stage with empty functions: what is tested are the templates.
func settings(domains []catalog.Domain, numbers map[string]int, zip string) stacks.Settings {
	return stacks.Settings{Name: "test", Stage: stacks.Stage{LogDays: 30, AuditDays: 1, Owner: "engineering", Backup: &stacks.Backup{Days: 35, LockDays: 7}}, Domains: domains, Numbers: numbers, Arch: bootstrap.ReleaseArch,
		Code: func(set, name string) (string, string, error) { return zip, "hash-of-" + set + "-" + name, nil }}
}

func numbersOf(domains []catalog.Domain) map[string]int {
	out := map[string]int{}
	for _, d := range domains {
		for i, o := range d.Operations {
			out[o.Describe().ID] = 1 + i/60
		}
	}
	return out
}

type synthesised struct {
	templates map[string]cloudtest.Template
	breaches  error
	err       error
}

// synth makes all stacks once for the whole test binary.
var synth = sync.OnceValue(func() synthesised { return overTables("") })

// overTables makes the stacks of the test stage with a generation of its tables.
func overTables(tables string) (s synthesised) {
	dir, err := os.MkdirTemp("", "synth")
	if err != nil {
		return synthesised{err: err}
	}
	defer func() { s.err = firstError(s.err, os.RemoveAll(dir)) }()
	zip := filepath.Join(dir, "function.zip")
	if err := os.WriteFile(zip, []byte("PK"), 0o600); err != nil {
		return synthesised{err: err}
	}
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(filepath.Join(dir, "out"))})
	set := settings(catalog.Domains(), numbersOf(catalog.Domains()), zip)
	set.Stage.Tables = tables
	if err := stacks.Build(app, set); err != nil {
		return synthesised{err: err}
	}
	watch := guard.New(set.PublicRoutes())
	awscdk.Aspects_Of(app).Add(watch, nil)
	assembly := app.Synth(nil)
	s = synthesised{breaches: watch.Judge(assembly)}
	s.templates, s.err = cloudtest.Read(assembly)
	return s
}

func firstError(errs ...error) error {
	for _, e := range errs {
		if e != nil {
			return e
		}
	}
	return nil
}

func templates(t *testing.T) map[string]cloudtest.Template {
	t.Helper()
	s := synth()
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.templates
}

func TestStacksKeepTheGuardsRulesAndLimits(t *testing.T) {
	templates(t)
	if s := synth(); s.breaches != nil {
		t.Error(s.breaches)
	}
}

func TestStacksShareNamesAndNoExports(t *testing.T) {
	for name, tpl := range templates(t) {
		if strings.Contains(tpl.Raw, "Fn::ImportValue") {
			t.Errorf("%s imports a value", name)
		}
		for output, v := range tpl.Outputs {
			if v["Export"] != nil {
				t.Errorf("%s exports %s", name, output)
			}
		}
	}
}
