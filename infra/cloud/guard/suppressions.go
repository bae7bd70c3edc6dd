package guard

import (
	"fmt"
	"path"
	"regexp"
)

// Suppression excuses breaches of one rule.
type Suppression struct {
	Rule    string
	At      string // stack/logical id, as a pattern of path.Match
	Finding string // regular expression for the whole finding; "" takes any
	Because string
}

// Suppressions lists every exception from the rules. There are no others, and one that excuses nothing is an error.
func Suppressions() []Suppression {
	return []Suppression{
		{Rule: "wildcard", At: "*/*Role", Finding: `resource \* for xray:PutTelemetryRecords, xray:PutTraceSegments`,
			Because: "X-Ray has no resources: these actions can be granted on * only"},
		{Rule: "wildcard", At: "*/*Role", Finding: `resource [^*]+:log-group:[^*]+:\* for logs:CreateLogStream, logs:PutLogEvents`,
			Because: "Lambda names the streams inside the function's one log group, which is written out"},
		{Rule: "wildcard", At: "*-flows/*Role", Finding: `resource \* for xray:GetSamplingRules, xray:GetSamplingTargets, xray:PutTelemetryRecords, xray:PutTraceSegments`,
			Because: "X-Ray has no resources: these actions can be granted on * only"},
		{Rule: "wildcard", At: "*-flows/*Role", Finding: `resource \* for logs:(\w*LogDeliver(y|ies)|DescribeLogGroups|\w+ResourcePolic(y|ies)|, |logs:)+`,
			Because: "log deliveries have no resources; a state machine can only write its log with these rights"},
		{Rule: "wildcard", At: "*/*Role", Finding: `resource [^*]+:s3:::[^*]+/[a-z]+/\* for s3:[^*]+`,
			Because: "files are named as they come; bucket and folder are written out, and the files port holds every name to the caller's tenant"},
		{Rule: "wildcard", At: "*/*Role", Finding: `resource [^*]+:s3:::[^*]+/backoffice-[a-z0-9-]+/\* for s3:[^*]+`,
			Because: "audit roots are numbered as they come; bucket and folder are written out"},
		{Rule: "token", At: "*-about/*Route", Because: "what the system says of itself is for those who have no token: whether it is well, what a refusal means, how it is called"},
		{Rule: "scope", At: "*-about/*Route", Because: "where no token is asked for, no scope is"},
		{Rule: "wildcard", At: "*-backup/Role", Finding: `resource [^*]+:table/[a-z0-9-]+/backup/\* for dynamodb:DeleteBackup, dynamodb:DescribeBackup`,
			Because: "AWS names the copies; the table is written out"},
		{Rule: "wildcard", At: "*-backup/Role", Finding: `resource [^*]+:s3:::[^*]+/\* for s3:GetObject[^*]*`,
			Because: "every object of the bucket is copied; the bucket is written out"},
		{Rule: "wildcard", At: "*-backup/Role", Finding: `resource [^*]+:rule/AwsBackupManagedRule\* for events:[^*]+`,
			Because: "AWS Backup names the rules by which it follows a bucket's changes"},
		{Rule: "wildcard", At: "*-backup/Role", Finding: `resource \* for cloudwatch:GetMetricData, events:ListRules, s3:ListAllMyBuckets`,
			Because: "these actions have no resources; AWS Backup asks them to copy a bucket"},
	}
}

// idle is what is said of a suppression that excuses nothing.
func (s Suppression) idle() error {
	return fmt.Errorf("guard: the suppression of %s at %s excuses nothing: remove it", s.Rule, s.At)
}

// anywhere tells whether any resource stands where a pattern points.
func (s *system) anywhere(pattern string) bool {
	for _, t := range s.templates {
		for id := range t.resources {
			if at, err := path.Match(pattern, t.stack+"/"+id); err != nil || at {
				return true
			}
		}
	}
	return false
}

func (s Suppression) covers(b Breach) bool {
	at, err := path.Match(s.At, b.At)
	if err != nil || !at || s.Rule != b.Rule {
		return false
	}
	return s.Finding == "" || regexp.MustCompile(`^(?:`+s.Finding+`)$`).MatchString(b.Finding)
}
