package watch

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

// Backup makes the alarms of a vault: on a copy that failed, and on a day without any. A day counts whole, since copies are made
// once a night.
func (s Stage) Backup(stack awscdk.Stack, vault string) {
	of := func(name string) metric {
		return metric{namespace: "AWS/Backup", name: name, statistic: "Sum", dimensions: []dimension{{"BackupVaultName", jsii.String(vault)}}}
	}
	s.alarm(stack, Alarm{page: BackupFailures, says: "A nightly copy of the tables or files failed, was not begun in time or did not reach the other vault, or there was none for a day.",
		sum: "IF(FILL(made, 0) == 0, 1, 0) + FILL(failed, 0) + FILL(late, 0) + FILL(notcopied, 0)",
		parts: map[string]metric{"made": of("NumberOfBackupJobsCompleted"), "failed": of("NumberOfBackupJobsFailed"), "late": of("NumberOfBackupJobsExpired"),
			"notcopied": of("NumberOfCopyJobsFailed")},
		above: 0, within: 24 * time.Hour, breaching: 1, periods: 1, missing: bad})
}
