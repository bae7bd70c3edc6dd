package verify_test

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/infra/onprem/backup"
	"backoffice/infra/onprem/demo"
	"backoffice/infra/onprem/system"
	"backoffice/infra/onprem/verify"
	"backoffice/internal/boclient"
	"backoffice/internal/clock"
	"backoffice/internal/platform/platformwire"
)

type row = map[string]types.AttributeValue

func text(s string) types.AttributeValue   { return &types.AttributeValueMemberS{Value: s} }
func number(s string) types.AttributeValue { return &types.AttributeValueMemberN{Value: s} }

// books are a copy of the demo company's books, opened to be checked and spoilt.
type books struct {
	t    *testing.T
	set  *verify.Set
	rows map[string][]row // by table, in the order of their keys
}

// source is a backup of the demo company, made once, and the chart of accounts as it was five minutes before its last change.
var source struct {
	once sync.Once
	dir  string
	old  row
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "verify")
	if err != nil {
		panic(err)
	}
	source.dir = filepath.Join(dir, "copy")
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func makeSource(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	var later atomic.Int64
	now := demo.NewClock(func() time.Time { return clock.System().Add(time.Duration(later.Load())) })
	sys, err := system.Open(t.Context(), system.Options{Dir: dir, Address: "http://127.0.0.1:1", Clock: now.Now})
	if err != nil {
		t.Fatal(err)
	}
	company, err := demo.Open(t.Context(), demo.Options{Handler: sys.Host, Dir: dir, Clock: now,
		Claim: func(ctx context.Context) (string, error) { return platformwire.OfferClaim(ctx, sys.Env) }})
	if err != nil {
		t.Fatal(err)
	}
	source.old = find(t, scan(t, sys.DB.Client(), "finance"), func(r row) bool { return at(r, "sk") == "CHART" })
	later.Store(int64(5 * time.Minute))
	rename(t, sys, company.Entity)
	if _, err := sys.Backup(source.dir); err != nil {
		t.Fatal(err)
	}
	if err := sys.Close(); err != nil {
		t.Fatal(err)
	}
}

func newBooks(t *testing.T) *books {
	t.Helper()
	source.once.Do(func() { makeSource(t) })
	b := &books{t: t}
	b.set = b.open()
	b.rows = map[string][]row{"finance": scan(t, b.set.DB.Client(), "finance"), "platform": scan(t, b.set.DB.Client(), "platform")}
	return b
}

// rename gives an account of the chart another name, through the API.
func rename(t *testing.T, sys *system.System, entity string) {
	t.Helper()
	server := httptest.NewServer(sys.Host)
	defer server.Close()
	c := &boclient.Client{Base: server.URL}
	var tokens struct {
		AccessToken string `json:"accessToken"`
	}
	p := demo.People()[0]
	if err := c.Post(t.Context(), "/platform/v1/sessions", map[string]string{"email": p.Email, "password": p.Password}, &tokens); err != nil {
		t.Fatal(err)
	}
	c.Bearer = tokens.AccessToken
	if _, err := c.Do(t.Context(), boclient.Call{Method: http.MethodPatch, Path: "/finance/v1/accounts/" + entity + ".7820", IfMatch: `"v1"`,
		Body: map[string]string{"name": "Odds and ends"}}); err != nil {
		t.Fatal(err)
	}
}

// open opens another copy of the same books.
func (b *books) open() *verify.Set {
	b.t.Helper()
	dir := filepath.Join(b.t.TempDir(), "work")
	if _, err := backup.Restore(source.dir, dir); err != nil {
		b.t.Fatal(err)
	}
	set, err := verify.Open(filepath.Join(dir, "store"))
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = set.Close() })
	if err := set.Settle(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	return set
}

func at(r row, name string) string {
	if v, ok := r[name].(*types.AttributeValueMemberS); ok {
		return v.Value
	}
	return ""
}

// scan reads a table in the order of its keys.
func scan(t *testing.T, client *dynamodb.Client, table string) []row {
	t.Helper()
	var out []row
	pages := dynamodb.NewScanPaginator(client, &dynamodb.ScanInput{TableName: aws.String("backoffice-" + table)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, page.Items...)
	}
	slices.SortFunc(out, func(a, b row) int { return strings.Compare(at(a, "pk")+"/"+at(a, "sk"), at(b, "pk")+"/"+at(b, "sk")) })
	return out
}

// find gives the first row that a function likes.
func find(t *testing.T, rows []row, like func(row) bool) row {
	t.Helper()
	i := slices.IndexFunc(rows, like)
	if i < 0 {
		t.Fatal("no such row")
	}
	return rows[i]
}

// with spoils a row, runs a function, and mends the row.
func (b *books) with(f flaw, do func()) {
	b.t.Helper()
	original := find(b.t, b.rows[f.table], f.find)
	spoilt := f.spoil(copyOf(original))
	if spoilt == nil {
		b.remove(f.table, original)
	} else {
		b.put(f.table, spoilt)
	}
	do()
	if spoilt != nil {
		b.remove(f.table, spoilt)
	}
	b.put(f.table, original)
}

