package lambdahost_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"backoffice/internal/op"
)

func (r *rig) http(t *testing.T, event string) events.APIGatewayV2HTTPResponse {
	t.Helper()
	raw, err := r.handler(openBox()).Invoke(t.Context(), []byte(event))
	if err != nil {
		t.Fatalf("an HTTP function never fails: %v", err)
	}
	var out events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func problemOf(t *testing.T, resp events.APIGatewayV2HTTPResponse) op.Problem {
	t.Helper()
	var p op.Problem
	if err := json.Unmarshal([]byte(resp.Body), &p); err != nil {
		t.Fatalf("no problem document: %s", resp.Body)
	}
	if resp.Headers["Content-Type"] != "application/problem+json" || resp.Headers["X-Request-Id"] != "JKJaXmPLvHcESHA=" {
		t.Errorf("headers %v", resp.Headers)
	}
	return p
}

func TestGatewayRequestReachesTheOperationWhole(t *testing.T) {
	r := newRig(t)
	resp := r.http(t, postEvent(t))
	var got box
	if err := json.Unmarshal([]byte(resp.Body), &got); err != nil {
		t.Fatalf("%d %s", resp.StatusCode, resp.Body)
	}
	want := box{ID: "box_1", Colour: "blue", Tenant: "ten_01JD2M8G3S6QX4T5V7W9Y0Z1A2", Person: "per_01JD2M8G3S6QX4T5V7W9Y0Z1A2", DryRun: true, Version: 4}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if resp.StatusCode != http.StatusOK || resp.Headers["Etag"] != `"v4"` || resp.Headers["Dry-Run"] != "true" || resp.Headers["X-Request-Id"] != "JKJaXmPLvHcESHA=" {
		t.Errorf("%d %v", resp.StatusCode, resp.Headers)
	}
	if len(r.acts.committed) != 0 {
		t.Error("a dry run was committed")
	}
}

func TestCommandIsCommittedForTheTokensPrincipal(t *testing.T) {
	r := newRig(t)
	r.http(t, strings.Replace(postEvent(t), "dryRun=true&", "", 1))
	if len(r.acts.committed) != 1 {
		t.Fatalf("%d acts", len(r.acts.committed))
	}
	a := r.acts.committed[0]
	if a.Principal != "usr_01JD2M8G3S6QX4T5V7W9Y0Z1A2" || a.Session != "9d1c" || a.Operation != "sample.open-box" {
		t.Errorf("act of %s in %s: %s", a.Principal, a.Session, a.Operation)
	}
}

func TestBase64BodyIsDecoded(t *testing.T) {
	r := newRig(t)
	event := strings.Replace(postEvent(t), `"{\"colour\":\"blue\"}"`, `"`+base64.StdEncoding.EncodeToString([]byte(`{"colour":"red"}`))+`"`, 1)
	event = strings.Replace(event, `"isBase64Encoded": false`, `"isBase64Encoded": true`, 1)
	if resp := r.http(t, event); !strings.Contains(resp.Body, `"red"`) {
		t.Errorf("%d %s", resp.StatusCode, resp.Body)
	}
}

func TestBadRequestsAreRefusedByTheirRule(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		status   int
		code     string
	}{
		"no authorizer":         {`"authorizer": {`, `"unknown": {`, 401, op.RuleNoToken.Code},
		"an ID token":           {`"token_use": "access"`, `"token_use": "id"`, 401, op.RuleNoToken.Code},
		"no tenant":             {`"tenant": "ten_01JD2M8G3S6QX4T5V7W9Y0Z1A2"`, `"other": ""`, 401, op.RuleNoToken.Code},
		"separator in tenant":   {`"ten_01JD2M8G3S6QX4T5V7W9Y0Z1A2"`, `"ten_1|X"`, 401, op.RuleNoToken.Code},
		"the system itself":     {`"usr_01JD2M8G3S6QX4T5V7W9Y0Z1A2"`, `"system"`, 401, op.RuleNoToken.Code},
		"another domain's":      {`"backoffice/sample backoffice/other"`, `"backoffice/other"`, 403, op.RuleTokenScope.Code},
		"query cannot be read":  {"dryRun=true", "dryRun=%zz", 400, op.RuleType.Code},
		"unknown parameter":     {"dryRun=true", "dryrun=true", 400, op.RuleUnknown.Code},
		"unknown field":         {`\"colour\"`, `\"color\"`, 400, op.RuleUnknown.Code},
		"body is not base64":    {`"isBase64Encoded": false`, `"isBase64Encoded": true`, 400, op.RuleSyntax.Code},
		"no If-Match":           {`"if-match"`, `"x-match"`, 428, op.RuleMatchNeeded.Code},
		"no Idempotency-Key":    {`"idempotency-key"`, `"x-key"`, 400, op.RuleKeyMissing.Code},
		"an internal error":     {"blue", "broken", 500, "SYS-001"},
		"a panic":               {"blue", "panic", 500, "SYS-001"},
		"an answer over 5.5 MB": {"blue", "huge", 500, "SYS-001"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			event := strings.Replace(postEvent(t), c.old, c.new, 1)
			if event == postEvent(t) {
				t.Fatal("the case changes nothing")
			}
			resp := r.http(t, event)
			p := problemOf(t, resp)
			if resp.StatusCode != c.status || p.Code != c.code || p.Status != c.status {
				t.Errorf("%d %s, want %d %s", resp.StatusCode, p.Code, c.status, c.code)
			}
			if strings.Contains(resp.Body, "hunter2") {
				t.Error("an internal text left the function")
			}
		})
	}
}

func TestUnreadableEventIsRefused(t *testing.T) {
	resp := newRig(t).http(t, `[1`)
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("%d %s", resp.StatusCode, resp.Body)
	}
}

func TestLogSaysWhatHappenedAndHoldsTheCause(t *testing.T) {
	r := newRig(t)
	r.http(t, strings.Replace(postEvent(t), "blue", "broken", 1))
	for _, want := range []string{`"operation":"sample.open-box"`, `"status":500`, `"code":"SYS-001"`, "hunter2", `"level":"ERROR"`} {
		if !strings.Contains(r.log.String(), want) {
			t.Errorf("the log lacks %s: %s", want, r.log.String())
		}
	}
}

func TestLogHoldsNeitherTokenNorBody(t *testing.T) {
	r := newRig(t)
	r.http(t, postEvent(t))
	for _, secret := range []string{"eyJraWQ", "blue", "203.0.113.9", "per_"} {
		if strings.Contains(r.log.String(), secret) {
			t.Errorf("the log holds %s: %s", secret, r.log.String())
		}
	}
}
