package stacks_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"backoffice/infra/cloud/cloudtest"
	"backoffice/infra/cloud/stacks"
	"backoffice/internal/catalog"
)

func TestEveryTableAndTheFilesAreCopiedIntoALockedVault(t *testing.T) {
	for generation, made := range map[string]map[string]cloudtest.Template{"": templates(t), "-r1": overTables("r1").templates} {
		tpl := made["backoffice-test-backup"]
		vault := only(t, tpl, "AWS::Backup::BackupVault")
		if vault.Text("LockConfiguration") != `{"ChangeableForDays":3,"MinRetentionDays":7}` || vault.DeletionPolicy != "RetainExceptOnCreate" ||
			vault.Text("EncryptionKeyArn") != `{"Fn::GetAtt":["Key","Arn"]}` {
			t.Errorf("vault %v", vault.Properties)
		}
		rules := only(t, tpl, "AWS::Backup::BackupPlan").Text("BackupPlan", "BackupPlanRule")
		if !strings.Contains(rules, `"Lifecycle":{"DeleteAfterDays":35}`) || !strings.Contains(rules, `"cron(0 2 * * ? *)"`) || strings.Contains(rules, "CopyActions") {
			t.Errorf("plan %s", rules)
		}
		selected := only(t, tpl, "AWS::Backup::BackupSelection").Text("BackupSelection", "Resources")
		may := only(t, tpl, "AWS::IAM::Role").Text("Policies")
		for _, d := range catalog.Domains() {
			table := ":table/backoffice-test" + generation + "-" + d.Name + `"`
			if !strings.Contains(selected, table) || !strings.Contains(may, table) {
				t.Errorf("%s is not copied: %s", table, selected)
			}
		}
		if !strings.Contains(selected, "backoffice-test-files") {
			t.Errorf("files are not copied: %s", selected)
		}
		for _, never := range []string{"dynamodb:RestoreTable", "dynamodb:DeleteTable", "dynamodb:PutItem", "s3:PutObject\"", "s3:DeleteObject", "backup:Delete"} {
			if strings.Contains(may, never) {
				t.Errorf("the role may do %s", never)
			}
		}
	}
}

// A stage that keeps copies elsewhere has every copy go there, and one that keeps none has no vault.
func TestCopiesGoElsewhereOnRequestOnly(t *testing.T) {
	const elsewhere = "arn:aws:backup:eu-central-1:123456789012:backup-vault:backoffice"
	app, s := awscdk.NewApp(nil), settings(nil, nil, emptyZip(t))
	s.Stage.Backup.CopyTo = elsewhere
	if err := stacks.Build(app, s); err != nil {
		t.Fatal(err)
	}
	made, err := cloudtest.Read(app.Synth(nil))
	if err != nil {
		t.Fatal(err)
	}
	tpl := made["backoffice-test-backup"]
	if rules := only(t, tpl, "AWS::Backup::BackupPlan").Text("BackupPlan", "BackupPlanRule"); !strings.Contains(rules, `"CopyActions":[{"DestinationBackupVaultArn":"`+elsewhere+`"`) {
		t.Errorf("plan %s", rules)
	}
	if may := only(t, tpl, "AWS::IAM::Role").Text("Policies"); !strings.Contains(may, `"Resource":["`+elsewhere+`"]`) {
		t.Errorf("role %s", may)
	}
	app, s.Stage.Backup = awscdk.NewApp(nil), nil
	if err := stacks.Build(app, s); err != nil {
		t.Fatal(err)
	}
	if made, err = cloudtest.Read(app.Synth(nil)); err != nil || made["backoffice-test-backup"].Raw != "" {
		t.Errorf("a stage without copies has a vault, %v", err)
	}
}

func TestBadSettingsOfBackupsAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		backup stacks.Backup
		want   string
	}{
		"no days":            {stacks.Backup{LockDays: 1}, "stage test: backup is kept for 0 days and locked for 1"},
		"no lock":            {stacks.Backup{Days: 1}, "stage test: backup is kept for 1 days and locked for 0"},
		"locked for longer":  {stacks.Backup{Days: 7, LockDays: 8}, "stage test: backup is kept for 7 days and locked for 8"},
		"a name, and no ARN": {stacks.Backup{Days: 7, LockDays: 7, CopyTo: "elsewhere"}, `stage test: backup: copyTo "elsewhere" is no ARN`},
	} {
		t.Run(name, func(t *testing.T) {
			s := settings(nil, nil, "none.zip")
			s.Stage.Backup = &c.backup
			if err := stacks.Build(awscdk.NewApp(nil), s); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}
