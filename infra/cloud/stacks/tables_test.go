package stacks_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"backoffice/infra/cloud/cloudtest"
	"backoffice/infra/cloud/stacks"
	"backoffice/internal/catalog"
)

// A stage that has gone over to restored tables differs by their names and logical ids and by the folder of their audit roots,
// and by nothing else.
func TestRestoredTablesAreNamedEverywhereAndNothingElseIs(t *testing.T) {
	before, after := templates(t), overTables("r1")
	if after.err != nil || after.breaches != nil {
		t.Fatal(after.err, after.breaches)
	}
	domains := make([]string, 0, len(catalog.Domains()))
	for _, d := range catalog.Domains() {
		domains = append(domains, d.Name)
	}
	former := regexp.MustCompile(`backoffice-test-(` + strings.Join(domains, "|") + `)`)
	back := strings.NewReplacer("backoffice-test-r1-", "backoffice-test-", "backoffice-test-r1/", "backoffice-test/", `"BACKOFFICE_TABLE_PREFIX":"backoffice-test-r1"`, `"BACKOFFICE_TABLE_PREFIX":"backoffice-test"`,
		`"TableR1"`, `"Table"`)
	var changed []string
	for name, tpl := range before {
		now, there := after.templates[name]
		if !there {
			t.Errorf("%s is no more", name)
			continue
		}
		raw := inOrder(t, now.Raw)
		if raw != inOrder(t, tpl.Raw) {
			changed = append(changed, name)
		}
		if back.Replace(raw) != inOrder(t, tpl.Raw) {
			t.Errorf("%s differs by more than the tables: it was\n%s\nand is\n%s", name, inOrder(t, tpl.Raw), raw)
		}
		for _, table := range former.FindAllString(strings.Join(regexp.MustCompile(`table/[^"]*`).FindAllString(raw, -1), " "), -1) {
			t.Errorf("%s still lets something reach the former table %s", name, table)
		}
	}
	if len(after.templates) != len(before) {
		t.Errorf("%d stacks were %d", len(after.templates), len(before))
	}
	for _, d := range domains {
		for _, stack := range []string{d, d + "-1"} {
			if !slices.Contains(changed, "backoffice-test-"+stack) {
				t.Errorf("%s knows nothing of the restored tables", stack)
			}
		}
		for id, table := range after.templates["backoffice-test-"+d].OfType("AWS::DynamoDB::Table") {
			if id != "TableR1" || table.Text("TableName") != "backoffice-test-r1-"+d || table.DeletionPolicy != "Retain" {
				t.Errorf("%s: %s is %v", d, id, table.Properties)
			}
		}
	}
}

// inOrder writes a template with the members of each object in one order.
func inOrder(t *testing.T, raw string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		t.Fatal(err)
	}
	return cloudtest.Render(v)
}

// Every function finds its tables where its role may reach them, whatever their generation.
func TestFunctionsLookForTablesWhereTheirRolesReach(t *testing.T) {
	for tables, s := range map[string]synthesised{"backoffice-test": synth(), "backoffice-test-r2": overTables("r2")} {
		if s.err != nil {
			t.Fatal(s.err)
		}
		functions, grants := 0, 0
		for name, tpl := range s.templates {
			for id, f := range tpl.OfType("AWS::Lambda::Function") {
				prefix := f.Text("Environment", "Variables", "BACKOFFICE_TABLE_PREFIX")
				if prefix == "null" {
					continue // no operation: it has no table
				}
				functions++
				if prefix != tables {
					t.Errorf("%s/%s looks for tables of %s", name, id, prefix)
				}
			}
			for id, r := range tpl.OfType("AWS::IAM::Role") {
				for _, m := range regexp.MustCompile(`:table/([a-z0-9-]+)-[a-z]+[/"]`).FindAllStringSubmatch(r.Text("Policies"), -1) {
					grants++
					if m[1] != tables {
						t.Errorf("%s/%s reaches tables of %s", name, id, m[1])
					}
				}
			}
		}
		if functions == 0 || grants == 0 {
			t.Errorf("%d functions and %d grants were looked at", functions, grants)
		}
	}
}

// A generation that no restore makes stops the build with the stage's name, and so does a stage whose name would hide one.
func TestIllFormedGenerationsOfTablesAreNamed(t *testing.T) {
	for _, tables := range []string{"1", "r0", "R1", "r1-", "r1000", "prod", "r01", " r1"} {
		s := settings(nil, nil, "none.zip")
		s.Stage.Tables = tables
		if err := stacks.Build(awscdk.NewApp(nil), s); err == nil || !strings.Contains(err.Error(), `stage test: tables "`+tables+`" is no generation`) {
			t.Errorf("%q: error %v", tables, err)
		}
	}
	s := settings(nil, nil, "none.zip")
	s.Name = "test-r1"
	if err := stacks.Build(awscdk.NewApp(nil), s); err == nil || !strings.Contains(err.Error(), "stage test-r1 ends as restored tables do") {
		t.Errorf("error %v", err)
	}
}
