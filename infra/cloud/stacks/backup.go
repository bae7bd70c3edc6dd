package stacks

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
)

// Backup says how long the nightly copies of a stage's tables and files are kept, apart from the tables' own recovery to any
// second, which ends after 35 days and with the account.
type Backup struct {
	Days     int    `json:"days"`     // a copy is kept
	LockDays int    `json:"lockDays"` // nobody can delete a copy before; three days after the vault was made that cannot be taken back
	CopyTo   string `json:"copyTo"`   // ARN of a vault of another region or account that has each copy, too; "" for none
}

// vaultARN is a vault as AWS names it.
var vaultARN = regexp.MustCompile(`^arn:aws[a-z-]*:backup:[a-z0-9-]+:\d{12}:backup-vault:[A-Za-z0-9_-]{2,50}$`)

func (s Settings) validateBackup() error {
	b := s.Stage.Backup
	if b == nil {
		return nil
	}
	var all []error
	if b.Days < 1 || b.LockDays < 1 || b.LockDays > b.Days {
		all = append(all, fmt.Errorf("stage %s: backup is kept for %d days and locked for %d: days must be at least lockDays, and that at least 1", s.Name, b.Days, b.LockDays))
	}
	if b.CopyTo != "" && !vaultARN.MatchString(b.CopyTo) {
		all = append(all, fmt.Errorf("stage %s: backup: copyTo %q is no ARN of a backup vault", s.Name, b.CopyTo))
	}
	return errors.Join(all...)
}

// backup makes the stack of the nightly copies, where the stage has them. Everything in it is named, so it follows the stage to
// restored tables.
func backup(app awscdk.App, s Settings) {
	b := s.Stage.Backup
	if b == nil {
		return
	}
	stack := s.newStack(app, "backup", "Nightly copies of tables and files, and the locked vault that keeps them")
	stack.AddMetadata(jsii.String("Unproven"), jsii.String("the emulator knows no selection of what is backed up"))
	for _, name := range append(s.tables(), "shared") {
		stack.AddStackDependency(awscdk.Stack_Of(app.Node().FindChild(jsii.String(s.Prefix()+"-"+name))), jsii.String("it copies what is there"))
	}
	p := construct.BackupProps{Name: s.Prefix(), Key: read(stack, "DataKey", s.parameter("key")), Days: b.Days, LockDays: b.LockDays, CopyTo: b.CopyTo}
	for _, name := range s.tables() {
		p.Tables = append(p.Tables, stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("dynamodb"), Resource: jsii.String("table"), ResourceName: jsii.String(s.TablePrefix() + "-" + name)}))
	}
	p.Bucket = awscdk.Fn_Join(jsii.String(""), &[]*string{jsii.String("arn:"), stack.Partition(), jsii.String(":s3:::"), bucketName(stack, s, "files")})
	construct.Backup(stack, p)
	s.observer().Backup(stack, s.Prefix())
}
