package lambdahost_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda/messages"

	"backoffice/internal/op"
)

func TestTaskAnswersItsBody(t *testing.T) {
	r := newRig(t)
	raw, err := r.handler(paintBox()).Invoke(t.Context(), []byte(`{"tenant":"ten_1","key":"k1","input":{"colour":"green"}}`))
	if err != nil || !strings.Contains(string(raw), `"colour":"green"`) || !strings.Contains(string(raw), `"tenant":"ten_1"`) {
		t.Fatalf("%s, %v", raw, err)
	}
	if len(r.acts.committed) != 1 || r.acts.committed[0].Principal != op.SystemPrincipal {
		t.Errorf("acts %+v", r.acts.committed)
	}
}

func TestTaskFailsByTheProblemsCode(t *testing.T) {
	for name, c := range map[string]struct{ payload, code string }{
		"no JSON":        {`{`, op.RuleSyntax.Code},
		"unknown member": {`{"tenant":"ten_1","key":"k","inputs":{}}`, op.RuleSyntax.Code},
		"no tenant":      {`{"key":"k","input":{"colour":"red"}}`, op.RuleSyntax.Code},
		"no key":         {`{"tenant":"ten_1","input":{"colour":"red"}}`, op.RuleKeyMissing.Code},
		"no input":       {`{"tenant":"ten_1","key":"k"}`, op.RuleSyntax.Code},
		"null input":     {`{"tenant":"ten_1","key":"k","input":null}`, op.RuleSyntax.Code},
		"unknown field":  {`{"tenant":"ten_1","key":"k","input":{"color":"red"}}`, op.RuleUnknown.Code},
		"internal error": {`{"tenant":"ten_1","key":"k","input":{"colour":"broken"}}`, "SYS-001"},
		"panic":          {`{"tenant":"ten_1","key":"k","input":{"colour":"panic"}}`, "SYS-001"},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := newRig(t).handler(paintBox()).Invoke(t.Context(), []byte(c.payload))
			var failure messages.InvokeResponse_Error
			if !errors.As(err, &failure) || raw != nil {
				t.Fatalf("%s, %v", raw, err)
			}
			if failure.Type != c.code || failure.StackTrace != nil || strings.Contains(failure.Message, "hunter2") {
				t.Errorf("%+v, want %s", failure, c.code)
			}
		})
	}
}
