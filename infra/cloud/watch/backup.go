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
	for _, a := range []struct {
		of, says, name string
	}{
		{"failed-copies", "A nightly copy of the tables or files failed.", "NumberOfBackupJobsFailed"},
		{"late-copies", "A nightly copy of the tables or files was not begun in time.", "NumberOfBackupJobsExpired"},
		{"other-vault", "A nightly copy of the tables or files did not reach the other vault.", "NumberOfCopyJobsFailed"},
	} {
		m := of(a.name)
		s.alarm(stack, Alarm{page: BackupFailures, of: a.of, says: a.says, metric: &m, above: 0, within: time.Hour, breaching: 1, periods: 1, missing: fine})
	}
	// One metric alone: a sum with one that is never written, since nothing ever failed, would have no figures, and ring for ever.
	s.alarm(stack, Alarm{page: BackupFailures, of: "copies", says: "There was no nightly copy of the tables or files for a day.",
		sum: "IF(made > 0, 0, 1)", parts: map[string]metric{"made": of("NumberOfBackupJobsCompleted")},
		above: 0, within: 24 * time.Hour, breaching: 1, periods: 1, missing: bad})
}
