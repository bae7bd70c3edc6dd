package platformdb_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/fault"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/platform/platformtest"
)

// Every item has a schema version and a key, in the table and in the index, that begins with its tenant or with one of the
// spaces that stand above all tenants.
func TestEveryKeyBeginsWithItsTenant(t *testing.T) {
	s := platformtest.New(t)
	holder, _, token := s.Admin()
	manager, user := s.User(token, "mina", "")
	s.User(token, "rory", manager)
	s.Grant(token, user, "auditor", "own")
	s.Do(platformtest.Call{Op: "create-service-key", Token: token, Body: `{"name":"K"}`}).Want(201)
	s.Do(platformtest.Call{Op: "create-role", Token: token, Body: `{"name":"R","rights":["*"]}`}).Want(201)
	client := s.Do(platformtest.Call{Op: "create-tenant", Token: token, Body: `{"name":"K","administrator":{"name":"A","email":"a@example.com","password":"slate-otter-winds"}}`}).Want(201).Text("id")
	kinds := map[string]int{}
	pages := dynamodb.NewScanPaginator(s.Env.DB.Client(), &dynamodb.ScanInput{TableName: aws.String(s.Env.DB.TableName(platform.Table))})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			for _, name := range []string{"pk", "g1pk", "pend"} {
				key, there := item[name].(*types.AttributeValueMemberS)
				if !there {
					continue
				}
				space, rest, _ := strings.Cut(key.Value, "|")
				if space != holder && space != client && (space != "login" && space != "claim" || name != "pk") && (space != "tenant" || name != "g1pk") {
					t.Errorf("%s %s", name, key.Value)
				}
				kind, _, _ := strings.Cut(rest, "|")
				if space == "login" || space == "claim" {
					kind = space
				}
				kinds[name+" "+kind]++
			}
			if v, ok := item["sv"].(*types.AttributeValueMemberN); !ok || v.Value == "0" {
				t.Errorf("no schema version: %v", item["pk"])
			}
		}
	}
	for _, kind := range []string{"pk TEN", "pk PER", "pk REP", "pk PRN", "pk ROL", "pk ACT", "pk login", "pk claim", "g1pk USER", "g1pk KEY"} {
		if kinds[kind] == 0 {
			t.Errorf("no item of the kind %s was looked at", kind)
		}
	}
}

// Ids from outside cannot name a key of another kind or tenant.
func TestIdsCannotReachOtherKeys(t *testing.T) {
	s := platformtest.New(t)
	tenant, user, token := s.Admin()
	id := s.Grant(token, s.Do(platformtest.Call{Op: "create-service-key", Token: token, Body: `{"name":"K"}`}).Want(201).Text("id"), "auditor", "all")
	records := platformdb.New(s.Env.DB)
	for _, bad := range []string{"", "|", "PRN|" + user, user + "|A", user + "%7CA", "usr_|" + user} {
		if u, err := records.User(t.Context(), tenant, bad); !fault.OfKind(err, fault.NotFound) {
			t.Errorf("user %q: %+v, %v", bad, u, err)
		}
		if p, err := records.Person(t.Context(), tenant, bad); !fault.OfKind(err, fault.NotFound) {
			t.Errorf("person %q: %+v, %v", bad, p, err)
		}
		if a, err := records.Assignment(t.Context(), tenant, user+"|G", id); !fault.Is(err, op.RuleNotFound.Code) {
			t.Errorf("assignment: %+v, %v", a, err)
		}
	}
}
