package stacks_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"backoffice/infra/cloud/cloudtest"
	"backoffice/internal/catalog"
	"backoffice/internal/config"
	"backoffice/internal/host/lambdahost/claim"
	"backoffice/internal/op"
)

// functions gives the functions of all templates by operation id.
func functions(t *testing.T) map[string]cloudtest.Resource {
	t.Helper()
	out := map[string]cloudtest.Resource{}
	for _, d := range catalog.Domains() {
		prefix := "backoffice-test-" + d.Name + "-"
		for stack, tpl := range templates(t) {
			if !strings.HasPrefix(stack, prefix) {
				continue
			}
			for _, f := range tpl.OfType("AWS::Lambda::Function") {
				out[d.Name+"."+strings.TrimPrefix(f.Text("FunctionName"), prefix)] = f
			}
		}
	}
	return out
}

func sorted[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// The catalogue, the mains under functions/, the OpenAPI document and the templates tell of the same operations.
func TestCatalogueFunctionsOpenAPIAndTemplatesAreTheSameSet(t *testing.T) {
	all, http, routed := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, o := range catalog.Operations() {
		s := o.Describe()
		if s.Deployed() {
			all[s.ID] = true
		}
		if s.HTTP() {
			http[s.ID+" "+s.Route] = true
			if s.Deployed() {
				routed[s.ID+" "+s.Route] = true
			}
		}
	}
	same(t, "functions in templates", functions(t), all)
	same(t, "functions/", mains(t), all)
	same(t, "OpenAPI", documented(t), http)
	same(t, "routes in templates", routes(t), routed)
}

// same names each operation that one of two sets lacks.
func same[V any](t *testing.T, where string, have map[string]V, want map[string]bool) {
	t.Helper()
	for _, id := range sorted(have) {
		if !want[id] {
			t.Errorf("%s: the catalogue does not know %s", where, id)
		}
	}
	for _, id := range sorted(want) {
		if _, there := have[id]; !there {
			t.Errorf("%s: %s is missing", where, id)
		}
	}
}

func mains(t *testing.T) map[string]bool {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(moduleRoot, "functions/*/*/main.go"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, f := range found {
		dir := filepath.Dir(f)
		out[filepath.Base(filepath.Dir(dir))+"."+filepath.Base(dir)] = true
	}
	return out
}

func documented(t *testing.T) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(moduleRoot, "docs/openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct{ OperationID string }
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for path, methods := range doc.Paths {
		for method, o := range methods {
			out[o.OperationID+" "+strings.ToUpper(method)+" "+path] = true
		}
	}
	return out
}

func routes(t *testing.T) map[string]cloudtest.Resource {
	t.Helper()
	out := map[string]cloudtest.Resource{}
	for stack, tpl := range templates(t) {
		for _, r := range tpl.OfType("AWS::ApiGatewayV2::Route") {
			domain, _, _ := strings.Cut(strings.TrimPrefix(stack, "backoffice-test-"), "-")
			if domain == "about" { // which has no operations
				continue
			}
			out[domain+"."+r.Text("OperationName")+" "+r.Text("RouteKey")] = r
		}
	}
	return out
}

func TestRoutesAskForTheDomainsScopeOrSayWhyNot(t *testing.T) {
	have := routes(t)
	for _, o := range catalog.Operations() {
		s := o.Describe()
		if !s.HTTP() || !s.Deployed() {
			continue
		}
		r := have[s.ID+" "+s.Route]
		if s.Public != "" {
			if r.Text("AuthorizationType") != "NONE" {
				t.Errorf("%s is public, its route is %s", s.ID, r.Text("AuthorizationType"))
			}
			continue
		}
		want := `["` + claim.ScopePrefix + s.Domain() + `"]`
		if r.Text("AuthorizationType") != "JWT" || r.Text("AuthorizationScopes") != want || r.Properties["AuthorizerId"] == nil {
			t.Errorf("%s: route %v", s.ID, r.Properties)
		}
	}
}

func TestFunctionsAreMadeFromTheirSpecs(t *testing.T) {
	for id, f := range functions(t) {
		o, err := catalog.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		s := o.Describe()
		if f.Properties["MemorySize"] != float64(s.MemorySize()) || f.Properties["Timeout"] != s.TimeLimit().Seconds()+3 {
			t.Errorf("%s: memory %v, timeout %v", id, f.Properties["MemorySize"], f.Properties["Timeout"])
		}
		if disk := f.Text("EphemeralStorage", "Size"); s.DiskSize() != 512 && disk != strconv.Itoa(s.DiskSize()) {
			t.Errorf("%s: %s MB for temporary files", id, disk)
		}
		if f.Text("Runtime") != "provided.al2023" || f.Text("Architectures") != `["arm64"]` || f.Text("TracingConfig", "Mode") != "Active" {
			t.Errorf("%s: %v", id, f.Properties)
		}
		variables, _ := f.Properties["Environment"].(map[string]any)["Variables"].(map[string]any)
		known := []string{config.EnvBus, config.EnvCursorKey, config.EnvStage, config.EnvTablePrefix}
		if len(s.Files) > 0 {
			known = append(known, config.EnvBucket)
		}
		if s.Seals != 0 {
			known = append(known, config.EnvFieldKey)
		}
		if s.Roots != 0 {
			known = append(known, config.EnvAuditBucket, config.EnvAuditKey)
		}
		if sort.Strings(known); !slices.Equal(sorted(variables), known) {
			t.Errorf("%s: variables %v, want %v", id, sorted(variables), known)
		}
		if key, _ := variables[config.EnvCursorKey].(string); !strings.HasPrefix(key, "{{resolve:secretsmanager:") {
			t.Errorf("%s: the template holds the cursor key", id)
		}
	}
}

// What a role grants is derived here anew from the spec, and must be neither more nor less.
func TestRolesGrantExactlyWhatIsDeclared(t *testing.T) {
	roles := map[string]cloudtest.Resource{}
	for stack, tpl := range templates(t) {
		for id, r := range tpl.OfType("AWS::IAM::Role") {
			roles[stack+"/"+id] = r
		}
	}
	for _, o := range catalog.Operations() {
		s := o.Describe()
		if !s.Deployed() {
			continue
		}
		want, have := declared(s), granted(t, roleOf(t, s, roles))
		if !slices.Equal(sorted(have), sorted(want)) {
			t.Errorf("%s:\nhas   %v\nneeds %v", s.ID, sorted(have), sorted(want))
		}
	}
}

func roleOf(t *testing.T, s *op.Spec, roles map[string]cloudtest.Resource) cloudtest.Resource {
	t.Helper()
	for name, r := range roles {
		if strings.HasPrefix(name, "backoffice-test-"+s.Domain()+"-") && strings.Contains(r.Text("Policies"), ":log-group:/aws/lambda/backoffice-test-"+s.Domain()+"-"+s.Name()+":*") {
			return r
		}
	}
	t.Fatalf("%s has no role", s.ID)
	return cloudtest.Resource{}
}

func declared(s *op.Spec) map[string]bool {
	out := map[string]bool{}
	for _, a := range s.AllAccess() {
		table := "table/backoffice-test-" + a.Table
		for do, actions := range map[op.Action]string{op.Get: "GetItem BatchGetItem", op.List: "Query", op.Put: "PutItem", op.Update: "UpdateItem", op.Delete: "DeleteItem", op.Check: "ConditionCheckItem"} {
			for action := range strings.FieldsSeq(actions) {
				if a.Do&do != 0 {
					out[action+" "+table] = true
				}
			}
		}
		for index := range strings.SplitSeq(a.Indexes, ",") {
			if index != "" && a.Do&op.List != 0 {
				out["Query "+table+"/index/"+index] = true
			}
			if index != "" && a.Do&op.Sweep != 0 {
				out["Scan "+table+"/index/"+index] = true
			}
		}
	}
	for _, f := range s.Files {
		for do, action := range map[op.FileAction]string{op.FileRead: "GetObject", op.FileWrite: "PutObject", op.FileDelete: "DeleteObject"} {
			if f.Do&do != 0 {
				out[action+" "+f.Folder] = true
			}
		}
	}
	for do, action := range map[op.SealAction]string{op.SealField: "Encrypt", op.OpenField: "Decrypt"} {
		if s.Seals&do != 0 {
			out[action+` {"Ref":"FieldKey"}`] = true
		}
	}
	for do, actions := range map[op.FileAction]string{op.FileRead: "ListBucketVersions audit-roots,GetObject backoffice-test,GetObjectVersion backoffice-test,GetPublicKey {\"Ref\":\"RootKey\"}",
		op.FileWrite: "PutObject backoffice-test,Sign {\"Ref\":\"RootKey\"}"} {
		for action := range strings.SplitSeq(actions, ",") {
			if s.Roots&do != 0 {
				out[action] = true
			}
		}
	}
	return out
}

// granted lists the rights on tables and files that a role's policies give, and fails on any other that the function's kind does not need.
func granted(t *testing.T, role cloudtest.Resource) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for action, resource := range role.Grants() {
		service, right, _ := strings.Cut(action, ":")
		switch {
		case right == "ListBucketVersions" && strings.HasSuffix(resource, `":s3:::",{"Ref":"AuditRoots"}]]}`):
			out[right+" audit-roots"] = true
		case service == "s3":
			m := folderOfBucket.FindStringSubmatch(resource)
			if m == nil {
				t.Errorf("%s on %s, which is no folder of the bucket", right, resource)
				continue
			}
			out[right+" "+m[1]+m[2]] = true
		case service == "kms":
			out[right+" "+resource] = true
		case service == "dynamodb" && !strings.Contains(right, "Stream") && right != "GetRecords" && right != "GetShardIterator":
			_, table, _ := strings.Cut(resource, ":table/")
			out[right+" table/"+strings.TrimSuffix(table, `"]]}`)] = true
		}
	}
	return out
}

// folderOfBucket takes apart the ARN of a folder, whose bucket's name is known only when the stack is deployed.
var folderOfBucket = regexp.MustCompile(`":s3:::",\{"Ref":"(?:Files\"\},"/([a-z]+)|AuditRoots\"\},"/(backoffice-test))/\*"`)
