package main_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// post calls the process, and gives its answer.
func post(t *testing.T, address, token, body string) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Idempotency-Key", t.Name()+address)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	var answer map[string]any
	if err != nil || json.Unmarshal(raw, &answer) != nil || resp.StatusCode >= http.StatusBadRequest {
		t.Fatalf("%s: %d %s", address, resp.StatusCode, raw)
	}
	return answer
}

// The key of an authenticator's secret is part of a backup, verify misses it where it is not, and after another key took its
// place the secret is still read.
func TestKeysOfFields(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	keys := filepath.Join(data, "keys", "field-keys")
	p := start(t, "-data", data)
	var claimed map[string]any
	if err := json.Unmarshal([]byte(shell(t, strings.ReplaceAll(p.commands(), "A LONG PASSWORD", "nine unrelated wooden words"))), &claimed); err != nil {
		t.Fatal(err)
	}
	signIn := `{"email":"you@example.com","password":"nine unrelated wooden words"}`
	factor := "/platform/v1/users/" + claimed["user"].(string) + "/second-factor"
	token := post(t, p.address+"/platform/v1/sessions", "", signIn)["accessToken"].(string)
	secret := post(t, p.address+factor, token, "")["secret"].(string)
	p.end()

	must(t, "Backup of", "backup", "-data", data, "-to", data+"-copy")
	must(t, "is in order", "verify", "-data", data+"-copy")
	kept, err := os.ReadFile(keys)
	copied, copyErr := os.ReadFile(filepath.Join(data+"-copy", "keys", "field-keys"))
	if err != nil || copyErr != nil || !bytes.Equal(kept, copied) {
		t.Fatal("the backup lacks the keys of fields", err, copyErr)
	}
	if err := os.Remove(keys); err != nil {
		t.Fatal(err)
	}
	if out, err := onprem(t, "verify", "-data", data); err == nil || !strings.Contains(out, "its field sec is encrypted under the key") {
		t.Errorf("without its key: %v\n%s", err, out)
	}
	if err := os.WriteFile(keys, kept, 0o600); err != nil {
		t.Fatal(err)
	}

	must(t, "From the next start on", "rotate-field-key", "-data", data)
	p = start(t, "-data", data)
	token = post(t, p.address+"/platform/v1/sessions", "", signIn)["accessToken"].(string)
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if state := post(t, p.address+factor+"/confirm", token, `{"code":"`+code+`"}`)["state"]; state != "active" {
		t.Errorf("state %v", state)
	}
	p.end()
	must(t, "is in order", "verify", "-data", data)
}
