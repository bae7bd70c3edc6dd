package bootstrap_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"backoffice/internal/catalog"
	"backoffice/scripts/zip/bootstrap"
)

// large are libraries that cost a function megabytes and the milliseconds to load them.
var large = []string{
	"cel.dev/cel-go",
	"github.com/johnfercher/maroto",
	"github.com/parquet-go/parquet-go",
	"github.com/wcharczuk/go-chart",
	"github.com/xuri/excelize",
	"go.opentelemetry.io/otel",
}

// elsewhere are libraries of the host and of programs: no function has any use for them.
var elsewhere = []string{
	"github.com/aws/aws-cdk-go",
	"github.com/aws/jsii-runtime-go",
	"github.com/cockroachdb/pebble",
	"github.com/spf13/cobra",
	"github.com/zitadel/oidc",
}

// dependencies gives what each function is linked from, by the operation's id.
func dependencies(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-tags", bootstrap.Tag, "-f", `{{.ImportPath}} {{join .Deps " "}}`, "./functions/...")
	cmd.Dir = moduleRoot
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+bootstrap.ReleaseArch, "CGO_ENABLED=0")
	raw, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		_, path, _ := strings.Cut(words[0], "/functions/")
		out[strings.Replace(path, "/", ".", 1)] = words[1:]
	}
	return out
}

// uses gives the first of some libraries that a function is linked from.
func uses(deps, libraries []string) string {
	for _, l := range libraries {
		if slices.ContainsFunc(deps, func(d string) bool { return d == l || strings.HasPrefix(d, l+"/") }) {
			return l
		}
	}
	return ""
}

// A library that one function needs must not slow the start of all others; one that says it is heavy must be so.
func TestLargeLibrariesStayInFunctionsThatSayWhy(t *testing.T) {
	deps := dependencies(t)
	for _, o := range catalog.Operations() {
		s := o.Describe()
		if !s.Deployed() {
			continue
		}
		have, ok := deps[s.ID]
		if !ok {
			t.Errorf("%s has no function", s.ID)
			continue
		}
		library := uses(have, large)
		if library != "" && s.Heavy == "" {
			t.Errorf("the function of %s is linked from %s, and its spec does not say why", s.ID, library)
		}
		if library == "" && s.Heavy != "" {
			t.Errorf("the spec of %s says that it is heavy, and its function is not", s.ID)
		}
		if library := uses(have, elsewhere); library != "" {
			t.Errorf("the function of %s is linked from %s, which has no business in the cloud", s.ID, library)
		}
	}
}

// The search itself must find what is there.
func TestLibrariesAreFoundByTheirPaths(t *testing.T) {
	for dep, want := range map[string]string{
		"github.com/xuri/excelize/v2": "github.com/xuri/excelize",
		"github.com/xuri/excelized":   "",
		"cel.dev/cel-go":              "cel.dev/cel-go",
		"fmt":                         "",
	} {
		if got := uses([]string{"os", dep}, large); got != want {
			t.Errorf("%s: found %q, want %q", dep, got, want)
		}
	}
}
