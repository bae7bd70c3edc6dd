package system

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"backoffice/infra/onprem/verify"
	"backoffice/internal/catalog"
	"backoffice/internal/op"
	"backoffice/internal/prooftest/faults"
)

// The invariants, by the name under which a planted fault is to turn them red.
const (
	oneAct     = "each change has exactly one act"
	itsEvents  = "each act has its events, which are published"
	ownVersion = "no two acts make the same version of a record"
	ownTenant  = "no key outside a tenant"
	fourEyes   = "nothing is approved by whoever made or touched it"
	asWritten  = "records are what their acts wrote, balances the sums of their entries, the chain verifies"
	sameAnswer = "what was acknowledged is answered again"
)

// findings gathers breaches; its methods are the checks.
type findings struct{ faults.Findings }

// storedAct is an act as it stands in the store, read past the system's own code.
type storedAct struct {
	PK        string `dynamodbav:"pk"`
	ID        string `dynamodbav:"id"`
	Operation string `dynamodbav:"op"`
	Principal string `dynamodbav:"by"`
	Person    string `dynamodbav:"per"`
	Record    string `dynamodbav:"rid"`
	Version   int    `dynamodbav:"rv"`
	Events    string `dynamodbav:"ev"`
	Pending   string `dynamodbav:"pend"`
}

func (a storedAct) tenant() string { t, _, _ := strings.Cut(a.PK, "|"); return t }

func (a storedAct) events(f *findings) []op.Emitted {
	if a.Events == "" {
		return nil
	}
	var out []op.Emitted
	if err := json.Unmarshal([]byte(a.Events), &out); err != nil {
		f.Add(itsEvents, "act %s: %v", a.ID, err)
	}
	return out
}

