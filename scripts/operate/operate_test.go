package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"backoffice/scripts/awscall"
)

var devStacks = []string{"backoffice-dev-shared", "backoffice-dev-finance", "backoffice-dev-finance-1", "backoffice-developers"}

// A stage is taken away only when nothing would be lost; otherwise nothing at all is touched.
func TestDestroyRefusesWhereDataWouldBeLost(t *testing.T) {
	t.Chdir("../..")
	for name, c := range map[string]struct {
		account *fakeAWS
		confirm string
		want    string
	}{
		"items in a table":       {&fakeAWS{stacks: devStacks, items: 1}, "dev", "AWS::DynamoDB::Table backoffice-dev-finance is not empty"},
		"objects in a bucket":    {&fakeAWS{stacks: devStacks, objects: "<Version/>"}, "dev", "AWS::S3::Bucket files is not empty"},
		"deleted objects":        {&fakeAWS{stacks: devStacks, objects: "<DeleteMarker/>"}, "dev", "AWS::S3::Bucket files is not empty"},
		"copies in the vault":    {&fakeAWS{stacks: devStacks, copies: "{}"}, "dev", "AWS::Backup::BackupVault vault is not empty"},
		"people in the pool":     {&fakeAWS{stacks: devStacks, users: `{"Username": "ada"}`}, "dev", "AWS::Cognito::UserPool pool is not empty"},
		"termination protection": {&fakeAWS{stacks: devStacks, shield: true}, "dev", "backoffice-dev-shared is protected from termination"},
		"no confirmation":        {&fakeAWS{stacks: devStacks}, "", "say CONFIRM=dev"},
		"another stage's name":   {&fakeAWS{stacks: devStacks}, "prod", "say CONFIRM=dev"},
		"no such stage":          {&fakeAWS{stacks: []string{"backoffice-developers"}}, "dev", "has no stacks"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.account.account(t).destroy(t.Context(), order{stage: "dev", confirm: c.confirm})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if len(c.account.done) > 0 {
				t.Errorf("all the same it did %v", c.account.done)
			}
		})
	}
}

func TestDestroyTakesAnEmptyStageAwayInTheRightOrder(t *testing.T) {
	t.Chdir("../..")
	f := &fakeAWS{stacks: slices.Clone(devStacks)}
	if err := f.account(t).destroy(t.Context(), order{stage: "dev", confirm: "dev"}); err != nil {
		t.Fatal(err)
	}
	want := []string{"DeleteStack backoffice-dev-finance-1", "DeleteStack backoffice-dev-finance", "DeleteStack backoffice-dev-shared"}
	if len(f.done) < 3 || !slices.Equal(f.done[:3], want) {
		t.Errorf("did %v", f.done)
	}
	for _, what := range []string{"UpdateTable", "DeleteTable", "DeleteUserPool", "DELETE /files", "DeleteSecret", "DELETE /backup-vaults/vault"} {
		if !slices.Contains(f.done[3:], what) {
			t.Errorf("%s is missing in %v", what, f.done)
		}
	}
	if !slices.Equal(f.stacks, []string{"backoffice-developers"}) {
		t.Errorf("left are %v", f.stacks)
	}
}

// A table whose protection was lifted the moment before is still being changed, and is deleted when that is done.
func TestDestroyWaitsForTables(t *testing.T) {
	f := &fakeAWS{busy: 2}
	if err := f.account(t).deleteTable(t.Context(), "backoffice-dev-finance", time.Millisecond); err != nil || !slices.Equal(f.done, []string{"DeleteTable", "DeleteTable", "DeleteTable"}) {
		t.Errorf("did %v, %v", f.done, err)
	}
}

