package conformance

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/catalog"
	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// added is an attribute that no release has yet: what a newer one may add to any record.
const added = "zz-of-a-newer-release"

// ahead is how far a newer release's schema versions are ahead of today's.
const ahead = 7

type item = map[string]types.AttributeValue

// records reads every item that has a version, which are those that are written over, by table and key.
func records(t *testing.T, s *rehearsal.System) map[string]item {
	t.Helper()
	out := map[string]item{}
	for _, d := range catalog.Domains() {
		pages := dynamodb.NewScanPaginator(s.DB.Client(), &dynamodb.ScanInput{TableName: aws.String(s.DB.TableName(d.Name)), ConsistentRead: aws.Bool(true)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range page.Items {
				if i["v"] != nil {
					out[d.Name+" "+i["pk"].(*types.AttributeValueMemberS).Value+" "+i["sk"].(*types.AttributeValueMemberS).Value] = i
				}
			}
		}
	}
	return out
}

// plant sets one attribute of an item, past the system.
func plant(t *testing.T, s *rehearsal.System, at string, i item, name string, v types.AttributeValue) {
	t.Helper()
	domain, _, _ := strings.Cut(at, " ")
	_, err := s.DB.Client().UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: aws.String(s.DB.TableName(domain)), Key: item{"pk": i["pk"], "sk": i["sk"]},
		UpdateExpression: aws.String("SET #n = :v"), ConditionExpression: aws.String("attribute_exists(pk)"),
		ExpressionAttributeNames: map[string]string{"#n": name}, ExpressionAttributeValues: item{":v": v}})
	if err != nil {
		t.Fatal(err)
	}
}

func countOf(i item, name string) int {
	n, err := strconv.Atoi(i[name].(*types.AttributeValueMemberN).Value)
	if err != nil {
		panic(err)
	}
	return n
}

func newCount(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}

// meet has the example of every operation meet records that a newer release has written: change is made to each record that
// stands there before the call, and check looks at all of them afterwards.
func meet(t *testing.T, change func(t *testing.T, sys *rehearsal.System, at string, i item), check func(t *testing.T, r *rehearsal.Request, a rehearsal.Answer, before, after map[string]item)) {
	t.Helper()
	for _, o := range catalog.Operations() {
		spec := o.Describe()
		if slices.ContainsFunc(spec.Exempt, func(e op.Exemption) bool { return e.Rule == "example" }) || !strings.Contains(spec.ID, os.Getenv("WALK")) {
			continue
		}
		t.Run(spec.ID, func(t *testing.T) {
			sys := open(t)
			r := sys.tenant(t).prepare(t, o)
			before := records(t, sys.System)
			for at, i := range before {
				change(t, sys.System, at, i)
			}
			a, err := r.Send(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := sys.Settle(t.Context(), r.Tenant.ID); err != nil && !fault.Is(err, op.RuleNewer.Code) {
				t.Fatal(err)
			}
			check(t, &r.Request, a, before, records(t, sys.System))
		})
	}
}

// leastOverwriting keeps the tests here from looking at nothing.
const leastOverwriting = 25

func enough(t *testing.T, what string, operations []string) {
	t.Helper()
	slices.Sort(operations)
	t.Logf("%d operations %s", len(operations), what)
	if os.Getenv("WALK") == "" && len(operations) < leastOverwriting {
		t.Errorf("only %v %s", operations, what)
	}
}

// An operation that writes over a record of a newer release keeps what that has added and it does not know itself: while a
// release is deployed both are at work, and after one was taken back its records are there.
func TestWhatANewerReleaseAddedIsKept(t *testing.T) {
	var changed []string
	meet(t, func(t *testing.T, sys *rehearsal.System, at string, i item) {
		plant(t, sys, at, i, added, &types.AttributeValueMemberS{Value: at})
	}, func(t *testing.T, r *rehearsal.Request, a rehearsal.Answer, before, after map[string]item) {
		if !a.OK() {
			t.Errorf("answered %s", a)
		}
		over := false
		for at, was := range before {
			now, there := after[at]
			if there && now[added] == nil {
				t.Errorf("what a newer release added to %s is lost", at)
			}
			over = over || there && countOf(now, "v") != countOf(was, "v")
		}
		if over {
			changed = append(changed, r.Spec.ID)
		}
	})
	enough(t, "have written over a record", changed)
}

// A record whose form a newer release has changed is read as far as it is known, and left as it is: whoever would change it is
// asked to come again, when the newer release is at work.
func TestTheFormOfANewerReleaseIsLeftAlone(t *testing.T) {
	var refused []string
	meet(t, func(t *testing.T, sys *rehearsal.System, at string, i item) {
		plant(t, sys, at, i, "sv", newCount(countOf(i, "sv")+ahead))
	}, func(t *testing.T, r *rehearsal.Request, a rehearsal.Answer, before, after map[string]item) {
		newer := codeOf(a) == op.RuleNewer.Code && a.Status == http.StatusServiceUnavailable
		if newer {
			refused = append(refused, r.Spec.ID)
		}
		if !a.OK() && (!newer || r.Spec.Kind == op.Query) {
			t.Errorf("answered %s", a)
		}
		for at, was := range before {
			if now, there := after[at]; there && countOf(now, "sv") != countOf(was, "sv")+ahead {
				t.Errorf("the older form is written over %s", at)
			}
		}
	})
	enough(t, "were refused", refused)
}

// codeOf gives the rule that an answer refuses by, "" for none.
func codeOf(a rehearsal.Answer) string {
	var p op.Problem
	if a.OK() || json.Unmarshal(a.Body, &p) != nil {
		return ""
	}
	return p.Code
}