// scan reads every act, and every key, of every table.
func (s *simulation) scan(t *testing.T) (acts []storedAct, keys []string) {
	t.Helper()
	for _, d := range catalog.Domains() {
		pages := dynamodb.NewScanPaginator(s.DB.Client(), &dynamodb.ScanInput{TableName: aws.String(s.DB.TableName(d.Name)), ConsistentRead: aws.Bool(true)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(context.WithoutCancel(t.Context()))
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range page.Items {
				var row struct {
					PK string `dynamodbav:"pk"`
					SK string `dynamodbav:"sk"`
					G1 string `dynamodbav:"g1pk"`
				}
				var a storedAct
				if err := attributevalue.UnmarshalMap(item, &row); err != nil {
					t.Fatal(err)
				}
				keys = append(keys, d.Name+" "+row.PK)
				if row.G1 != "" {
					keys = append(keys, d.Name+" "+row.G1)
				}
				if parts := strings.Split(row.PK, "|"); len(parts) < 2 || parts[1] != "ACT" || row.SK != "A" {
					continue
				}
				if err := attributevalue.UnmarshalMap(item, &a); err != nil {
					t.Fatal(err)
				}
				acts = append(acts, a)
			}
		}
	}
	slices.SortFunc(acts, func(a, b storedAct) int { return strings.Compare(a.ID, b.ID) })
	return acts, keys
}

// inspect holds the store against what the clients know. Every invariant is checked, whatever others say.
func (s *simulation) inspect(t *testing.T) findings {
	t.Helper()
	var f findings
	acts, keys := s.scan(t)
	f.counts(acts, s.book)
	f.events(acts, s.heard)
	f.versions(acts)
	f.approvals(acts)
	f.tenants(keys, acts, s)
	report, err := verify.Check(context.WithoutCancel(t.Context()), s.DB)
	if err != nil {
		f.Add(asWritten, "%v", err)
	}
	for _, d := range report.Defects {
		f.Add(asWritten, "%s", d)
	}
	return f
}

// counts holds the acts of each operation in each tenant against what was acknowledged: one for each, and at most one more for
// each call whose outcome nobody learnt.
func (f *findings) counts(acts []storedAct, b *book) {
	type doer struct{ tenant, operation, principal string }
	have, sure, perhaps := map[doer]int{}, map[doer]int{}, map[doer]int{}
	for _, a := range acts {
		have[doer{a.tenant(), a.Operation, a.Principal}]++
	}
	for _, i := range b.intents {
		who := doer{i.call.Who.Tenant, i.call.Spec.ID, i.call.Who.User}
		switch i.outcome {
		case accepted:
			sure[who]++
		case unknown:
			perhaps[who]++
		case refused:
		}
		if have[who] == 0 {
			have[who] = 0 // looked at below, though there is none
		}
	}
	for who, n := range have {
		if o, err := catalog.Find(who.operation); err != nil || !o.Describe().HTTP() || !o.Describe().Writes() {
			continue // the tenants' first people, steps that a runner may call as well, and acts beside the pipeline
		}
		if n < sure[who] || n > sure[who]+perhaps[who] {
			f.Add(oneAct, "%d acts of %s by %s in %s, where %d were acknowledged and %d are unknown", n, who.operation, who.principal, who.tenant, sure[who], perhaps[who])
		}
	}
}

// events holds each act's events against its operation's spec and against what was published.
func (f *findings) events(acts []storedAct, h *heard) {
	h.mu.Lock()
	defer h.mu.Unlock()
	wanted := map[string]bool{}
	for _, a := range acts {
		if a.Pending != "" {
			f.Add(itsEvents, "act %s of %s still waits", a.ID, a.Operation)
		}
		emitted := a.events(f)
		if o, err := catalog.Find(a.Operation); err == nil {
			if spec := o.Describe(); spec.HTTP() && len(spec.AllEmits()) > 0 && len(emitted) == 0 {
				f.Add(itsEvents, "act %s of %s emitted nothing", a.ID, a.Operation)
			}
			for _, e := range emitted {
				if !slices.ContainsFunc(o.Describe().AllEmits(), func(d *op.Event) bool { return d.Type == e.Type }) {
					f.Add(itsEvents, "act %s of %s emitted %s, which it does not declare", a.ID, a.Operation, e.Type)
				}
			}
		}
		for n := range emitted {
			wanted[fmt.Sprintf("%s-%d", a.ID, n)] = true
		}
	}
	published := map[string]bool{}
	for id := range h.times {
		published[id] = true
	}
	for id := range wanted {
		if !published[id] {
			f.Add(itsEvents, "the event %s was never published", id)
		}
	}
	for id := range published {
		if !wanted[id] {
			f.Add(itsEvents, "the event %s was published, and no act has it", id)
		}
	}
}

// versions finds acts that claim the same version of the same record.
func (f *findings) versions(acts []storedAct) {
	type version struct {
		record string
		n      int
	}
	by := map[version]string{}
	for _, a := range acts {
		v := version{a.tenant() + " " + a.Record, a.Version}
		if a.Record == "" || a.Version == 0 {
			continue
		}
		if other, twice := by[v]; twice {
			f.Add(ownVersion, "acts %s and %s of %s both made version %d of %s", other, a.ID, a.Operation, a.Version, v.record)
		}
		by[v] = a.ID
	}
}

// approvals holds every approval against whoever touched the record before. An operation whose example is another person's is
// an approval.
func (f *findings) approvals(acts []storedAct) {
	touched := map[string][]string{}
	for _, a := range acts { // in the order in which they were made
		record := a.tenant() + " " + a.Record
		if o, err := catalog.Find(a.Operation); err == nil && o.Describe().Example.OtherPerson {
			if slices.Contains(touched[record], a.Person) {
				f.Add(fourEyes, "%s approved %s, which it had touched (%s)", a.Person, record, a.Operation)
			}
			continue
		}
		touched[record] = append(touched[record], a.Person)
	}
}

// apart are the keys that belong to no tenant, by table: signing in has to find one first, and the system's own jobs look for
// what there is to do for everyone.
var apart = map[string][]string{"platform": {"login", "claim", "job", "tenant"}, "migration": {"imports"}}

// tenants finds keys that begin with no tenant of the run.
func (f *findings) tenants(keys []string, acts []storedAct, s *simulation) {
	known := map[string]bool{}
	for _, tn := range s.tenants {
		known[tn.ID] = true
	}
	for _, a := range acts {
		if a.Operation == "platform.create-tenant" {
			known[a.Record] = true
		}
	}
	for _, k := range keys {
		table, pk, _ := strings.Cut(k, " ")
		tenant, _, _ := strings.Cut(pk, "|")
		if !known[tenant] && !slices.Contains(apart[table], tenant) {
			f.Add(ownTenant, "%s", k)
		}
	}
}