func TestDoctorNamesWhatWouldStopADeployment(t *testing.T) {
	sound := health{account: "1", bootstraps: map[string]int{"eu-west-2": 30}, roles: 10, rolesMax: 1000, operations: 140, concurrency: 1000}
	if no := sound.complaints(); len(no) > 0 {
		t.Errorf("a sound account: %v", no)
	}
	for name, c := range map[string]struct {
		change func(*health)
		want   string
	}{
		"no bootstrap":          {func(h *health) { h.bootstraps["us-east-1"] = 0 }, "cdk bootstrap aws://1/us-east-1"},
		"too many roles":        {func(h *health) { h.roles = 900 }, "900 of 1000 roles"},
		"too much reserved":     {func(h *health) { h.unreserved, h.reserve = 290, 200 }, "reserve 200 executions, the account has 290 left"},
		"a new account's limit": {func(h *health) { h.concurrency = 10 }, "at most 10 functions run at once"},
	} {
		h := sound
		h.bootstraps = map[string]int{"eu-west-2": 30}
		c.change(&h)
		if no := h.complaints(); len(no) != 1 || !strings.Contains(no[0].Error(), c.want) {
			t.Errorf("%s: %v", name, no)
		}
	}
	again := sound
	again.roles, again.deployed = 990, true
	again.unreserved, again.reserve = 100, 200
	if no := again.complaints(); len(no) > 0 {
		t.Errorf("the roles of a stage that stands are counted twice: %v", no)
	}
}

