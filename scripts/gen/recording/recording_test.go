package recording

import (
	"encoding/json"
	"strings"
	"testing"

	"backoffice/internal/authn"
	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

func keys(t *testing.T) (out [takes]authn.Key) {
	t.Helper()
	for i := range out {
		key, err := authn.NewKey()
		if err != nil {
			t.Fatal(err)
		}
		out[i] = key
	}
	return out
}

func operation(t *testing.T, id string) op.Operation {
	t.Helper()
	o, err := catalog.Find(id)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// The same operation is recorded as the same text, whatever keys there are and whenever it is.
func TestRecordingsRepeat(t *testing.T) {
	for _, id := range []string{"finance.record-journal", "platform.sign-in", "platform.create-service-key", "migration.create-import"} {
		first, err := record(t.Context(), operation(t, id), keys(t))
		if err != nil {
			t.Fatal(err)
		}
		again, err := record(t.Context(), operation(t, id), keys(t))
		if err != nil {
			t.Fatal(err)
		}
		if text(t, first) != text(t, again) {
			t.Errorf("%s: first %s\nagain %s", id, text(t, first), text(t, again))
		}
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// What is secret does not get into a recording: tokens, the secret of a service key, the code of an installation.
func TestSecretsAreReplaced(t *testing.T) {
	for id, members := range map[string][]string{
		"platform.sign-in":                   {"accessToken", "refreshToken"},
		"platform.create-service-key":        {"bearer"},
		"platform.claim-first-administrator": {"code"},
	} {
		r, err := record(t.Context(), operation(t, id), keys(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, member := range members {
			if whole := text(t, r); !strings.Contains(whole, `"`+member+`":"example-`+member+`"`) {
				t.Errorf("%s: %s stands in %s", id, member, whole)
			}
		}
	}
}

// Two takes that differ in more than texts are no recording: something in the answer follows from neither clock nor seed.
func TestTakesThatDiffer(t *testing.T) {
	for name, c := range map[string]struct{ a, b, want string }{
		"the same":      {`{"a":1,"b":["x"]}`, `{"a":1,"b":["x"]}`, `{"a":1,"b":["x"]}`},
		"a secret":      {`{"z":1,"token":"s3cr3t","b":["s3cr3t"]}`, `{"z":1,"token":"other","b":["other"]}`, `{"z":1,"token":"example-`},
		"an address":    {`{"url":"https://a.test/x?s=1"}`, `{"url":"https://a.test/x?s=2"}`, `{"url":"https://backoffice.example/signed-url"}`},
		"a number":      {`{"a":1}`, `{"a":2}`, ""},
		"other members": {`{"a":1}`, `{"b":1}`, ""},
		"more entries":  {`{"a":[1]}`, `{"a":[1,2]}`, ""},
		"other types":   {`{"a":"x"}`, `{"a":1}`, ""},
	} {
		got, err := mask(json.RawMessage(c.a), json.RawMessage(c.b))
		if (err == nil) != (c.want != "") || !strings.HasPrefix(string(got), c.want) {
			t.Errorf("%s: %s, %v", name, got, err)
		}
		if strings.Contains(string(got), "s3cr3t") {
			t.Errorf("%s: the secret stands in %s", name, got)
		}
	}
}
