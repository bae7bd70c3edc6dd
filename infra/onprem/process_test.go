package main_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "onprem")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "onprem")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// process is a started system.
type process struct {
	t       *testing.T
	cmd     *exec.Cmd
	page    string // what it printed up to its ready line
	address string
	log     bytes.Buffer
	done    chan error
}

var ready = regexp.MustCompile(`Ready in (\d+) ms`)

const patience = 2 * time.Minute

// start starts the system on a random port and waits until it is ready.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.CommandContext(t.Context(), binary, append([]string{"-addr", "127.0.0.1:0"}, args...)...), done: make(chan error, 1)}
	p.cmd.Stderr = &p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		p.page += lines.Text() + "\n"
		if ready.MatchString(lines.Text()) {
			p.address = regexp.MustCompile(`https?://[0-9.:]+`).FindString(p.page)
			go func() {
				_, _ = io.Copy(io.Discard, out)
				p.done <- p.cmd.Wait()
			}()
			t.Cleanup(p.kill)
			return p
		}
	}
	t.Fatalf("not ready: %v\n%s\n%s", p.cmd.Wait(), p.page, p.log.String())
	return nil
}

// end asks the process to stop, and waits for it.
func (p *process) end() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	p.ended()
}

func (p *process) ended() {
	p.t.Helper()
	select {
	case err := <-p.done:
		p.done <- nil
		if err != nil {
			p.t.Errorf("ended with %v\n%s", err, p.log.String())
		}
	case <-time.After(patience):
		p.t.Fatal("does not end")
	}
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	if err := <-p.done; err != nil {
		p.t.Log("killed:", err)
	}
}

// shell runs commands as somebody would who pastes them.
func shell(t *testing.T, commands string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", commands)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s\n%s", err, commands, out, errs.String())
	}
	return string(out)
}

// commands picks the commands out of what was printed.
func (p *process) commands() string {
	var out []string
	for line := range strings.Lines(p.page) {
		if strings.HasPrefix(line, "curl ") || strings.HasPrefix(line, "TOKEN=") {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// Every command that a demo prints works when it is pasted, at the first start and at the second, which sets nothing up. The log
// has these calls alone: those that set the demo up would hide what is printed.
func TestPrintedCommands(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	for i, word := range []string{"has been set up", "is here"} {
		p := start(t, "-demo", "-data", dir)
		if !strings.Contains(p.page, word) {
			t.Errorf("start %d printed\n%s", i+1, p.page)
		}
		out := shell(t, p.commands())
		for _, want := range []string{"account,name,", "Sales of goods", `"state":"posted"`} {
			if !strings.Contains(out, want) {
				t.Errorf("start %d: no %q in\n%s", i+1, want, out)
			}
		}
		p.end()
		if logged, pasted := strings.Count(p.log.String(), `"msg":"request"`), strings.Count(p.commands(), "curl "); logged != pasted {
			t.Errorf("start %d: %d calls were pasted, and %d logged\n%s", i+1, pasted, logged, p.log.String())
		}
	}
	private(t, dir)
}

// private looks for files and folders that others could read.
func private(t *testing.T, dir string) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		seen++
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode().Perm())
		}
		return nil
	})
	if err != nil || seen < 3 {
		t.Error("looked at", seen, "files:", err)
	}
}

// A system without a demo prints a claim that works once it is filled in.
func TestPrintedClaim(t *testing.T) {
	p := start(t, "-data", filepath.Join(t.TempDir(), "data"))
	out := shell(t, strings.ReplaceAll(p.commands(), "A LONG PASSWORD", "nine unrelated wooden words"))
	if !strings.Contains(out, `"tenant":"ten_`) {
		t.Error(out)
	}
	p.end()
}

// A second process on the same data is told so, and the first goes on.
func TestOneProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	p := start(t, "-data", dir)
	out, err := exec.CommandContext(t.Context(), binary, "-addr", "127.0.0.1:0", "-data", dir).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "is in use by another process") {
		t.Errorf("%v: %s", err, out)
	}
	shell(t, "curl -sf "+p.address+"/health")
	p.end()
}

