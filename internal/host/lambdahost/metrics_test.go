package lambdahost_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/metrics"
	"backoffice/internal/op"
)

// allowed are the members that a line of metrics may have beside those that internal/metrics names.
var allowed = []string{"_aws", "code", "domain", "kind", "operation", "request", "stage", "status"}

// texts are the forms that texts in a line may have: nothing that a person is, has or sent fits one of them.
var texts = map[string]*regexp.Regexp{
	"code": regexp.MustCompile(`^[A-Z]{3}(-[A-Z]{3})?-[0-9]{3}$`), "domain": regexp.MustCompile(`^sample$`), "kind": regexp.MustCompile(`^(command|task)$`),
	"operation": regexp.MustCompile(`^sample\.(open|paint)-box$`), "request": regexp.MustCompile(`^(JKJaXmPLvHcESHA=)?$`), "stage": regexp.MustCompile(`^prod$`),
}

// lines gives what an invocation wrote.
func lines(t *testing.T, b *bytes.Buffer) []map[string]any {
	t.Helper()
	var out []map[string]any
	for raw := range strings.Lines(b.String()) {
		line := map[string]any{}
		if err := json.Unmarshal([]byte(raw), &line); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		out = append(out, line)
	}
	return out
}

// Whatever comes and however it ends, one line is written, and it tells numbers and fixed words only.
func TestEachInvocationWritesOneLineWithoutAnythingPersonal(t *testing.T) {
	known := slices.Clone(allowed)
	for _, m := range metrics.All() {
		known = append(known, string(m.Name))
	}
	http := postEvent(t)
	for name, c := range map[string]struct {
		op      op.Operation
		payload string
		status  any
		code    any
	}{
		"answered":         {openBox(), http, 200.0, nil},
		"committed":        {openBox(), strings.ReplaceAll(http, "dryRun=true", "dryRun=false"), 200.0, nil},
		"broken":           {openBox(), strings.ReplaceAll(http, "blue", "broken"), 500.0, "SYS-001"},
		"panic":            {openBox(), strings.ReplaceAll(http, "blue", "panic"), 500.0, "SYS-001"},
		"another's scope":  {openBox(), strings.ReplaceAll(http, "backoffice/sample backoffice/other", "backoffice/other"), 403.0, op.RuleTokenScope.Code},
		"no event":         {openBox(), "{", nil, nil},
		"a task":           {paintBox(), `{"tenant":"ten_1","key":"k1","input":{"colour":"green"}}`, 200.0, nil},
		"a refused task":   {paintBox(), `{"tenant":"ten_1","key":"k1","input":{"hue":"hunter2"}}`, 400.0, op.RuleUnknown.Code},
		"a task's defect":  {paintBox(), `{"tenant":"ten_1","key":"k1","input":{"colour":"broken"}}`, 500.0, "SYS-001"},
		"unreadable input": {paintBox(), `hunter2`, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			_, _ = newRig(t).handler(c.op).Report(metrics.NewEMF(&out, "prod")).Invoke(t.Context(), []byte(c.payload))
			all := lines(t, &out)
			if len(all) != 1 {
				t.Fatalf("%d lines: %s", len(all), &out)
			}
			if all[0]["status"] != c.status || all[0]["code"] != c.code {
				t.Errorf("status %v, code %v", all[0]["status"], all[0]["code"])
			}
			for member, v := range all[0] {
				text, isText := v.(string)
				switch {
				case !slices.Contains(known, member):
					t.Errorf("the line has %s", member)
				case isText && (texts[member] == nil || !texts[member].MatchString(text)):
					t.Errorf("%s is %q", member, text)
				}
			}
		})
	}
}

// The events of an act are counted by their type, generically: no operation knows of metrics.
func TestEventsAreCountedByType(t *testing.T) {
	r := newRig(t)
	r.rt.Acts = metrics.Counted(&r.acts)
	var out bytes.Buffer
	if _, err := r.handler(paintBox()).Report(metrics.NewEMF(&out, "prod")).Invoke(t.Context(), []byte(`{"tenant":"ten_1","key":"k1","input":{"colour":"loud"}}`)); err != nil {
		t.Fatal(err)
	}
	if line := lines(t, &out)[0]; line["sample.box.painted.v1"] != 1.0 || line["Acts"] != 1.0 || line["Events"] != 1.0 {
		t.Errorf("%v", line)
	}
}

// A delivery of a stream is one invocation, however many tenants it calls.
func TestAStreamsDeliveryIsOneLine(t *testing.T) {
	r := newRig(t)
	now := time.Date(2025, 12, 1, 12, 0, 10, 0, time.UTC)
	r.rt.Clock = clock.Clock(func() time.Time { now = now.Add(time.Second); return now })
	var out bytes.Buffer
	record := func(tenant string) string {
		return `{"eventSource":"aws:dynamodb","dynamodb":{"SequenceNumber":"1","Keys":{"pk":{"S":"` + tenant + `|A"}}}}`
	}
	raw, err := r.handler(paintBox()).Report(metrics.NewEMF(&out, "prod")).Invoke(t.Context(), []byte(`{"Records":[`+record("ten_1")+`,`+record("ten_2")+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	all := lines(t, &out)
	if len(all) != 1 || all[0]["Calls"] != 2.0 || all[0]["ClientErrors"] != 2.0 || all[0]["Latency"].(float64) < 4000 {
		t.Errorf("%v after %s", all, raw)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// A line that cannot be written is told of, and costs nobody their answer.
func TestALostLineCostsNoAnswer(t *testing.T) {
	r := newRig(t)
	raw, err := r.handler(paintBox()).Report(metrics.NewEMF(brokenPipe{}, "prod")).Invoke(t.Context(), []byte(`{"tenant":"ten_1","key":"k1","input":{"colour":"green"}}`))
	if err != nil || !strings.Contains(string(raw), "green") || !strings.Contains(r.log.String(), "metrics lost") {
		t.Errorf("%s %v %s", raw, err, &r.log)
	}
}
