package stacks_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"backoffice/infra/cloud/cloudtest"
	"backoffice/internal/catalog"
	"backoffice/internal/store"
)

func TestTablesHaveTheStoreKitsForm(t *testing.T) {
	for _, d := range catalog.Domains() {
		tables := templates(t)["backoffice-test-"+d.Name].OfType("AWS::DynamoDB::Table")
		if len(tables) != 1 {
			t.Fatalf("%s has %d tables", d.Name, len(tables))
		}
		form := store.TableInput("backoffice-test-"+d.Name, true)
		for _, table := range tables {
			if table.Text("TableName") != *form.TableName || table.Text("BillingMode") != "PAY_PER_REQUEST" || table.DeletionPolicy != "Retain" {
				t.Errorf("%s: %v", d.Name, table.Properties)
			}
			if have, want := table.Text("KeySchema"), `[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}]`; have != want {
				t.Errorf("%s: keys %s", d.Name, have)
			}
			indexes, _ := table.Properties["GlobalSecondaryIndexes"].([]any)
			if len(indexes) != len(form.GlobalSecondaryIndexes) {
				t.Errorf("%s: %d indexes", d.Name, len(indexes))
			}
			checkProtection(t, d.Name, table)
		}
	}
}

func checkProtection(t *testing.T, name string, table cloudtest.Resource) {
	t.Helper()
	if table.Properties["DeletionProtectionEnabled"] != true || table.Text("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") != "true" ||
		table.Text("SSESpecification", "SSEEnabled") != "true" || table.Text("StreamSpecification", "StreamViewType") != "NEW_IMAGE" ||
		table.Text("TimeToLiveSpecification", "Enabled") != "true" {
		t.Errorf("%s is not protected: %v", name, table.Properties)
	}
}

func TestEveryStackButTheSharedOneNamesItsAPIForOthers(t *testing.T) {
	for _, d := range catalog.Domains() {
		names := map[string]bool{}
		for _, p := range templates(t)["backoffice-test-"+d.Name].OfType("AWS::SSM::Parameter") {
			names[p.Text("Name")] = true
		}
		for _, want := range []string{"api", "authorizer", "stream"} {
			if !names["/backoffice/test/"+d.Name+"/"+want] {
				t.Errorf("%s does not name its %s: %v", d.Name, want, names)
			}
		}
	}
}

func TestWhatNobodyWaitsForIsFedRetriedWithinBoundsAndPutAside(t *testing.T) {
	mappings, schedules := 0, 0
	for _, tpl := range templates(t) {
		for id, m := range tpl.OfType("AWS::Lambda::EventSourceMapping") {
			mappings++
			if m.Properties["BisectBatchOnFunctionError"] != true || m.Text("FunctionResponseTypes") != `["ReportBatchItemFailures"]` ||
				m.Text("MaximumRecordAgeInSeconds") != "43200" || m.Text("DestinationConfig", "OnFailure", "Destination") == "null" {
				t.Errorf("%s: %v", id, m.Properties)
			}
		}
		for id, s := range tpl.OfType("AWS::Scheduler::Schedule") {
			schedules++
			if s.Text("Target", "DeadLetterConfig", "Arn") == "null" || s.Text("Target", "RetryPolicy", "MaximumRetryAttempts") != "3" {
				t.Errorf("%s: %v", id, s.Properties)
			}
			job, role := tpl.Resources[strings.TrimSuffix(id, "Schedule")+"Calls"], tpl.Resources[strings.TrimSuffix(id, "Schedule")+"Role"]
			queue := s.Text("Target", "DeadLetterConfig", "Arn")
			if job.Text("DestinationConfig", "OnFailure", "Destination") != queue || job.Text("MaximumRetryAttempts") != "2" || job.Text("MaximumEventAgeInSeconds") != "3600" {
				t.Errorf("what %s calls and fails: %v", id, job.Properties)
			}
			if grant := `{"Action":["sqs:SendMessage"],"Effect":"Allow","Resource":[` + queue + `]}`; !strings.Contains(role.Text("Policies"), grant) {
				t.Errorf("the function of %s may not put aside what it fails at: %s", id, role.Text("Policies"))
			}
			caller := tpl.Resources[id+"Role"] // the scheduler's, which no emulator asks for its rights
			for _, grant := range []string{`{"Action":["lambda:InvokeFunction"],"Effect":"Allow","Resource":[` + s.Text("Target", "Arn") + `]}`,
				`{"Action":["sqs:SendMessage"],"Effect":"Allow","Resource":[` + queue + `]}`} {
				if !strings.Contains(caller.Text("Policies"), grant) || !strings.Contains(s.Text("Target", "RoleArn"), id+"Role") || !strings.Contains(caller.Text("AssumeRolePolicyDocument"), `"scheduler.amazonaws.com"`) {
					t.Errorf("%s may not do what it is for: %s", id, caller.Text("Policies"))
				}
			}
		}
	}
	if mappings == 0 || schedules == 0 {
		t.Errorf("%d stream mappings, %d schedules", mappings, schedules)
	}
}

// A line of the access log can be read as JSON whatever API Gateway writes for its variables: for nothing a hyphen, for
// messageString a text that is in quotes already.
func TestAccessLogsAreJSON(t *testing.T) {
	variable := regexp.MustCompile(`\$context\.[A-Za-z.]+`)
	for _, d := range catalog.Domains() {
		for _, stage := range templates(t)["backoffice-test-"+d.Name].OfType("AWS::ApiGatewayV2::Stage") {
			format := stage.Text("AccessLogSettings", "Format")
			for _, otherwise := range []string{"-", "Internal Server Error"} {
				line := variable.ReplaceAllStringFunc(format, func(name string) string {
					if strings.HasSuffix(name, "String") && otherwise != "-" {
						return `"` + otherwise + `"`
					}
					return otherwise
				})
				if !json.Valid([]byte(line)) || len(variable.FindAllString(format, -1)) < 5 {
					t.Errorf("%s writes %s", d.Name, line)
				}
			}
		}
	}
}
