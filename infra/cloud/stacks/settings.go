// Package stacks makes the stacks of a stage from the catalogue: one shared stack, one base stack a domain with what must stay
// (table, HTTP API), and numbered stacks with the domain's operations. Between stacks stand names and parameters, no exports,
// since an export cannot be changed while it is imported.
package stacks

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
	"backoffice/internal/catalog"
	"backoffice/scripts/zip/bootstrap"
)

const (
	stagesFile   = "infra/cloud/stages.json"
	numbersFile  = "infra/cloud/stacks.json"
	stageDefault = "dev"
)

// Stage is what differs between stages.
type Stage struct {
	LogDays   int    `json:"logDays"` // one of the retentions that CloudWatch Logs knows
	Owner     string `json:"owner"`
	AuditDays int    `json:"auditDays"` // nobody can delete the audit chains' roots before
	// Reserved is how many executions at once each function has to itself that streams, queues and state machines call, so that
	// requests cannot starve it, nor it them; nought takes none out of the account's pool, of which AWS wants 100 left.
	Reserved              int  `json:"reserved"`
	TerminationProtection bool `json:"terminationProtection"`
	// Tables is the generation of the stage's tables: "" for those that it began with, "r1" and so on for restored ones.
	Tables string `json:"tables"`
	// Issuer and Audience name an external OpenID Connect issuer; without one the stage has a user pool of its own.
	Issuer   string `json:"issuer"`
	Audience string `json:"audience"`
	// Backup says how nightly copies of tables and files are kept; without it there are none.
	Backup *Backup `json:"backup"`
	// Identity is the user pool's, where the stage has one.
	Identity Identity `json:"identity"`
	// Edge is the stage's front door; without one its HTTP APIs are called directly.
	Edge *Edge `json:"edge"`
	// AllowedOrigins are the origins whose pages may call from a browser; none unless given.
	AllowedOrigins []string `json:"allowedOrigins"`
	// Watch says whom the stage wakes, and what it may cost.
	Watch Watch `json:"watch"`
}

// Settings are what the stacks are made from.
type Settings struct {
	Name    string // of the stage
	Stage   Stage
	Domains []catalog.Domain
	Numbers map[string]int // operation id -> number of its domain's stack
	Arch    string         // arm64, or amd64 where the emulator's host is
	Code    construct.Code // where a function's zip is
}

// FromContext reads the settings of the stage that the context names (`-c stage=prod`); the working folder is the module's.
func FromContext(scope constructs.Construct, domains []catalog.Domain) (Settings, error) {
	s := Settings{Name: contextText(scope, "stage", stageDefault), Arch: contextText(scope, "arch", bootstrap.ReleaseArch), Domains: deployed(domains)}
	stages, err := readStages()
	if err != nil {
		return s, err
	}
	stage, known := stages[s.Name]
	if !known {
		return s, fmt.Errorf("unknown stage %q: %s knows %s", s.Name, stagesFile, strings.Join(sortedKeys(stages), ", "))
	}
	s.Stage = stage
	s.Stage.Tables = contextText(scope, "tables", stage.Tables) // the deploy proof's, which edits no file
	if err := readJSON(numbersFile, &s.Numbers); err != nil {
		return s, err
	}
	s.Code = func(set, name string) (string, string, error) { return zipOf(s.Arch, set, name) }
	return s, s.validate()
}

func contextText(scope constructs.Construct, name, otherwise string) string {
	if v, ok := scope.Node().TryGetContext(jsii.String(name)).(string); ok && v != "" {
		return v
	}
	return otherwise
}

func readJSON(path string, into any) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("run from the module's folder: %w", err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func zipOf(arch, set, name string) (path, hash string, err error) {
	path = bootstrap.File(arch, set, name)
	sum, err := os.ReadFile(path + ".sha256")
	if err != nil {
		return "", "", fmt.Errorf("%s/%s is not built for %s: run `go run ./scripts/zip -arch %s`: %w", set, name, arch, arch, err)
	}
	return path, string(sum), nil
}

// validate refuses a catalogue from which no sound stack can be made. Each complaint names its culprit.
func (s Settings) validate() error {
	if s.Arch != "arm64" && s.Arch != "amd64" {
		return fmt.Errorf("arch %q: Lambda runs arm64 and amd64", s.Arch)
	}
	if s.Stage.LogDays == 0 || s.Stage.AuditDays == 0 || s.Stage.Owner == "" {
		return fmt.Errorf("stage %s lacks logDays, auditDays or owner", s.Name)
	}
	if (s.Stage.Issuer == "") != (s.Stage.Audience == "") {
		return fmt.Errorf("stage %s must name issuer and audience together", s.Name)
	}
	if err := errors.Join(s.validateStage(), s.validateTables(), s.validateBackup(), s.validateIdentity(), s.validateEdge(), s.validateWatch()); err != nil {
		return err
	}
	tables := map[string]bool{}
	for _, t := range s.tables() {
		tables[t] = true
	}
	var all []error
	for _, d := range s.Domains {
		all = append(all, validateRoutes(d))
		for _, o := range d.Operations {
			all = append(all, s.validateOperation(o.Describe(), tables))
		}
	}
	return errors.Join(all...)
}

// platformTable holds the grants that every operation's pipeline reads.
const platformTable = "platform"

// tables are the names of all tables: a domain's own each, and the platform's.
func (s Settings) tables() []string {
	names := map[string]bool{platformTable: true}
	for _, d := range s.Domains {
		names[d.Name] = true
	}
	return sortedKeys(names)
}

// Prefix begins every physical name of the stage.
func (s Settings) Prefix() string { return "backoffice-" + s.Name }

// parameter is the path of a named value.
func (s Settings) parameter(parts ...string) string {
	return "/backoffice/" + s.Name + "/" + strings.Join(parts, "/")
}

// PublicRoutes gives the routes that need no token, each with its reason.
func (s Settings) PublicRoutes() map[string]string {
	out := map[string]string{}
	for _, d := range s.Domains {
		for _, o := range d.Operations {
			if spec := o.Describe(); spec.HTTP() && spec.Public != "" {
				out[spec.Route] = spec.Public
			}
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
