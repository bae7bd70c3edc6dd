package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// The programs under test, and one real host with a demo company, started once for all tests.
var (
	boctl, onprem string
	host          struct {
		once          sync.Once
		cmd           *exec.Cmd
		address, data string
	}
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "boctl")
	if err != nil {
		panic(err)
	}
	boctl, onprem, host.data = filepath.Join(dir, "boctl"), filepath.Join(dir, "onprem"), filepath.Join(dir, "data")
	for path, source := range map[string]string{boctl: ".", onprem: "../../infra/onprem"} {
		if out, err := exec.Command("go", "build", "-o", path, source).CombinedOutput(); err != nil {
			panic(string(out))
		}
	}
	code := m.Run()
	if host.cmd != nil {
		_ = host.cmd.Process.Kill()
		_ = host.cmd.Wait()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// address starts the host, and gives where it is.
func address(t *testing.T) string {
	t.Helper()
	host.once.Do(func() {
		host.cmd = exec.Command(onprem, "-demo", "-addr", "127.0.0.1:0", "-data", host.data)
		out, err := host.cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := host.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(out); lines.Scan() && !strings.HasPrefix(lines.Text(), "Ready"); {
			if a := regexp.MustCompile(`http://[0-9.:]+`).FindString(lines.Text()); a != "" && host.address == "" {
				host.address = a
			}
		}
		go func() { _, _ = io.Copy(io.Discard, out) }()
	})
	if host.address == "" {
		t.Fatal("the host did not start")
	}
	return host.address
}

// user is somebody with a configuration directory of their own.
type user struct {
	t      *testing.T
	config string
}

// outcome is what a run gave.
type outcome struct {
	code      int
	out, errs string
}

func newUser(t *testing.T) *user {
	t.Helper()
	return &user{t: t, config: filepath.Join(t.TempDir(), "config")}
}

// signedIn is one of the demo's people, signed in.
func signedIn(t *testing.T, email, password string) *user {
	t.Helper()
	u := newUser(t)
	u.ok(password+"\n", "sign-in", "--address", address(t), "--email", email, "--password-stdin")
	return u
}

func mina(t *testing.T) *user {
	return signedIn(t, "mina@marlpit.example", "copper-lantern-drifts-home")
}
func owen(t *testing.T) *user {
	return signedIn(t, "owen@marlpit.example", "harbour-fennel-quiet-bell")
}
func ailsa(t *testing.T) *user {
	return signedIn(t, "ailsa@marlpit.example", "slate-otter-winds-north")
}

func (u *user) run(stdin string, args ...string) outcome {
	u.t.Helper()
	cmd := exec.CommandContext(u.t.Context(), boctl, append([]string{"--config", u.config}, args...)...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	if cmd.ProcessState == nil {
		u.t.Fatal(err)
	}
	return outcome{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// ok wants a run to succeed.
func (u *user) ok(stdin string, args ...string) outcome {
	u.t.Helper()
	o := u.run(stdin, args...)
	if o.code != 0 {
		u.t.Fatalf("boctl %v ended with %d\n%s%s", args, o.code, o.out, o.errs)
	}
	return o
}

// fails wants a run to end with a code, and to say something.
func (u *user) fails(code int, says, stdin string, args ...string) {
	u.t.Helper()
	if o := u.run(stdin, args...); o.code != code || !strings.Contains(o.errs, says) {
		u.t.Errorf("boctl %v ended with %d, not %d:\n%s%s", args, o.code, code, o.out, o.errs)
	}
}

// json runs a command and decodes its answer.
func (u *user) json(stdin string, args ...string) map[string]any {
	u.t.Helper()
	o := u.ok(stdin, append(args, "--format", "json")...)
	var v map[string]any
	if err := json.Unmarshal([]byte(o.out), &v); err != nil {
		u.t.Fatal(err, o.out)
	}
	return v
}

const stationery = `{"date":"2026-03-31","description":"Stationery","lines":[{"account":"7300","debit":{"amount":"24.60","currency":"GBP"}},{"account":"1200","credit":{"amount":"24.60","currency":"GBP"}}]}`

// Signing in keeps tokens where nobody else can read them; signing out forgets them.
func TestSignInAndOut(t *testing.T) {
	u := mina(t)
	if o := u.ok("", "whoami"); !strings.Contains(o.out, "Mina Patel") {
		t.Error(o.out)
	}
	if o := u.ok("", "whoami", "--rights"); !strings.Contains(o.out, "finance.journals.record") {
		t.Error(o.out)
	}
	for path, mode := range map[string]os.FileMode{u.config: 0o700, filepath.Join(u.config, "profiles.json"): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Error(path, info.Mode(), err)
		}
	}
	u.ok("", "sign-out")
	u.fails(3, "not signed in", "", "whoami")
	if raw, err := os.ReadFile(filepath.Join(u.config, "profiles.json")); err != nil || strings.Contains(string(raw), "accessToken") {
		t.Error("something was kept:", string(raw), err)
	}
	if err := os.Chmod(filepath.Join(u.config, "profiles.json"), 0o644); err != nil {
		t.Fatal(err)
	}
	u.fails(1, "can be read by others", "", "whoami")
}

// Every exit code is the one that the help names.
func TestExitCodes(t *testing.T) {
	u := mina(t)
	u.fails(1, "unknown command", "", "explain")
	u.fails(1, "unknown flag", "", "whoami", "--nonsense")
	u.fails(1, "--format is", "", "whoami", "--format", "yaml")
	u.fails(1, "needs the name of a command", "", "report")
	u.fails(1, "no such file", "", "journals", "record", "-f", filepath.Join(u.config, "none.json"))
	u.fails(1, "holds no JSON", "{", "journals", "record", "-f", "-")
	u.fails(1, "is no date", "", "report", "trial-balance", "--as-of", "31/03/2026")
	u.fails(2, "FIN-JRN-001", strings.Replace(stationery, `"amount":"24.60"`, `"amount":"24.61"`, 1), "journals", "record", "-f", "-")
	u.fails(2, "/lines/0/account FIN-JRN-007", strings.Replace(stationery, "7300", "7399", 1), "journals", "record", "-f", "-")
	u.fails(2, "FIN-JRN-005", strings.Replace(stationery, "2026-03-31", "2024-05-31", 1), "journals", "record", "-f", "-")
	u.fails(3, "PLT-SES-001", "wrong\n", "sign-in", "--email", "nobody@marlpit.example", "--password-stdin")
	u.fails(4, "API-019", "", "journals", "get", "jrn_01J00000000000000000000000")
	u.fails(5, "FIN-PER-002", "", "periods", "start-closing", "2024-05")
	owen(t).fails(3, "API-018", stationery, "journals", "record", "-f", "-")
	nobody := newUser(t)
	nobody.fails(6, "no answer", "x\n", "sign-in", "--address", "http://127.0.0.1:1", "--email", "a@example.com", "--password-stdin")
	nobody.fails(1, "neither https nor on this machine", "x\n", "sign-in", "--address", "http://books.example.com", "--email", "a@example.com", "--password-stdin")
	nobody.fails(3, "not signed in", "", "entities", "list")
	help := u.ok("", "--help").out
	for _, line := range []string{"0  done", "1  the command line", "2  refused", "3  not signed in", "4  there is no", "5  conflict", "6  the system did not"} {
		if !strings.Contains(help, line) {
			t.Errorf("the help does not tell %q", line)
		}
	}
}

// A dry run keeps nothing; a repeated key does nothing twice; another run is another journal.
func TestJournals(t *testing.T) {
	u := mina(t)
	count := func() int {
		return len(u.json("", "report", "ledger", "7300", "--as-of", "2026-03-31")["data"].([]any))
	}
	before := count()
	key := fmt.Sprintf("%s-%d", t.Name(), before) // another one whenever the test runs again over the same books
	if o := u.ok(stationery, "journals", "record", "-f", "-", "--dry-run"); !strings.Contains(o.errs, "nothing was kept") {
		t.Error(o.errs)
	}
	first := u.json(stationery, "journals", "record", "-f", "-", "--idempotency-key", key)
	second := u.json(stationery, "journals", "record", "-f", "-", "--idempotency-key", key)
	id := func(v map[string]any) string {
		return v["items"].([]any)[0].(map[string]any)["record"].(map[string]any)["id"].(string)
	}
	if id(first) != id(second) {
		t.Error("one key, two journals")
	}
	third := u.json(`{"items":[`+stationery+","+stationery+"]}", "journals", "record", "-f", "-", "--atomic")
	if len(third["items"].([]any)) != 2 || id(third) == id(first) {
		t.Error(third)
	}
	mixed := `{"items":[` + stationery + "," + strings.Replace(stationery, `"amount":"24.60"`, `"amount":"24.61"`, 1) + "]}"
	u.fails(2, "1 of 2 items were refused, the first at /items/1", mixed, "journals", "record", "-f", "-")
	u.fails(2, "/items/1", mixed, "journals", "record", "-f", "-", "--atomic")
	u.fails(2, "API-", strings.Replace(stationery, "24.60", "24.70", 2), "journals", "record", "-f", "-", "--idempotency-key", key)
	u.settled()
	if after := count(); after != before+4 {
		t.Errorf("%d entries, not %d", after, before+4)
	}
	if o := u.ok("", "journals", "get", id(first)); !strings.Contains(o.out, "24.60 GBP") {
		t.Error(o.out)
	}
	u.ok("", "journals", "reverse", id(first), "--reason", "A test", "--dry-run")
	u.ok("", "journals", "reverse", id(first), "--reason", "A test")
	u.fails(5, "FIN-JRN-018", "", "journals", "reverse", id(first), "--reason", "Again")
}

// settled waits until reports hold everything.
func (u *user) settled() {
	u.t.Helper()
	for u.t.Context().Err() == nil {
		if u.json("", "report", "trial-balance", "--as-of", "2026-03-31")["pending"].(map[string]any)["acts"].(float64) == 0 {
			return
		}
	}
}

// Who drafted may not post, a colleague may; a version that is not the present one is a conflict.
func TestFourEyes(t *testing.T) {
	u := mina(t)
	entity := u.json("", "entities", "list")["data"].([]any)[0].(map[string]any)["id"].(string)
	draft := u.json(strings.Replace(stationery, `{"date"`, `{"entity":"`+entity+`","date"`, 1), "call", "finance.create-journal", "-f", "-")["id"].(string)
	if o := u.ok("", "journals", "drafts", "--format", "json"); !strings.Contains(o.out, draft) {
		t.Error(o.out)
	}
	u.fails(3, "FIN-JRN-021", "", "journals", "post", draft)
	owen(t).fails(5, "API-", "", "journals", "post", draft, "--if-match", `"v7"`)
	owen(t).ok("", "journals", "post", draft, "--dry-run")
	if o := owen(t).ok("", "journals", "post", draft); !strings.Contains(o.out, "posted") {
		t.Error(o.out)
	}
}

// Every report comes as a table, as CSV and as JSON, and the three say the same.
func TestReports(t *testing.T) {
	u := mina(t)
	for _, args := range [][]string{
		{"report", "trial-balance", "--as-of", "2025-03-31"}, {"report", "trial-balance", "--as-of", "2025-03-31", "--cumulative"},
		{"report", "profit-and-loss", "--as-of", "2025-03-31", "--dimension", "cost-centre:SALES"},
		{"report", "profit-and-loss", "--as-of", "2025-03-31", "--dimension", "cost-centre:SALES", "--dimension", "project:WEBSHOP"},
		{"report", "balance-sheet", "--as-of", "2025-03-31"}, {"report", "ledger", "1200", "--from", "2024-04-01", "--as-of", "2024-12-31"},
		{"report", "listing", "--dimension", "cost-centre:SALES", "--from", "2024-04-01", "--as-of", "2025-03-31"}, {"entities", "list"}, {"accounts", "list", "--type", "income,expense"}, {"periods", "list"},
	} {
		table, text := u.ok("", args...).out, u.ok("", append(args, "--format", "csv")...).out
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || len(rows) < 2 || len(rows) != strings.Count(table, "\n") {
			t.Errorf("%v: %d rows, %d lines, %v", args, len(rows), strings.Count(table, "\n"), err)
			continue
		}
		for _, cell := range rows[len(rows)-1] {
			if !strings.Contains(table, cell) {
				t.Errorf("%v: %q is in the CSV only", args, cell)
			}
		}
		u.json("", args...)
	}
	listing := u.json("", "report", "listing", "--from", "2024-04-01", "--as-of", "2025-03-31")["data"].([]any)
	if len(listing) != 474 { // more than two pages
		t.Errorf("%d journals in the first year", len(listing))
	}
	u.fails(2, "", "", "report", "trial-balance", "--dimension", "colour:RED")
}

// A period is closed with the waiting that it needs, and reopened.
func TestPeriods(t *testing.T) {
	u := mina(t)
	u.ok("", "periods", "start-closing", "2026-01", "--dry-run")
	u.ok("", "periods", "start-closing", "2026-01")
	u.fails(5, "FIN-PER-005", "", "periods", "close", "2026-01")
	u.fails(2, "FIN-JRN-004", strings.Replace(stationery, "2026-03-31", "2026-01-31", 1), "journals", "record", "-f", "-")
	u.fails(4, "API-019", "", "periods", "lock", "2031-01")
	u.ok("", "periods", "reopen", "2026-01")
	if o := u.ok("", "periods", "list"); !regexp.MustCompile(`2026-01 +open`).MatchString(o.out) {
		t.Error(o.out)
	}
}

// Any operation can be called by its id; what it does not take is refused before it is called.
func TestCall(t *testing.T) {
	u := ailsa(t)
	if o := u.ok("", "call", "list"); !strings.Contains(o.out, "finance.record-journal") {
		t.Error(o.out)
	}
	if o := u.ok("", "call", "platform.list-users", "--query", "limit=2"); !strings.Contains(o.out, "hasMore") && !strings.Contains(o.out, "page.hasMore") {
		t.Error(o.out)
	}
	person := u.json(`{"name":"Una Finch"}`, "call", "platform.create-person", "-f", "-")["id"].(string)
	u.fails(5, "API-", `{"name":"Una Finch-Hale"}`, "call", "platform.update-person", "--path", "personId="+person, "-f", "-")
	u.ok(`{"name":"Una Finch-Hale"}`, "call", "platform.update-person", "--path", "personId="+person, "-f", "-", "--if-match", "v1", "--dry-run")
	u.ok(`{"name":"Una Finch-Hale"}`, "call", "platform.update-person", "--path", "personId="+person, "-f", "-", "--if-match", "v1")
	u.fails(5, "API-", `{"name":"Una"}`, "call", "platform.update-person", "--path", "personId="+person, "-f", "-", "--if-match", "v1")
	u.fails(1, "is it one of", "", "call", "finance.record-journa")
	u.fails(1, "needs --path", "", "call", "platform.get-person")
	u.fails(1, "the path is", "", "call", "platform.get-person", "--path", "journalId=x")
	u.fails(1, "takes no such parameter", "", "call", "platform.list-users", "--query", "colour=red")
	u.fails(1, "changes nothing anyway", "", "call", "platform.list-users", "--dry-run")
	u.fails(1, "as JSON only", "", "call", "platform.list-users", "--format", "csv")
	if o := u.ok("", "__complete", "call", ""); !strings.Contains(o.out, "finance.close-period") {
		t.Error(o.out)
	}
	if o := u.ok("", "completion", "bash"); !strings.Contains(o.out, "boctl") {
		t.Error("no completion")
	}
}

// A service key signs a machine in; profiles stand side by side.
func TestServiceKeyAndProfiles(t *testing.T) {
	u := ailsa(t)
	key := u.json(`{"name":"Nightly export"}`, "call", "platform.create-service-key", "-f", "-")
	u.ok(`{"role":"auditor","scope":"all"}`, "call", "platform.grant-role", "--path", "principalId="+key["id"].(string), "-f", "-")
	u.fails(3, "", "key_nonsense\n", "--profile", "machine", "sign-in", "--address", address(t), "--service-key-stdin")
	u.ok(key["bearer"].(string)+"\n", "--profile", "machine", "sign-in", "--address", address(t), "--service-key-stdin")
	if o := u.ok("", "whoami"); !strings.Contains(o.out, "Nightly export") {
		t.Error(o.out)
	}
	u.ok("", "entities", "use", "marlpit & wren ltd")
	u.ok("", "report", "balance-sheet", "--as-of", "2026-03-31")
	u.fails(3, "API-018", stationery, "journals", "record", "-f", "-")
	if o := u.ok("", "profiles", "list"); !strings.Contains(o.out, "machine") || !strings.Contains(o.out, "default") {
		t.Error(o.out)
	}
	u.ok("", "profiles", "use", "default")
	if o := u.ok("", "whoami"); !strings.Contains(o.out, "Ailsa Kerr") {
		t.Error(o.out)
	}
	u.fails(1, "there is no profile", "", "profiles", "use", "nobody")
}

// An access token that has run out is renewed, once, by whichever of several runs comes first; a session that cannot be
// renewed asks to sign in again.
func TestRenewal(t *testing.T) {
	u := mina(t)
	path := filepath.Join(u.config, "profiles.json")
	spoil := func(member string) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		spoilt := regexp.MustCompile(`"`+member+`": "[^"]*`).ReplaceAll(raw, []byte(`"`+member+`": "spent`))
		if err := os.WriteFile(path, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	spoil("accessToken")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if o := u.run("", "whoami"); o.code != 0 {
				t.Error(o.errs)
			}
		})
	}
	all.Wait()
	spoil("accessToken")
	spoil("refreshToken")
	u.fails(3, "API-", "", "whoami")
}

// When the answer is lost, the call is made again under the same key, and takes effect once.
func TestLostAnswer(t *testing.T) {
	u := mina(t)
	real := address(t)
	var lost, keys atomic.Value
	lost.Store("")
	keys.Store("")
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		req, _ := http.NewRequestWithContext(context.Background(), r.Method, real+r.URL.RequestURI(), bytes.NewReader(body))
		req.Header = r.Header
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer func() { _ = resp.Body.Close() }()
		answer, _ := io.ReadAll(resp.Body)
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/record") {
			keys.Store(keys.Load().(string) + r.Header.Get("Idempotency-Key") + " ")
			if lost.Load() == "" {
				lost.Store(string(answer))
				panic(http.ErrAbortHandler) // the journal is posted, and nobody hears of it
			}
		}
		for name, v := range resp.Header {
			w.Header()[name] = v
		}
		w.WriteHeader(resp.StatusCode)
		_, _ = w.Write(answer)
	}))
	defer proxy.Close()
	raw, err := os.ReadFile(filepath.Join(u.config, "profiles.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(u.config, "profiles.json"), bytes.ReplaceAll(raw, []byte(real), []byte(proxy.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	got := u.json(stationery, "journals", "record", "-f", "-")
	sent := strings.Fields(keys.Load().(string))
	if len(sent) != 2 || sent[0] != sent[1] {
		t.Errorf("keys %v", sent)
	}
	if id := got["items"].([]any)[0].(map[string]any)["record"].(map[string]any)["id"].(string); !strings.Contains(lost.Load().(string), id) {
		t.Errorf("journal %s is not the one whose answer was lost: %s", id, lost.Load())
	}
}
