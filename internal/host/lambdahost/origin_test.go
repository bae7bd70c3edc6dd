package lambdahost_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"backoffice/internal/host/lambdahost"
	"backoffice/internal/op"
)

const (
	presentSecret = "present-0123456789abcdef0123456789ab"
	formerSecret  = "former-00123456789abcdef0123456789ab"
)

// through sends the sample request with an origin secret, "" for none, to a function that stands behind the secrets.
func through(t *testing.T, r *rig, sent string, secrets ...string) events.APIGatewayV2HTTPResponse {
	t.Helper()
	event := postEvent(t)
	if sent != "" {
		event = strings.Replace(event, `"headers": {`, `"headers": {"`+strings.ToLower(lambdahost.OriginHeader)+`": "`+sent+`",`, 1)
		if event == postEvent(t) {
			t.Fatal("the secret is not in the event")
		}
	}
	raw, err := r.handler(openBox()).Behind(secrets).Invoke(t.Context(), []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	var out events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// What did not come through the edge is turned away by a rule with a permanent code, before anything of it is looked at.
func TestRequestsRoundTheEdgeAreTurnedAway(t *testing.T) {
	for name, sent := range map[string]string{"no secret": "", "a wrong one": strings.Repeat("x", 36), "the beginning of it": presentSecret[:20],
		"two at once": presentSecret + "," + formerSecret} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			resp := through(t, r, sent, presentSecret, formerSecret)
			if p := problemOf(t, resp); resp.StatusCode != 403 || p.Code != op.RuleOrigin.Code {
				t.Errorf("%d %s", resp.StatusCode, resp.Body)
			}
			if len(r.acts.committed) != 0 || strings.Contains(r.log.String(), "ten_") {
				t.Errorf("the request was looked at: %s", r.log.String())
			}
			if sent != "" && strings.Contains(resp.Body+r.log.String(), sent) {
				t.Error("the secret that was sent is repeated")
			}
		})
	}
}

// While a secret is being replaced both open the door, so that the order of deployment cannot shut it.
func TestBothSecretsOpenTheDoorWhileOneIsReplaced(t *testing.T) {
	for _, sent := range []string{presentSecret, formerSecret} {
		if resp := through(t, newRig(t), sent, presentSecret, formerSecret); resp.StatusCode != 200 {
			t.Errorf("%d %s", resp.StatusCode, resp.Body)
		}
	}
	if resp := through(t, newRig(t), formerSecret, presentSecret); resp.StatusCode != 403 {
		t.Errorf("a secret that was replaced still opens: %d", resp.StatusCode)
	}
}

func TestWithoutAnEdgeNoSecretIsAskedFor(t *testing.T) {
	for _, sent := range []string{"", presentSecret} {
		if resp := through(t, newRig(t), sent); resp.StatusCode != 200 {
			t.Errorf("%d %s", resp.StatusCode, resp.Body)
		}
	}
}

// A task is called by the account itself, with no edge before it.
func TestTasksAskForNoOriginSecret(t *testing.T) {
	raw, err := newRig(t).handler(paintBox()).Behind([]string{presentSecret}).Invoke(t.Context(), []byte(`{"tenant":"ten_1","key":"k1","input":{"colour":"green"}}`))
	if err != nil || !strings.Contains(string(raw), "green") {
		t.Errorf("%s, %v", raw, err)
	}
}