func kind(k string) func(row) bool {
	return func(r row) bool {
		parts := strings.Split(at(r, "pk"), "|")
		return len(parts) > 1 && parts[1] == k
	}
}

func posted(r row) bool { return kind("JRN")(r) && at(r, "st") == "posted" && len(lines(r)) == 2 }

func lines(r row) []types.AttributeValue { return r["l"].(*types.AttributeValueMemberL).Value }

// copyOf copies a row as deep as the tests change it.
func copyOf(r row) row {
	out := maps.Clone(r)
	if l, ok := r["l"].(*types.AttributeValueMemberL); ok {
		var all []types.AttributeValue
		for _, e := range l.Value {
			all = append(all, &types.AttributeValueMemberM{Value: maps.Clone(e.(*types.AttributeValueMemberM).Value)})
		}
		out["l"] = &types.AttributeValueMemberL{Value: all}
	}
	return out
}

func (b *books) put(table string, r row) {
	b.t.Helper()
	if _, err := b.set.DB.Client().PutItem(b.t.Context(), &dynamodb.PutItemInput{TableName: aws.String("backoffice-" + table), Item: r}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *books) remove(table string, r row) {
	b.t.Helper()
	if _, err := b.set.DB.Client().DeleteItem(b.t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String("backoffice-" + table), Key: row{"pk": r["pk"], "sk": r["sk"]}}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *books) check() verify.Report {
	b.t.Helper()
	r, err := verify.Check(b.t.Context(), b.set.DB)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// flaw is a defect that is planted: a row is found, and changed, removed (nil) or joined by another.
type flaw struct {
	name  string
	table string
	find  func(row) bool
	spoil func(row) row // gives what is put; nil removes the row
	want  string        // a part of what must be found
}

func set(name, value string) func(row) row {
	return func(r row) row { r[name] = text(value); return r }
}

func gone(row) row { return nil }

// line changes the amounts of a journal's or ledger row's first lines.
func line(amounts ...string) func(row) row {
	return func(r row) row {
		for i, a := range amounts {
			lines(r)[i].(*types.AttributeValueMemberM).Value["m"] = number(a)
		}
		return r
	}
}

func dropped(name string) func(row) row { return func(r row) row { delete(r, name); return r } }

// withDebit finds a balance with a debit, and debit names it: in a monthly balance by the month, in a daily one by the day.
func withDebit(k string) func(row) bool {
	return func(r row) bool { return kind(k)(r) && debit(r) != "" }
}

func debit(r row) string {
	for _, name := range slices.Sorted(maps.Keys(r)) {
		if len(name) == 3 && name[0] == 'd' {
			return name
		}
	}
	return ""
}

func moreDebit(r row) row {
	r[debit(r)] = number("1" + r[debit(r)].(*types.AttributeValueMemberN).Value)
	return r
}

func flaws(old row) []flaw {
	other := func(r row) row { r["sk"] = text(at(r, "sk") + "x"); return r }
	return []flaw{
		{"an unbalanced journal", "finance", posted, line("1"), "does not balance"},
		{"a journal of one line", "finance", posted, func(r row) row {
			r["l"] = &types.AttributeValueMemberL{Value: lines(r)[:1]}
			return r
		}, "has 1 lines"},
		{"a changed journal that balances", "finance", posted, line("700", "-700"), "not what the last act wrote"},
		{"a lost journal", "finance", posted, gone, "it is not there"},
		{"a changed number of a journal", "finance", posted, set("no", "JRN-x"), "is none"},
		{"a monthly balance off", "finance", withDebit("BAL"), moreDebit, "away from the sum of the journals' lines"},
		{"a daily balance off", "finance", withDebit("DAY"), moreDebit, "away from the sum of the journals' lines"},
		{"a lost balance", "finance", kind("BAL"), gone, "away from the sum of the journals' lines"},
		{"a balance of nothing", "finance", kind("BAL"), other, "away from the sum of the journals' lines"},
		{"a lost ledger row", "finance", kind("LED"), gone, "the entry is missing"},
		{"a ledger row twice", "finance", kind("LED"), other, "stands for no line"},
		{"a changed ledger row", "finance", kind("LED"), line("17"), "the entry is not what the journal says"},
		{"a lost row of the listing", "finance", kind("REG"), gone, "the entry is missing"},
		{"a changed row of the listing", "finance", kind("REG"), line("17"), "the entry is not what the journal says"},
		{"a lost number", "finance", kind("NO"), gone, "the entry is missing"},
		{"a counter set back", "finance", kind("NUM"), func(r row) row { r["n"] = number("3"); return r }, "its counter stands at 3"},
		{"a lost external id", "finance", kind("EXT"), gone, "external id"},
		{"an external id of another journal", "finance", kind("EXT"), set("id", "jrn_x"), "external id"},
		{"a one-sided reversal", "finance", func(r row) bool { return posted(r) && r["rb"] != nil }, dropped("rb"), "which does not say so"},
		{"a reversal of nothing", "finance", func(r row) bool { return posted(r) && r["rv"] != nil }, dropped("rv"), "which does not"},
		{"a pending act", "finance", kind("ACT"), func(r row) row {
			r["pend"], r["pat"] = text(strings.Split(at(r, "pk"), "|")[0]+"|PEND|0"), r["id"]
			return r
		}, "is pending"},
		{"a changed act", "finance", kind("ACT"), set("by", "usr_x"), "not what was committed"},
		{"a lost act", "finance", kind("ACT"), gone, "the act is missing"},
		{"an act in no chain", "finance", kind("ACT"), func(r row) row {
			r["pk"], r["id"] = text(at(r, "pk")+"x"), text("act_x")
			return r
		}, "in no audit chain"},
		{"a lost end of the chain", "finance", func(r row) bool { return kind("CHAIN")(r) && at(r, "sk") == "HEAD" }, gone, "audit chain"},
		{"a changed record", "finance", kind("ENT"), set("n", "Another Ltd"), "not what the last act wrote"},
		{"a lost record", "finance", kind("RES"), gone, "it is not there"},
		{"a record without an act", "finance", kind("RES"), other, "no act wrote it"},
		{"a former state of a record", "finance", func(r row) bool { return at(r, "sk") == "CHART" }, func(row) row { return old }, "not what the last act wrote"},
		{"a changed right", "platform", func(r row) bool { return kind("PRN")(r) && strings.HasPrefix(at(r, "sk"), "G|") }, set("x", "y"), "not what the last act wrote"},
		{"a changed way to sign in", "platform", func(r row) bool {
			return strings.HasPrefix(at(r, "pk"), "login|") && strings.HasPrefix(at(r, "sk"), "T|")
		}, set("x", "y"), "not what the last act wrote"},
		{"a key of no tenant", "finance", kind("RES"), func(r row) row { r["pk"] = text("ten_x" + at(r, "pk")[5:]); return r }, "belongs to no tenant"},
	}
}

// Every kind of defect is found, and named by its record; what is in order is called so.
func TestDefectsAreFound(t *testing.T) {
	b := newBooks(t)
	r := b.check()
	if len(r.Defects) != 0 || r.Journals < 900 || r.Entities != 1 || r.Tenants != 1 {
		t.Fatalf("%+v", r)
	}
	for _, f := range flaws(source.old) {
		t.Run(strings.ReplaceAll(f.name, " ", "-"), func(t *testing.T) {
			b.with(f, func() {
				found := b.check().Defects
				if !slices.ContainsFunc(found, func(d verify.Defect) bool { return strings.Contains(d.What, f.want) && d.Record != "" }) {
					t.Errorf("not found; instead %v", found)
				}
			})
		})
	}
	if r := b.check(); len(r.Defects) != 0 {
		t.Errorf("after all were mended: %v", r.Defects)
	}
}

// Two copies hold equal books; a difference in a record, a balance or a ledger is named; a session or leased number is none.
func TestCompare(t *testing.T) {
	b := newBooks(t)
	second := b.open()
	compare := func() []verify.Defect {
		d, err := verify.Compare(t.Context(), b.set.DB, second.DB)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if d := compare(); len(d) != 0 {
		t.Fatal(d)
	}
	for _, f := range flaws(source.old) {
		if !slices.Contains([]string{"a changed journal that balances", "a lost balance", "a daily balance off", "a ledger row twice", "a lost row of the listing",
			"a changed right", "a former state of a record", "a lost act"}, f.name) {
			continue
		}
		b.with(f, func() {
			if d := compare(); len(d) == 0 {
				t.Errorf("%s: not found", f.name)
			}
		})
	}
	b.remove("platform", find(t, b.rows["platform"], func(r row) bool { return strings.HasPrefix(at(r, "sk"), "S|") }))
	if d := compare(); len(d) != 0 {
		t.Error("a session counts:", d)
	}
}

// An act that cannot be taken up stays pending and is named.
func TestParkedAct(t *testing.T) {
	b := newBooks(t)
	act := find(t, b.rows["finance"], func(r row) bool { return kind("ACT")(r) && at(r, "prj") != "" })
	act = copyOf(act)
	act["prj"], act["pend"], act["pat"] = text("nonsense"), text(strings.Split(at(act, "pk"), "|")[0]+"|PEND|0"), text(at(act, "id")+"p")
	b.put("finance", act)
	if err := b.set.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := b.check().Defects; !slices.ContainsFunc(d, func(d verify.Defect) bool { return strings.Contains(d.What, at(act, "id")+" is pending") }) {
		t.Error(d)
	}
}