// Addresses that others could reach need TLS, and never serve a demo.
func TestLoopbackOnly(t *testing.T) {
	for _, args := range [][]string{{"-addr", "0.0.0.0:0"}, {"-addr", ":0"}, {"-addr", "0.0.0.0:0", "-demo", "-cert", "c", "-key", "k"}} {
		out, err := exec.CommandContext(t.Context(), binary, append(args, "-data", filepath.Join(t.TempDir(), "data"))...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "loopback") {
			t.Errorf("%v: %v: %s", args, err, out)
		}
	}
}

// A demo that is there is kept from others just as one that is asked for: its passwords stand in its data.
func TestADemoIsNeverServedToOthers(t *testing.T) {
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "demo.json"), []byte(`{"begun":true,"ready":true}`), 0o600); err != nil {
		t.Fatal(err)
	}
	cert, key, _ := certificate(t)
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	out, err := exec.CommandContext(ctx, binary, "-addr", "0.0.0.0:0", "-cert", cert, "-key", key, "-data", data).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "passwords are no secret") {
		t.Errorf("%v: %s", err, out)
	}
}

// A page of an origin that is on the list may call, send what calls need and read what answers say; no other page may.
func TestPagesOfListedOriginsMayCall(t *testing.T) {
	p := start(t, "-data", filepath.Join(t.TempDir(), "data"), "-origins", "https://app.example.com,http://localhost:3000")
	ask := func(method, origin string, more ...string) http.Header {
		req, err := http.NewRequestWithContext(t.Context(), method, p.address+"/finance/v1/entities", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", origin)
		for i := 0; i < len(more); i += 2 {
			req.Header.Set(more[i], more[i+1])
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.Header
	}
	for _, origin := range []string{"https://app.example.com", "http://localhost:3000", "https://other.example.com"} {
		allowed := origin
		if origin == "https://other.example.com" {
			allowed = ""
		}
		before := ask(http.MethodOptions, origin, "Access-Control-Request-Method", "PATCH", "Access-Control-Request-Headers", "authorization,content-type,idempotency-key,if-match")
		if got := before.Get("Access-Control-Allow-Origin"); got != allowed || (before.Get("Access-Control-Allow-Headers") == "") != (allowed == "") {
			t.Errorf("%s asks first: %v", origin, before)
		}
		if got := ask(http.MethodGet, origin); got.Get("Access-Control-Allow-Origin") != allowed || strings.Contains(strings.ToLower(got.Get("Access-Control-Expose-Headers")), "etag") != (allowed != "") {
			t.Errorf("%s calls: %v", origin, got)
		}
	}
	out, err := exec.CommandContext(t.Context(), binary, "-origins", "*").CombinedOutput()
	if err == nil || !strings.Contains(string(out), `"*" is no origin of the form https://host`) {
		t.Errorf("%v: %s", err, out)
	}
	p.end()
}

// A request under way when the system is told to stop gets its answer.
func TestGracefulStop(t *testing.T) {
	p := start(t, "-data", filepath.Join(t.TempDir(), "data"))
	code := regexp.MustCompile(`"code":"([^"]+)"`).FindStringSubmatch(p.page)[1]
	body := `{"code":"` + code + `","organisation":"O","name":"N","email":"n@example.com","password":"nine unrelated wooden words"}`
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	half := len(body) / 2
	fmt.Fprintf(conn, "POST /platform/v1/first-administrator HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nIdempotency-Key: k1\r\n"+
		"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n", len(body))
	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") { // the handler is reading
		t.Fatal(line, err)
	}
	fmt.Fprint(conn, body[:half])
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	refusing(t, p.address)
	fmt.Fprint(conn, body[half:])
	if _, err := answers.ReadString('\n'); err != nil { // the empty line after 100 Continue
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(answers, nil)
	if err != nil || resp.StatusCode != http.StatusCreated {
		t.Fatal(resp, err)
	}
	_ = resp.Body.Close()
	p.ended()
}

// refusing waits until new connections are refused.
func refusing(t *testing.T, address string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for ctx.Err() == nil {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", strings.TrimPrefix(address, "http://"))
		if err != nil {
			return
		}
		_ = conn.Close()
	}
	t.Fatal("goes on accepting connections")
}
