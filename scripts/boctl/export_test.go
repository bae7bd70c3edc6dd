package main_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every format comes as a file that nobody else can read, named as asked or after the report, and the numbers are the report's.
func TestExport(t *testing.T) {
	u := mina(t)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	want := u.ok("", "report", "trial-balance", "--as-of", "2025-03-31", "--format", "csv").out
	o := u.ok("", "export", "trial-balance", "--as-of", "2025-03-31", "-o", at("tb.csv"))
	raw, err := os.ReadFile(at("tb.csv"))
	if err != nil || string(raw) != want || !strings.Contains(o.errs, "SHA-256") {
		t.Errorf("%v: %s\nand not\n%s", err, raw, want)
	}
	if info, err := os.Stat(at("tb.csv")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if out := u.ok("", "export", "trial-balance", "--as-of", "2025-03-31", "--format", "csv", "-o", "-").out; out != want {
		t.Errorf("on standard output: %s", out)
	}
	u.ok("", "export", "account-ledger", "--account", "1200", "--from", "2024-04-01", "--as-of", "2025-03-31", "-o", at("bank.xlsx"))
	book, err := zip.OpenReader(at("bank.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	_ = book.Close()
	u.ok("", "export", "journal-listing", "--from", "2024-04-01", "--as-of", "2025-03-31", "-o", at("listing.pdf"))
	if raw, err := os.ReadFile(at("listing.pdf")); err != nil || !bytes.HasPrefix(raw, []byte("%PDF-")) {
		t.Errorf("%q %v", raw[:min(9, len(raw))], err)
	}
	lines := strings.Count(u.ok("", "export", "journals", "--from", "2024-04-01", "--as-of", "2025-03-31", "--format", "jsonl", "-o", "-").out, "\n")
	if lines < 2*474 { // journals of the demo company's first year
		t.Errorf("%d lines of journals", lines)
	}
	u.ok("", "export", "parties", "-o", at("parties.csv"))
	if left, err := filepath.Glob(filepath.Join(dir, ".boctl-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	if n := len(u.json("", "export", "list")["data"].([]any)); n < 6 {
		t.Errorf("%d exports are listed", n)
	}
}

// A dry run counts; what is wrong with an order is told with the exit code of its kind.
func TestExportOrders(t *testing.T) {
	u := mina(t)
	if o := u.ok("", "export", "journal-listing", "--from", "2024-04-01", "--as-of", "2025-03-31", "--format", "csv", "--dry-run"); !strings.Contains(o.out, "474") {
		t.Error(o.out)
	}
	u.fails(1, "say --format", "", "export", "trial-balance")
	u.fails(2, "API-007", "", "export", "trial-balance", "--format", "docx")
	u.fails(2, "FIN-EXP-001", "", "export", "trial-balance", "--format", "csv", "--from", "2025-01-01")
	u.fails(2, "API-004", "", "export", "account-ledger", "--format", "csv")
	u.fails(1, "is no date", "", "export", "trial-balance", "--format", "csv", "--as-of", "31/03/2026")
	u.fails(4, "API-019", "", "export", "fetch", "exp_01J00000000000000000000000")
	if out := newUser(t).run("", "export", "trial-balance", "--format", "csv"); out.code != 3 {
		t.Errorf("signed out, it ends with %d", out.code)
	}
}

// A file that was cut short or changed on its way is never left where it was asked for.
func TestADamagedFileIsRefused(t *testing.T) {
	u := mina(t)
	dir := t.TempDir()
	whole := u.ok("", "export", "accounts", "--format", "csv", "-o", "-").out
	rows, err := csv.NewReader(strings.NewReader(whole)).ReadAll()
	if err != nil || len(rows) < 50 {
		t.Fatalf("%d accounts: %v", len(rows), err)
	}
	for name, content := range map[string]string{"short": whole[:len(whole)-2], "changed": strings.Replace(whole, "asset", "asses", 1), "long": whole + "x"} {
		damaged := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(content)) }))
		between := httptest.NewServer(redirected(t, address(t), damaged.URL))
		other := newUser(t)
		other.ok("copper-lantern-drifts-home\n", "sign-in", "--address", between.URL, "--email", "mina@marlpit.example", "--password-stdin")
		to := filepath.Join(dir, name+".csv")
		other.fails(1, "not the one that was written", "", "export", "accounts", "-o", to)
		if _, err := os.Stat(to); err == nil {
			t.Errorf("%s: the file was kept", name)
		}
		between.Close()
		damaged.Close()
	}
}

// redirected passes calls on to a host, and puts another address in the place of its files'.
func redirected(t *testing.T, host, files string) http.Handler {
	t.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, err := http.NewRequestWithContext(r.Context(), r.Method, host+r.URL.RequestURI(), r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		req.Header = r.Header.Clone()
		req.Header.Del("Accept-Encoding")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Error(err)
			return
		}
		defer resp.Body.Close()
		var body map[string]any
		if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		if download, ok := body["download"].(map[string]any); ok {
			download["url"] = files
		}
		for name, values := range resp.Header {
			if name != "Content-Length" {
				w.Header()[name] = values
			}
		}
		w.WriteHeader(resp.StatusCode)
		_ = json.NewEncoder(w).Encode(body)
	})
}
