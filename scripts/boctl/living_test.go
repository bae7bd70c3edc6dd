package main_test

import (
	"bufio"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// empty starts a host without a company, and gives where it is and the code of its first administrator.
func empty(t *testing.T) (address, code string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), onprem, "-addr", "127.0.0.1:0", "-data", filepath.Join(t.TempDir(), "data"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	printed := ""
	for lines := bufio.NewScanner(out); lines.Scan() && !strings.HasPrefix(lines.Text(), "Ready"); {
		printed += lines.Text() + "\n"
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	at, found := regexp.MustCompile(`http://[0-9.:]+`).FindString(printed), regexp.MustCompile(`"code":\s*"([^"]+)"`).FindStringSubmatch(printed)
	if at == "" || found == nil {
		t.Fatal("the host says neither where it is nor the code:\n" + printed)
	}
	return at, found[1]
}

// authenticator shows the code of the present time, or of so many steps from it: a code is good once, and one step may be off.
func authenticator(t *testing.T, secret string, steps int) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// Somebody lives by the command line alone: becomes the first administrator, invites a user, who sets a password and an
// authenticator, signs in with it or a recovery code, and is let back in after both are lost.
func TestLivingByTheCommandLineAlone(t *testing.T) {
	at, code := empty(t)
	ailsa, mina := newUser(t), newUser(t)
	const first, hers = "slate-otter-winds-north", "copper-lantern-drifts-home"
	claim := []string{"claim", "--address", at, "--organisation", "Thistle Ltd", "--name", "Ailsa Kerr", "--email", "ailsa@example.com", "--stdin"}
	ailsa.fails(3, "PLT-", "wrong\n"+first+"\n", claim...)
	ailsa.ok(code+"\n"+first+"\n", claim...)
	ailsa.ok(first+"\n", "sign-in", "--address", at, "--email", "ailsa@example.com", "--password-stdin")

	person := ailsa.json(`{"name":"Mina Patel"}`, "call", "platform.create-person", "-f", "-")["id"].(string)
	ailsa.ok(`{"email":"mina@example.com","person":"`+person+`"}`, "call", "platform.create-user", "-f", "-")
	if o := ailsa.ok("", "users", "list"); !strings.Contains(o.out, "mina@example.com") {
		t.Error(o.out)
	}
	invited := ailsa.json("", "users", "invite", "mina@example.com")["code"].(string)
	accept := []string{"accept", "--address", at, "--email", "mina@example.com", "--stdin"}
	mina.fails(3, "PLT-OTC-001", "guessed\n"+hers+"\n", accept...)
	mina.ok(invited+"\n"+hers+"\n", accept...)
	mina.fails(3, "PLT-OTC-001", invited+"\n"+hers+"\n", accept...) // good once

	in := []string{"sign-in", "--address", at, "--email", "mina@example.com", "--password-stdin"}
	mina.ok(hers+"\n", in...)
	secret := mina.json("", "factor", "add")["secret"].(string)
	mina.fails(3, "PLT-MFA-002", "", "factor", "confirm", "000000")
	codes := mina.json("", "factor", "confirm", authenticator(t, secret, 0))["recoveryCodes"].([]any)
	mina.fails(3, "PLT-MFA-001", hers+"\n", in...)
	mina.fails(3, "--code", hers+"\n", in...)
	mina.ok(hers+"\n", append(in, "--code", authenticator(t, secret, 1))...)
	mina.ok(hers+"\n"+codes[0].(string)+"\n", in...)
	if f := mina.json("", "factor", "show"); f["state"] != "active" || f["recoveryLeft"] != 9.0 {
		t.Errorf("%v", f)
	}
	mina.fails(3, "PLT-MFA-002", "", "factor", "remove", codes[0].(string))

	ailsa.ok("", "factor", "remove", "--user", "mina@example.com")
	mina.ok(hers+"\n", in...)
	again := ailsa.json("", "users", "invite", "MINA@example.com")["code"].(string)
	mina.ok(again+"\nharbour-quilt-seven-moss\n", accept...)
	mina.fails(3, "PLT-", hers+"\n", in...)
	mina.ok("harbour-quilt-seven-moss\n", in...)
}
