package kill

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"backoffice/internal/prooftest/port"
)

// process is one life of the system, or of a store of its own.
type process struct {
	cmd  *exec.Cmd
	code string // to become the first administrator with, at the first start
	logs strings.Builder
}

// keptAddr gives a loopback address that nobody else is given while the test runs, however often who listens there is killed.
func keptAddr(t *testing.T) string {
	t.Helper()
	kept, err := port.Keep()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	return kept.Addr()
}

// mustBeFree fails the test when anybody answers at an address: a process left over would flatter the system.
func mustBeFree(t *testing.T, addr string) {
	t.Helper()
	if c, err := net.DialTimeout("tcp", addr, time.Minute); err == nil {
		_ = c.Close()
		t.Fatalf("%s is not free: who answers there is not the process that was just killed, or not yet started", addr)
	}
}

// start starts a life of the system over a data directory and waits until it serves.
func start(t *testing.T, dir, addr string, more ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.CommandContext(t.Context(), self)}
	p.cmd.Env = append(append(os.Environ(), variableDir+"="+dir, variableAddr+"="+addr), more...)
	p.await(t, addr, readyLine)
	return p
}

// await starts the process and waits for the line by which it says that it serves: who cannot listen never says it.
func (p *process) await(t *testing.T, addr, line string) {
	t.Helper()
	mustBeFree(t, addr)
	p.cmd.Stderr = &p.logs
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if code, ok := strings.CutPrefix(lines.Text(), codeLine); ok {
			p.code = code
		}
		if lines.Text() == line {
			return
		}
	}
	t.Fatalf("not ready: %v\n%s", p.cmd.Wait(), &p.logs)
}

// end ends a process for good, however it stands.
func (p *process) end() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// kill ends the process at once, as a power cut does for it, and makes sure that it was this one that ended.
func (p *process) kill(t *testing.T, addr string) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatalf("the process to be killed is not there: %v\n%s", err, &p.logs)
	}
	err := p.cmd.Wait()
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the process ended otherwise: %v\n%s", err, &p.logs)
	}
	mustBeFree(t, addr)
}

// served checks that an answer came from this process and no other.
func (p *process) served(resp *http.Response) error {
	if got := resp.Header.Get(headerProcess); got != strconv.Itoa(p.cmd.Process.Pid) {
		return fmt.Errorf("process %d runs, and %q has answered", p.cmd.Process.Pid, got)
	}
	return nil
}
