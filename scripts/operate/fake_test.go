package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"backoffice/scripts/awscall"
)

// fakeAWS answers what operating asks of an account, and notes what is done to it.
type fakeAWS struct {
	mu      sync.Mutex
	stacks  []string // names, oldest first
	shield  bool     // termination protection
	failed  string   // a stack whose making was taken back
	items   int      // in the table
	objects string   // in the bucket, as XML
	users   string   // in the pool, as JSON
	roles   int
	alarms  string // as XML
	more    string // alarms of the second page
	copies  string // in the vault, as JSON
	busy    int    // how often the table is still being changed when it is to be deleted
	skipped bool   // the stack's making was taken back, and what it retains is left standing
	done    []string
}

func (f *fakeAWS) account(t *testing.T) account {
	t.Helper()
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	return account{awscall.Account{Config: aws.Config{Region: "eu-west-2", BaseEndpoint: &srv.URL, Credentials: credentials.NewStaticCredentialsProvider("id", "secret", "")}}}
}

func (f *fakeAWS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	raw, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(raw))
	action := form.Get("Action")
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		action = target[strings.LastIndex(target, ".")+1:]
	}
	if action == "" {
		action = r.Method + " " + r.URL.Path
	}
	if r.Header.Get("Authorization") == "" {
		http.Error(w, "unsigned", http.StatusForbidden)
		return
	}
	if strings.HasPrefix(action, "Delete") || strings.HasPrefix(action, "DELETE") || strings.HasPrefix(action, "Update") {
		f.done = append(f.done, strings.TrimSpace(action+" "+form.Get("StackName")))
	}
	if action == "DeleteTable" && f.busy > 0 {
		f.busy--
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"__type": "com.amazonaws.dynamodb.v20120810#ResourceInUseException"}`)
		return
	}
	_, _ = io.WriteString(w, f.answer(action, form))
}

func (f *fakeAWS) answer(action string, form url.Values) string {
	switch action {
	case "DescribeStacks":
		return f.describe()
	case "DeleteStack":
		f.stacks = without(f.stacks, form.Get("StackName"))
	case "ListStackResources":
		return listed(form.Get("StackName"), f.skipped)
	case "Scan":
		return fmt.Sprintf(`{"Count": %d}`, f.items)
	case "ListUsers":
		return `{"Users": [` + f.users + `]}`
	case "GET /files":
		return "<ListVersionsResult>" + f.objects + "</ListVersionsResult>"
	case "GetCallerIdentity":
		return "<R><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></R>"
	case "GetAccountSummary":
		return fmt.Sprintf("<R><GetAccountSummaryResult><SummaryMap><entry><key>Roles</key><value>%d</value></entry><entry><key>RolesQuota</key><value>1000</value></entry></SummaryMap></GetAccountSummaryResult></R>", f.roles)
	case "GET /2016-08-19/account-settings/":
		return `{"AccountLimit": {"ConcurrentExecutions": 1000}}`
	case "DescribeAlarms":
		alarms, next := f.alarms, ""
		if form.Get("NextToken") != "" {
			alarms = f.more
		} else if f.more != "" {
			next = "more"
		}
		return "<R><DescribeAlarmsResult><MetricAlarms>" + alarms + "</MetricAlarms><NextToken>" + next + "</NextToken></DescribeAlarmsResult></R>"
	case "GET /backup-vaults/vault/recovery-points/":
		return `{"RecoveryPoints": [` + f.copies + `]}`
	}
	return "{}"
}

// describe tells of the stacks one after another, made an hour apart, and of the CDK's own.
func (f *fakeAWS) describe() string {
	var b strings.Builder
	for i, name := range f.stacks {
		status := "CREATE_COMPLETE"
		if name == f.failed {
			status = "ROLLBACK_COMPLETE"
		}
		fmt.Fprintf(&b, "<member><StackName>%s</StackName><StackStatus>%s</StackStatus><CreationTime>2026-01-01T%02d:00:00Z</CreationTime><EnableTerminationProtection>%v</EnableTerminationProtection></member>", name, status, i, f.shield)
	}
	b.WriteString("<member><StackName>CDKToolkit</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2025-01-01T00:00:00Z</CreationTime><Outputs><member><OutputKey>BootstrapVersion</OutputKey><OutputValue>30</OutputValue></member></Outputs></member>")
	return "<R><DescribeStacksResult><Stacks>" + b.String() + "</Stacks></DescribeStacksResult></R>"
}

func listed(stack string, skipped bool) string {
	if stack != "backoffice-dev-finance" {
		return "<R/>"
	}
	status := "CREATE_COMPLETE"
	if skipped {
		status = "DELETE_SKIPPED"
	}
	var b strings.Builder
	for kind, id := range map[string]string{typeTable: "backoffice-dev-finance", typeBucket: "files", typeUserPool: "pool", typeSecret: "cursor", typeVault: "vault", "AWS::Lambda::Function": "f"} {
		fmt.Fprintf(&b, "<member><ResourceType>%s</ResourceType><PhysicalResourceId>%s</PhysicalResourceId><ResourceStatus>%s</ResourceStatus></member>", kind, id, status)
	}
	return "<R><ListStackResourcesResult><StackResourceSummaries>" + b.String() + "</StackResourceSummaries></ListStackResourcesResult></R>"
}

func without(list []string, name string) []string {
	var out []string
	for _, e := range list {
		if e != name {
			out = append(out, e)
		}
	}
	return out
}