// What the functions reserve is read out of the templates, once there are any.
func TestReservationsAreCounted(t *testing.T) {
	dir := manifest(t, "{}")
	if n, err := reservations(dir); err != nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
	for name, template := range map[string]string{"a": `{"Resources": {"F": {"Properties": {"ReservedConcurrentExecutions": 10}}, "G": {"Properties": {}}}}`,
		"b": `{"Resources": {"F": {"Properties": {"ReservedConcurrentExecutions": 5}}, "Role": {}}}`} {
		if err := os.WriteFile(filepath.Join(dir, name+".template.json"), []byte(template), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := reservations(dir); err != nil || n != 15 {
		t.Errorf("%d, %v", n, err)
	}
}

func TestDoctorAsksTheAccount(t *testing.T) {
	t.Chdir("../..")
	if err := (&fakeAWS{roles: 10}).account(t).doctor(t.Context(), order{stage: "dev"}, stageFacts{}); err != nil {
		t.Error(err)
	}
	err := (&fakeAWS{roles: 950}).account(t).doctor(t.Context(), order{stage: "dev"}, stageFacts{})
	if err == nil || !strings.Contains(err.Error(), "950 of 1000 roles") {
		t.Errorf("error %v", err)
	}
	if err := run(t.Context(), []string{"doctor", "-stage", "moon"}); err == nil || !strings.Contains(err.Error(), `unknown stage "moon"`) {
		t.Errorf("error %v", err)
	}
}

func TestDeploymentsAreWatchedByTheAlarmsThatTellMost(t *testing.T) {
	f := &fakeAWS{alarms: member("backoffice-dev-finance-table-throttles", "OK") + member("backoffice-dev-finance-operation-errors", "OK") +
		member("backoffice-dev-finance-stream-lag", "INSUFFICIENT_DATA") + member("backoffice-dev-platform-operation-errors", "ALARM")}
	got, err := f.account(t).triggers(t.Context(), "dev")
	if err != nil || !slices.Equal(got, []string{"arn:backoffice-dev-finance-operation-errors", "arn:backoffice-dev-finance-stream-lag"}) {
		t.Errorf("%v, %v", got, err)
	}
	f.more = member("backoffice-dev-platform-function-errors", "OK") // an account has more alarms than one answer holds
	if got, err = f.account(t).triggers(t.Context(), "dev"); err != nil || len(got) != 3 || got[1] != "arn:backoffice-dev-platform-function-errors" {
		t.Errorf("%v, %v", got, err)
	}
	var many []alarm
	for range 9 {
		many = append(many, alarm{Name: "x-function-errors", ARN: "arn", State: "OK"})
	}
	if n := len(choose(many)); n != triggersMax {
		t.Errorf("%d alarms watch, CloudFormation takes %d", n, triggersMax)
	}
}

func member(name, state string) string {
	return "<member><AlarmName>" + name + "</AlarmName><AlarmArn>arn:" + name + "</AlarmArn><StateValue>" + state + "</StateValue></member>"
}

func manifest(t *testing.T, content string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWhatWasShownIsWhatIsDeployed(t *testing.T) {
	dir := manifest(t, `{"artifacts": {
		"backoffice-dev-shared": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region"},
		"backoffice-dev-firewall": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/us-east-1"},
		"backoffice-dev-shared.assets": {"type": "cdk:asset-manifest"}}}`)
	p, err := assembly(dir, "backoffice-dev-", "eu-west-2")
	if err != nil || !slices.Equal(p.home, []string{"backoffice-dev-shared"}) || !slices.Equal(p.elsewhere, []string{"backoffice-dev-firewall"}) {
		t.Fatalf("%+v, %v", p, err)
	}
	calls := plan(order{assets: dir, minutes: 7, outputs: "out.json"}, p, []string{"arn:1"}, false)
	if len(calls) != 2 || slices.Contains(calls[0], "--rollback-trigger-alarm-arns") || !slices.Contains(calls[1], "arn:1") || !slices.Contains(calls[1], "7") ||
		slices.Contains(calls[0], "out.json") || !slices.Contains(calls[1], "out.json") {
		t.Errorf("calls %v", calls)
	}
	for _, c := range calls {
		if i := slices.Index(c, "--app"); i < 0 || c[i+1] != dir {
			t.Errorf("%v deploys something else than the assembly", c)
		}
		if i := slices.Index(c, "--build"); i < 0 || c[i+1] != "true" {
			t.Errorf("%v builds every function again", c)
		}
	}
	if _, err := assembly(dir, "backoffice-prod-", "eu-west-2"); err == nil || !strings.Contains(err.Error(), "of another stage") {
		t.Errorf("error %v", err)
	}
	if _, err := assembly(t.TempDir(), "backoffice-dev-", "eu-west-2"); err == nil || !strings.Contains(err.Error(), "make diff") {
		t.Errorf("error %v", err)
	}
}

// What a target cannot take is left out by name; a name that is none would leave out nothing.
func TestStacksAreLeftOutByName(t *testing.T) {
	all := placed{home: []string{"a", "b", "c"}, elsewhere: []string{"d"}}
	for list, want := range map[string]placed{"": all, "b": {[]string{"a", "c"}, []string{"d"}}, "a,d": {[]string{"b", "c"}, nil}} {
		got, err := all.without(list)
		if err != nil || !slices.Equal(got.home, want.home) || !slices.Equal(got.elsewhere, want.elsewhere) {
			t.Errorf("without %q: %+v, %v", list, got, err)
		}
	}
	for _, list := range []string{"x", "a,b,c"} {
		if got, err := all.without(list); err == nil {
			t.Errorf("without %q: %+v", list, got)
		}
	}
}

// Calls go by the client of the configuration, which knows the authorities and the proxy that every AWS tool is told of.
func TestCallsTrustWhatTheConfigurationTrusts(t *testing.T) {
	t.Chdir("../..")
	f := &fakeAWS{}
	srv := httptest.NewTLSServer(f)
	t.Cleanup(srv.Close)
	a := account{awscall.Account{Config: aws.Config{Region: "eu-west-2", BaseEndpoint: &srv.URL, HTTPClient: srv.Client(), Credentials: credentials.NewStaticCredentialsProvider("id", "secret", "")}}}
	if err := a.doctor(t.Context(), order{stage: "dev"}, stageFacts{}); err != nil {
		t.Error(err)
	}
}

// A stack that was never made is in the way of being made while it is protected; one that stands stays protected.
func TestAStackThatWasNeverMadeIsLetGo(t *testing.T) {
	for name, c := range map[string]struct {
		account *fakeAWS
		want    []string
	}{
		"taken back and protected": {&fakeAWS{stacks: devStacks, failed: "backoffice-dev-finance", shield: true}, []string{"UpdateTerminationProtection backoffice-dev-finance"}},
		"taken back":               {&fakeAWS{stacks: devStacks, failed: "backoffice-dev-finance"}, nil},
		"protected":                {&fakeAWS{stacks: devStacks, shield: true}, nil},
		"another stage's":          {&fakeAWS{stacks: devStacks, failed: "backoffice-developers", shield: true}, nil},
	} {
		if err := c.account.account(t).unprotect(t.Context(), "dev", []string{"eu-west-2"}); err != nil || !slices.Equal(c.account.done, c.want) {
			t.Errorf("%s: did %v, %v", name, c.account.done, err)
		}
	}
}
