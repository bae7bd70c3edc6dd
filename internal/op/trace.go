package op

import "regexp"

var traceparent = regexp.MustCompile(`^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$`)

const noTrace = "00000000000000000000000000000000"

// TraceID takes the trace's id out of a traceparent header (W3C Trace Context), for the log; "" when there is none that is
// valid. It decides nothing.
func TraceID(header string) string {
	m := traceparent.FindStringSubmatch(header)
	if m == nil || m[1] == noTrace || header[:2] == "ff" {
		return ""
	}
	return m[1]
}
