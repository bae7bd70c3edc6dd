package construct

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsbackup"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

const (
	backupAt            = "cron(0 2 * * ? *)" // UTC
	backupStartMinutes  = 60
	backupEndMinutes    = 720
	backupLockGraceDays = 3 // the least that AWS gives to take a lock back
)

// BackupProps say what is copied every night, and how long a copy is kept.
type BackupProps struct {
	Name     string    // of vault, plan and selection
	Tables   []*string // ARNs
	Bucket   *string   // ARN
	Key      *string   // ARN of the key that tables and bucket are encrypted with
	Days     int       // a copy is kept
	LockDays int       // nobody can delete a copy before, not even the account's owner
	CopyTo   string    // ARN of a vault elsewhere that each copy goes to as well; "" for none
}

// Backup makes a locked vault with a key of its own, and the plan that fills it every night. What is kept there outlives the
// stack, the tables, and whoever deletes them.
func Backup(scope constructs.Construct, p BackupProps) {
	key := backupKey(scope, p.Name)
	vault := awsbackup.NewCfnBackupVault(scope, jsii.String("Vault"), &awsbackup.CfnBackupVaultProps{BackupVaultName: jsii.String(p.Name), EncryptionKeyArn: key.AttrArn(),
		LockConfiguration: &awsbackup.CfnBackupVault_LockConfigurationTypeProperty{MinRetentionDays: jsii.Number(p.LockDays), ChangeableForDays: jsii.Number(backupLockGraceDays)}})
	Keep(vault)
	lifecycle := &awsbackup.CfnBackupPlan_LifecycleResourceTypeProperty{DeleteAfterDays: jsii.Number(p.Days)}
	rule := &awsbackup.CfnBackupPlan_BackupRuleResourceTypeProperty{RuleName: jsii.String("nightly"), TargetBackupVault: vault.Ref(), ScheduleExpression: jsii.String(backupAt),
		StartWindowMinutes: jsii.Number(backupStartMinutes), CompletionWindowMinutes: jsii.Number(backupEndMinutes), Lifecycle: lifecycle}
	if p.CopyTo != "" {
		rule.CopyActions = &[]any{&awsbackup.CfnBackupPlan_CopyActionResourceTypeProperty{DestinationBackupVaultArn: jsii.String(p.CopyTo), Lifecycle: lifecycle}}
	}
	plan := awsbackup.NewCfnBackupPlan(scope, jsii.String("Plan"), &awsbackup.CfnBackupPlanProps{
		BackupPlan: &awsbackup.CfnBackupPlan_BackupPlanResourceTypeProperty{BackupPlanName: jsii.String(p.Name), BackupPlanRule: &[]any{rule}}})
	all := append([]*string{p.Bucket}, p.Tables...)
	awsbackup.NewCfnBackupSelection(scope, jsii.String("Selection"), &awsbackup.CfnBackupSelectionProps{BackupPlanId: plan.Ref(),
		BackupSelection: &awsbackup.CfnBackupSelection_BackupSelectionResourceTypeProperty{SelectionName: jsii.String(p.Name),
			IamRoleArn: backupRole(scope, p, vault, key).AttrArn(), Resources: &all}})
}

// backupKey makes the key of the copies: whoever may use the tables' key cannot read these by it, nor lose them with it.
func backupKey(scope constructs.Construct, name string) awskms.CfnKey {
	stack := awscdk.Stack_Of(scope)
	owner := awscdk.Fn_Join(jsii.String(""), &[]*string{jsii.String("arn:"), stack.Partition(), jsii.String(":iam::"), stack.Account(), jsii.String(":root")})
	k := awskms.NewCfnKey(scope, jsii.String("Key"), &awskms.CfnKeyProps{Description: jsii.String("Encrypts the copies in the vault " + name), EnableKeyRotation: jsii.Bool(true),
		PendingWindowInDays: jsii.Number(keyWaitDays), KeyPolicy: policy(statement{"Sid": "Owner", "Effect": "Allow", "Principal": map[string]any{"AWS": owner},
			"Action": "kms:*", "Resource": "*"})})
	Keep(k)
	return k
}

// backupRole lets AWS Backup copy these tables and this bucket into the vault, and restore nothing: who restores brings a role
// of his own. The names of copies and of the rules by which a bucket's changes are followed are AWS's.
func backupRole(scope constructs.Construct, p BackupProps, vault awsbackup.CfnBackupVault, key awskms.CfnKey) awsiam.CfnRole {
	within := func(arn *string, path string) *string {
		return awscdk.Fn_Join(jsii.String(""), &[]*string{arn, jsii.String(path)})
	}
	stack := awscdk.Stack_Of(scope)
	var copies []*string
	for _, table := range p.Tables {
		copies = append(copies, within(table, "/backup/*"))
	}
	may := []statement{
		allow([]string{"dynamodb:CreateBackup", "dynamodb:DescribeTable", "dynamodb:ListTagsOfResource", "dynamodb:StartAwsBackupJob"}, p.Tables...),
		allow([]string{"dynamodb:DeleteBackup", "dynamodb:DescribeBackup"}, copies...),
		allow([]string{"s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketNotification", "s3:GetBucketTagging", "s3:GetBucketVersioning", "s3:GetInventoryConfiguration",
			"s3:ListBucket", "s3:ListBucketVersions", "s3:PutBucketNotification", "s3:PutInventoryConfiguration"}, p.Bucket),
		allow([]string{"s3:GetObject", "s3:GetObjectAcl", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"}, within(p.Bucket, "/*")),
		allow([]string{"events:DeleteRule", "events:DescribeRule", "events:DisableRule", "events:EnableRule", "events:ListTargetsByRule", "events:PutRule", "events:PutTargets",
			"events:RemoveTargets"}, arn(stack, "events", "rule/AwsBackupManagedRule*")),
		allow([]string{"cloudwatch:GetMetricData", "events:ListRules", "s3:ListAllMyBuckets"}, jsii.String("*")),
		allow([]string{"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"}, p.Key, key.AttrArn()),
		allow([]string{"backup:CopyIntoBackupVault", "backup:DescribeBackupVault"}, vault.AttrBackupVaultArn()),
	}
	if p.CopyTo != "" {
		may = append(may, allow([]string{"backup:CopyIntoBackupVault"}, jsii.String(p.CopyTo)))
	}
	return serviceRole(scope, "Role", "backup.amazonaws.com", may...)
}
