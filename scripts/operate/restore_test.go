package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/catalog"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/store"
)

// asked is a restore of the stage dev that is in order.
func asked(at string) order {
	return order{stage: "dev", tables: "r1", at: at, by: "Rona Muir", reason: "A test"}
}

// restoring does a restore without waiting long, and gives what it said.
func (f *tablesOfAWS) restoring(o order, s stageFacts) (string, error) {
	var out bytes.Buffer
	r := f.account.restoration(o, s, &out)
	r.poll = time.Millisecond
	r.order.work = f.t.TempDir()
	f.done = nil
	err := r.run(f.t.Context())
	if left, _ := filepath.Glob(filepath.Join(r.order.work, "*")); len(left) > 0 {
		f.t.Error("left behind:", left)
	}
	return out.String(), err
}

// All tables come back as they were at one instant, with everything that the stacks' tables have, shut and verified, while the
// present ones stay as they are. Begun again it does nothing anew.
func TestRestoreBringsEveryTableBack(t *testing.T) {
	f := newTables(t)
	_, later := f.books()
	said, err := f.restoring(asked(latest), stageFacts{})
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, want := range []string{"restoring backoffice-dev-finance to backoffice-dev-r1-finance as of " + later.Format(time.RFC3339), "backoffice-dev-r1-platform is there",
		"writes are shut in backoffice-dev-r1", "NOTE: writes are open in backoffice-dev,", "backoffice-dev-r1 is in order: 1 tenants", `Put "tables": "r1" into the stage dev`} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	for _, d := range catalog.Domains() {
		name := "backoffice-dev-r1-" + d.Name
		if missing, err := lacks(t.Context(), dynamodb.NewFromConfig(f.account.Config), name); err != nil || len(missing) > 0 {
			t.Errorf("%s lacks %v, %v", name, missing, err)
		}
		made, err := f.client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &name})
		if err != nil {
			t.Fatal(err)
		}
		tags, err := f.client.ListTagsOfResource(t.Context(), &dynamodb.ListTagsOfResourceInput{ResourceArn: made.Table.TableArn})
		if err != nil || len(tags.Tags) != 1 || aws.ToString(tags.Tags[0].Value) != "engineering" {
			t.Errorf("%s has the tags %v, %v", name, tags, err)
		}
	}
	if m, err := platformdb.New(store.Open(f.account.Config, "backoffice-dev-r1")).Maintenance(t.Context()); err != nil || !m.On || m.By != "Rona Muir" {
		t.Errorf("the switch is %+v, %v", m, err)
	}
	if m, err := platformdb.New(store.Open(f.account.Config, "backoffice-dev")).Maintenance(t.Context()); err != nil || m.On {
		t.Errorf("the present tables' switch is %+v, %v", m, err)
	}
	f.untouched()
	if said, err := f.restoring(asked(latest), stageFacts{}); err != nil || slices.ContainsFunc(f.done, func(d string) bool { return strings.HasPrefix(d, "Restore") || strings.HasPrefix(d, "Update") }) {
		t.Errorf("begun again: %v, it did %v\n%s", err, f.done, said)
	}
	f.untouched()
}

// untouched wants everything that was done to have been done to new tables, and nothing to be deleted.
func (f *tablesOfAWS) untouched() {
	f.t.Helper()
	for _, d := range f.done {
		if action, table, _ := strings.Cut(d, " "); strings.HasPrefix(action, "Delete") || table != "" && !strings.HasPrefix(table, "backoffice-dev-r") {
			f.t.Errorf("it did %s", d)
		}
	}
}

