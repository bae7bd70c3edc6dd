package main_test

import (
	"bufio"
	"fmt"
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

	add := []string{"users", "add", "mina@example.com", "--name", "Mina Patel", "--role", "bookkeeper"}
	would := ailsa.json("", append(add, "--dry-run")...)
	if fmt.Sprint(would["did"]) != "[would record the person would make the user would grant bookkeeper would make a one-time code]" || would["code"] != nil {
		t.Errorf("%v", would)
	}
	if o := ailsa.ok("", "users", "list"); strings.Contains(o.out, "mina@example.com") {
		t.Error("a dry run was kept: " + o.out)
	}
	invited := ailsa.json("", add...)["code"].(string)
	if o := ailsa.ok("", "users", "list"); !strings.Contains(o.out, "mina@example.com") {
		t.Error(o.out)
	}
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

// Adding a user again, whole or from where a run was cut short, changes nothing but the code; what cannot be is said before anything
// is half done, with the exit code of its kind.
func TestAddingAUserAgain(t *testing.T) {
	at, code := empty(t)
	ailsa, nobody := newUser(t), newUser(t)
	const password = "slate-otter-winds-north"
	ailsa.ok(code+"\n"+password+"\n", "claim", "--address", at, "--organisation", "Thistle Ltd", "--name", "Ailsa Kerr", "--email", "ailsa@example.com", "--stdin")
	ailsa.ok(password+"\n", "sign-in", "--address", at, "--email", "ailsa@example.com", "--password-stdin")
	users := func() int { return len(ailsa.json("", "users", "list")["data"].([]any)) }

	nobody.fails(3, "", "", "users", "add", "mina@example.com", "--name", "Mina", "--role", "bookkeeper")
	ailsa.fails(1, "--role is needed", "", "users", "add", "mina@example.com", "--name", "Mina")
	ailsa.fails(1, `no active role "bookeeper"; nothing was changed`, "", "users", "add", "mina@example.com", "--name", "Mina", "--role", "bookeeper")
	ailsa.fails(1, "--name is needed", "", "users", "add", "mina@example.com", "--role", "bookkeeper")
	ailsa.fails(2, "API-", "", "users", "add", "mina", "--name", "Mina", "--role", "bookkeeper")
	ailsa.fails(3, "PLT-RAS-002", "", "users", "add", "ailsa@example.com", "--role", "bookkeeper")
	if n := users(); n != 1 {
		t.Errorf("%d users", n)
	}

	first := ailsa.json("", "users", "add", "mina@example.com", "--name", "Mina Patel", "--role", "bookkeeper")
	again := ailsa.json("", "users", "add", "MINA@example.com", "--role", "bookkeeper,auditor")
	if fmt.Sprint(again["did"]) != "[the user is there bookkeeper is granted grant auditor]" || again["user"] != first["user"] || again["person"] != first["person"] || again["code"] == first["code"] {
		t.Errorf("%v, then %v", first, again)
	}
	if fmt.Sprint(first["did"]) != "[record the person make the user grant bookkeeper]" || users() != 2 {
		t.Errorf("%v, %d users", first, users())
	}
	other := ailsa.json("", "users", "add", "mina.patel@example.com", "--person", first["person"].(string), "--role", "auditor")
	if other["person"] != first["person"] || other["user"] == first["user"] {
		t.Errorf("a second user of the same person: %v", other)
	}

	of := "principalId=" + first["user"].(string)
	for _, g := range ailsa.json("", "call", "platform.list-role-assignments", "--path", of)["data"].([]any) {
		if g := g.(map[string]any); g["role"] == "auditor" {
			ailsa.ok("", "call", "platform.revoke-role", "--path", of, "--path", "assignmentId="+g["id"].(string), "--if-match", "v1")
		}
	}
	anew := []string{"users", "add", "mina@example.com", "--role", "auditor"}
	for _, want := range []string{"[the user is there grant auditor]", "[the user is there auditor is granted]"} { // what was revoked is granted anew, once
		if o := ailsa.json("", anew...); fmt.Sprint(o["did"]) != want {
			t.Errorf("%v, want %s", o, want)
		}
	}
	ailsa.ok("", "call", "platform.disable-user", "--path", "userId="+first["user"].(string), "--if-match", "v1")
	ailsa.fails(1, "enable it first; nothing was changed", "", anew...)
}
