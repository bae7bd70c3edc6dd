package archtest

import (
	"slices"
	"strings"
	"testing"

	"backoffice/internal/catalog"
)

// values are the small packages that every domain may use: they know neither AWS nor any domain.
var values = []string{"internal/civil", "internal/clock", "internal/fault", "internal/id", "internal/money", "internal/op", "internal/page", "internal/sheet"}

// building are the packages that make operations of one shape for every domain, and the ports that go with them. They stand
// on the value packages and know no domain.
var building = []string{"internal/audit", "internal/files", "internal/flow", "internal/jobs", "internal/resource", "internal/seal", "internal/takeup"}

// neighbours are the domains that a domain may use beside itself, for the contributions that they offer to its acts.
var neighbours = map[string][]string{
	"migration": {"finance"},
}

// libraries are what a domain may use beside the standard library, each for a reason that stands in docs/adr.
var libraries = map[string][]string{
	"migration": {"github.com/jszwec/csvutil"},
	"platform":  {"github.com/cedar-policy/cedar-go", "github.com/pquerna/otp", "golang.org/x/crypto/argon2", "golang.org/x/text/unicode/norm"},
}

// place says where in a domain a folder lies.
type place struct {
	domain  string
	adapter string // db, wire, test (a kit for tests), or "" for the pure part
}

// placeOf finds the domain that a folder belongs to.
func placeOf(dir string) (place, bool) {
	for _, d := range catalog.Domains() {
		root := "internal/" + d.Name
		if !within(dir, root) {
			continue
		}
		for _, adapter := range []string{"db", "wire", "test"} {
			if within(dir, root+"/"+d.Name+adapter) {
				return place{d.Name, adapter}, true
			}
		}
		return place{domain: d.Name}, true
	}
	return place{}, false
}

// The rules of a domain are pure: standard library, value packages, its own folders, and the domains whose contributions it uses.
func TestDomainsArePure(t *testing.T) {
	checked := 0
	for _, s := range sources(t) {
		p, ok := placeOf(s.dir)
		if !ok || p.adapter != "" || s.test {
			continue
		}
		for _, name := range s.imports {
			checked++
			if !pure(p.domain, name) {
				t.Errorf("%s imports %s: a domain uses the standard library, value packages and op only", s.path, name)
			}
		}
	}
	if checked == 0 {
		t.Fatal("no import of a domain was looked at")
	}
}

func pure(domain, name string) bool {
	if standard(name) {
		return true
	}
	local := ours(name)
	if local == "" {
		return slices.ContainsFunc(libraries[domain], func(l string) bool { return within(name, l) })
	}
	if slices.Contains(values, local) || slices.Contains(building, local) {
		return true
	}
	p, ok := placeOf(local)
	return ok && p.adapter == "" && (p.domain == domain || slices.Contains(neighbours[domain], p.domain))
}

// Adapters never import one another, and a db package knows its own domain only.
func TestAdaptersStandApart(t *testing.T) {
	for _, s := range sources(t) {
		p, ok := placeOf(s.dir)
		if !ok || p.adapter == "" || p.adapter == "test" || s.test {
			continue
		}
		for _, name := range s.imports {
			q, inDomain := placeOf(ours(name))
			switch {
			case !inDomain || within(ours(name), s.dir):
			case p.adapter == "db" && q.adapter != "":
				t.Errorf("%s imports %s: db packages stand apart from one another", s.path, name)
			case p.adapter == "db" && q.domain != p.domain:
				t.Errorf("%s imports %s: a db package knows its own domain only", s.path, name)
			case p.adapter == "wire" && q.adapter == "wire" && !slices.Contains(neighbours[p.domain], q.domain):
				t.Errorf("%s imports %s: wiring builds on that of its domain's neighbours only", s.path, name)
			}
		}
	}
}

// mayName are the folders that may name a domain from outside: the catalogue, the deployables, and programs and proofs that
// are about particular domains.
var mayName = []string{"internal/catalog", "functions", "infra", "scripts", "internal/conformance", "internal/host", "internal/prooftest"}

// Only the catalogue names domains.
func TestOnlyTheCatalogueNamesDomains(t *testing.T) {
	for _, s := range sources(t) {
		if _, inside := placeOf(s.dir); inside || s.test || slices.ContainsFunc(mayName, func(m string) bool { return within(s.dir, m) }) {
			continue
		}
		for _, name := range s.imports {
			if p, ok := placeOf(ours(name)); ok {
				t.Errorf("%s imports %s: nothing but the catalogue names the domain %s", s.path, name, p.domain)
			}
		}
	}
}

// confined are libraries that stay where they belong; every other folder does without them.
var confined = []struct {
	library string
	in      []string
}{
	{"github.com/shopspring/decimal", []string{"internal/money"}},
	{"github.com/cockroachdb/pebble", []string{"internal/ddb", "scripts"}},
	{"github.com/aws/aws-cdk-go", []string{"infra/cloud"}},
	{"github.com/aws/constructs-go", []string{"infra/cloud"}},
	{"github.com/aws/jsii-runtime-go", []string{"infra/cloud"}},
	{"github.com/aws/aws-lambda-go", []string{"internal/host/lambdahost", "infra/cloud/trigger", "scripts/coldstart"}},
	{"github.com/danielgtaylor/huma", []string{"internal/op", "internal/openapi", "internal/conformance", "scripts", "internal/catalog"}},
	{"github.com/xuri/excelize", []string{"internal/sheet/xlsx", "internal/finance", "internal/migration"}}, // the domains' tests read back
	{"github.com/johnfercher/maroto", []string{"internal/sheet/pdf"}},
	{"golang.org/x/image", []string{"internal/sheet/pdf"}},
	{"github.com/spf13/cobra", []string{"scripts", "infra/onprem"}},
	{"github.com/rs/cors", []string{"infra/onprem"}},
}

// Libraries stay where they belong, tests included.
func TestLibrariesAreConfined(t *testing.T) {
	for _, s := range sources(t) {
		for _, name := range s.imports {
			for _, c := range confined {
				if within(name, c.library) && !slices.ContainsFunc(c.in, func(dir string) bool { return within(s.dir, dir) }) {
					t.Errorf("%s imports %s, which belongs in %s", s.path, name, strings.Join(c.in, ", "))
				}
			}
			if within(name, "github.com/guregu/dynamo") && !mayUseDynamo(s.dir) {
				t.Errorf("%s imports %s, which belongs in the store kit and the db packages", s.path, name)
			}
		}
	}
}

func mayUseDynamo(dir string) bool {
	if p, ok := placeOf(dir); ok {
		return p.adapter == "db"
	}
	return within(dir, "internal/store") || within(dir, "internal/ddb") || within(dir, "scripts")
}

// Value packages know one another and nothing else of the system; the kits that test them may know more.
func TestValuePackagesStandBelow(t *testing.T) {
	for _, s := range sources(t) {
		if strings.HasSuffix(s.dir, "test") || !slices.ContainsFunc(values, func(v string) bool { return within(s.dir, v) }) || s.test {
			continue
		}
		for _, name := range s.imports {
			local := ours(name)
			if local != "" && !slices.ContainsFunc(values, func(v string) bool { return within(local, v) }) || within(name, "github.com/aws") {
				t.Errorf("%s imports %s: a value package stands below all others", s.path, name)
			}
		}
	}
}