// Tables that were not cut at one instant hold a torn act, which is named; an earlier instant, under other names, is whole.
func TestRestoreNamesATornAct(t *testing.T) {
	f := newTables(t)
	quiet, later := f.books()
	f.early["platform"] = true
	said, err := f.restoring(asked(later.Format(time.RFC3339)), stageFacts{})
	if err == nil || !strings.Contains(err.Error(), "wrote it, and it is not there") || !strings.Contains(said, "DEFECT platform ten_") || strings.Contains(said, "Put") {
		t.Fatalf("error %v\n%s", err, said)
	}
	o := asked(quiet.Format(time.RFC3339))
	if _, err := f.restoring(o, stageFacts{}); err == nil || !strings.Contains(err.Error(), "table backoffice-dev-r1-finance is there, and is no restore of backoffice-dev-finance as of 2026-06-15T09:00:00Z") {
		t.Errorf("the same names to another instant: %v", err)
	}
	o.tables = "r2"
	if said, err := f.restoring(o, stageFacts{}); err != nil || !strings.Contains(said, "backoffice-dev-r2 is in order") {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestRestoreSaysBeforehandWhatSpeaksAgainstIt(t *testing.T) {
	f := newTables(t)
	_, later := f.books()
	if _, err := f.client.CreateTable(t.Context(), store.TableInput("backoffice-dev-r7-finance", false)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*order, *stageFacts)
		want   string
	}{
		"no generation":        {func(o *order, _ *stageFacts) { o.tables = "" }, `tables "" is no generation`},
		"ill-formed":           {func(o *order, _ *stageFacts) { o.tables = "prod" }, `tables "prod" is no generation`},
		"the present ones":     {func(_ *order, s *stageFacts) { s.Tables = "r1" }, "the stage's tables are backoffice-dev-r1 already"},
		"nobody":               {func(o *order, _ *stageFacts) { o.by = " " }, "say BY=… and REASON=…"},
		"no instant":           {func(o *order, _ *stageFacts) { o.at = "" }, `AT="": say an instant`},
		"local time":           {func(o *order, _ *stageFacts) { o.at = "2026-06-15 09:00" }, "say an instant such as"},
		"too early":            {func(o *order, _ *stageFacts) { o.at = "2026-06-15T08:59:59Z" }, "from 2026-06-15T09:00:00Z to 2026-06-15T09:00:10Z"},
		"still to come":        {func(o *order, _ *stageFacts) { o.at = later.Add(time.Second).Format(time.RFC3339) }, "can be brought back to whole seconds"},
		"part of a second":     {func(o *order, _ *stageFacts) { o.at = "2026-06-15T09:00:05.5Z" }, "can be brought back to whole seconds"},
		"names that are taken": {func(o *order, _ *stageFacts) { o.tables = "r7" }, "table backoffice-dev-r7-finance is there, and is no restore"},
		"no such source":       {func(_ *order, s *stageFacts) { s.Tables = "r3" }, "table backoffice-dev-r3-platform"},
	} {
		t.Run(name, func(t *testing.T) {
			o, s := asked(latest), stageFacts{}
			c.change(&o, &s)
			if _, err := f.restoring(o, s); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "nothing was restored") {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if len(f.done) > 0 {
				t.Errorf("all the same it did %v", f.done)
			}
		})
	}
	f.off["backoffice-dev-migration"] = true
	if _, err := f.restoring(asked(latest), stageFacts{}); err == nil || !strings.Contains(err.Error(), "table backoffice-dev-migration cannot be brought back to an instant") {
		t.Errorf("error %v", err)
	}
}

func TestRestoreForetellsWhatItWouldDo(t *testing.T) {
	f := newTables(t)
	f.books()
	o := asked(latest)
	o.dry = true
	said, err := f.restoring(o, stageFacts{})
	if err != nil || len(f.done) > 0 {
		t.Fatalf("%v, it did %v", err, f.done)
	}
	for _, want := range []string{"would restore backoffice-dev-platform to backoffice-dev-r1-platform as of 2026-06-15T09:00:10Z", "would shut writes in backoffice-dev-r1 (Rona Muir: A test)"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
}

// A deployment takes restored tables over when they have everything, and is refused where it would set an empty table in the
// place of a missing one.
func TestDeploymentsTakeOverWhatIsThere(t *testing.T) {
	f := newTables(t)
	f.books()
	dir := t.TempDir()
	var stacks []string
	for _, d := range catalog.Domains() {
		stack := "backoffice-dev-" + d.Name
		stacks = append(stacks, stack)
		template := `{"Resources": {"TableR1": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "backoffice-dev-r1-` + d.Name + `"}}}}`
		if err := os.WriteFile(filepath.Join(dir, stack+".template.json"), []byte(template), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	gone := stageFacts{Tables: "r1"}
	if _, err := f.account.adopt(t.Context(), dir, stacks, gone); err == nil || !strings.Contains(err.Error(), `table backoffice-dev-r1-finance is not there, and the stage names the restored tables "r1"`) {
		t.Errorf("no tables: %v", err)
	}
	if all, err := f.account.adopt(t.Context(), dir, stacks, stageFacts{}); err != nil || len(all) > 0 {
		t.Errorf("a stage's first deployment takes over %v, %v", all, err)
	}
	if said, err := f.restoring(asked(latest), stageFacts{}); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if all, err := f.account.adopt(t.Context(), dir, stacks, gone); err != nil || len(all) != len(stacks) {
		t.Errorf("taken over are %v, %v", all, err)
	}
	f.held = &fakeAWS{stacks: []string{"backoffice-dev-finance"}} // which lists the table backoffice-dev-finance
	if take, err := f.account.takes(t.Context(), wanted{"backoffice-dev-finance", "backoffice-dev-finance"}, ""); err != nil || take {
		t.Errorf("a stack takes over what it has: %v, %v", take, err)
	}
	f.held.skipped = true // a first deployment was taken back, and left its table, which nobody has now
	if held, err := f.account.holds(t.Context(), wanted{"backoffice-dev-finance", "backoffice-dev-finance"}); err != nil || held {
		t.Errorf("a stack that let go of a table holds it: %v, %v", held, err)
	}
	if _, err := f.client.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: aws.String("backoffice-dev-r1-finance"),
		StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(false)}}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.account.adopt(t.Context(), dir, stacks, gone); err == nil || !strings.Contains(err.Error(), "table backoffice-dev-r1-finance belongs to no stack and lacks a stream of new images") {
		t.Errorf("a table without its stream: %v", err)
	}
	if calls := plan(order{assets: dir}, placed{home: stacks}, nil, true); len(calls) != 1 || !slices.Contains(calls[0], "--import-existing-resources") {
		t.Errorf("calls %v", calls)
	}
}
