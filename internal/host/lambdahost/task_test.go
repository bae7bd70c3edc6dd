package lambdahost_test

import (
	"context"
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

func TestJobNeedsNoTenant(t *testing.T) {
	sweep := &op.Op[ports, op.None, op.None]{Spec: op.Spec{ID: "sample.sweep", Kind: op.Job, NoRecord: "it settles what is recorded"},
		Handle: func(context.Context, *op.Call, ports, op.None) (op.None, error) { return op.None{}, nil }}
	raw, err := newRig(t).handler(sweep).Invoke(t.Context(), []byte(`{"tenant":"","key":""}`))
	if err != nil || string(raw) != "{}" {
		t.Errorf("%s, %v", raw, err)
	}
}

// Each tenant of a delivery is served once; the one that fails has its records delivered again from its first one on.
func TestStreamDeliveryServesEachTenantOnce(t *testing.T) {
	var served []string
	takeUp := &op.Op[ports, op.None, op.None]{Spec: op.Spec{ID: "sample.take-up-acts", Kind: op.Task, NoRecord: "it settles what is recorded"},
		Handle: func(_ context.Context, c *op.Call, _ ports, _ op.None) (op.None, error) {
			served = append(served, c.Tenant)
			if c.Tenant == "ten_2" {
				return op.None{}, errors.New(secretText)
			}
			return op.None{}, nil
		}}
	record := func(sequence, pk string) string {
		return `{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"SequenceNumber":"` + sequence + `","Keys":{"pk":{"S":"` + pk + `"},"sk":{"S":"A"}}}}`
	}
	payload := `{"Records":[` + strings.Join([]string{record("100", "ten_1|ACT|a"), record("101", "ten_2|ACT|b"), record("102", "ten_1|ACT|c"), record("103", "ten_2|ACT|d")}, ",") + `]}`
	raw, err := newRig(t).handler(takeUp).Invoke(t.Context(), []byte(payload))
	if err != nil || string(raw) != `{"batchItemFailures":[{"itemIdentifier":"101"}]}` {
		t.Errorf("%s, %v", raw, err)
	}
	if strings.Join(served, " ") != "ten_1 ten_2" {
		t.Errorf("served %v", served)
	}
}
