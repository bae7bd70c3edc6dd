package guard

import (
	"slices"
	"strings"
)

// Suppression frees statements from the rule against wildcards.
type Suppression struct {
	Actions []string // all of the statement's actions must be among these
	Suffix  string   // what the resource must end in
	Because string
}

// Suppressions lists every exception from the rule against wildcards. There are no others.
func Suppressions() []Suppression {
	return []Suppression{
		{Actions: []string{"xray:PutTelemetryRecords", "xray:PutTraceSegments"}, Suffix: "*",
			Because: "X-Ray has no resources: these actions can be granted on * only"},
		{Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Suffix: ":*",
			Because: "Lambda names the streams inside the function's one log group, which is written out"},
	}
}

func suppressed(actions []string, resource string) bool {
	if strings.Count(resource, "*") != 1 {
		return false
	}
	for _, s := range Suppressions() {
		covered := true
		for _, a := range actions {
			covered = covered && slices.Contains(s.Actions, a)
		}
		if covered && strings.HasSuffix(resource, s.Suffix) && (resource == "*" || s.Suffix != "*") {
			return true
		}
	}
	return false
}
