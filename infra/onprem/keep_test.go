package main_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"backoffice/infra/onprem/demo"
	"backoffice/internal/boclient"
)

// onprem runs a command and gives what it printed.
func onprem(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), binary, args...).CombinedOutput()
	return string(out), err
}

// must wants a command to succeed and to say something.
func must(t *testing.T, want string, args ...string) {
	t.Helper()
	if out, err := onprem(t, args...); err != nil || !strings.Contains(out, want) {
		t.Errorf("%v: %v\n%s", args, err, out)
	}
}

// signIn signs the demo's accountant in, and finds the entity.
func (p *process) signIn() (*boclient.Client, string) {
	p.t.Helper()
	c := &boclient.Client{Base: p.address}
	var tokens struct {
		AccessToken string `json:"accessToken"`
	}
	mina := demo.People()[1]
	if err := c.Post(p.t.Context(), "/platform/v1/sessions", map[string]string{"email": mina.Email, "password": mina.Password}, &tokens); err != nil {
		p.t.Fatal(err)
	}
	c.Bearer = tokens.AccessToken
	return c, regexp.MustCompile(`ent_[0-9A-Z]{26}`).FindString(p.page)
}

// clerk records journals until it is told to stop, and remembers those that were acknowledged.
type clerk struct {
	client *boclient.Client
	entity string
	mu     sync.Mutex
	news   *sync.Cond // another journal is known, or the work has ended
	known  []string
	ended  error // why the work has ended, once it has
	stop   context.CancelFunc
	done   sync.WaitGroup
}

func (p *process) clerk() *clerk {
	k := &clerk{}
	k.news = sync.NewCond(&k.mu)
	k.client, k.entity = p.signIn()
	ctx, stop := context.WithCancel(p.t.Context())
	k.stop = stop
	k.done.Go(func() {
		err := k.record(ctx)
		for err == nil {
			err = k.record(ctx)
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		k.ended = err
		k.news.Broadcast()
	})
	return k
}

func (k *clerk) record(ctx context.Context) error {
	var made struct {
		ID string `json:"id"`
	}
	amount := map[string]string{"amount": "12.34", "currency": "GBP"}
	err := k.client.Post(ctx, "/finance/v1/journals/record", map[string]any{"entity": k.entity, "date": "2026-03-30", "description": "Under load",
		"lines": []map[string]any{{"account": "7300", "debit": amount, "dimensions": map[string]string{"cost-centre": "OFFICE"}}, {"account": "1200", "credit": amount}}}, &made)
	if err == nil {
		k.mu.Lock()
		k.known = append(k.known, made.ID)
		k.news.Broadcast()
		k.mu.Unlock()
	}
	return err
}

// acknowledged waits until so many more journals are known, and gives all.
func (k *clerk) acknowledged(t *testing.T, more int) []string {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	for enough := len(k.known) + more; len(k.known) < enough; k.news.Wait() {
		if k.ended != nil {
			t.Fatalf("%d journals were acknowledged, and then: %v", len(k.known), k.ended)
		}
	}
	return append([]string(nil), k.known...)
}

func (p *process) holds(client *boclient.Client, journals []string) {
	p.t.Helper()
	client.Base = p.address
	for _, id := range journals {
		if err := client.Get(p.t.Context(), "/finance/v1/journals/"+id, nil, new(map[string]any)); err != nil {
			p.t.Errorf("acknowledged journal %s: %v", id, err)
		}
	}
}

// A backup made while journals are recorded holds every one that was acknowledged before it, proves in order, and comes back
// as a system that works. The running system proves in order, too.
func TestBackupUnderLoad(t *testing.T) {
	parent := t.TempDir()
	data, copied, back := filepath.Join(parent, "data"), filepath.Join(parent, "copy"), filepath.Join(parent, "back")
	p := start(t, "-demo", "-data", data)
	k := p.clerk()
	before := k.acknowledged(t, 40)
	must(t, "Backup of", "backup", "-data", data, "-to", copied)
	k.acknowledged(t, 10)
	must(t, "is in order", "verify", "-data", data)
	k.stop()
	k.done.Wait()
	must(t, "is in order", "verify", "-data", copied)
	must(t, "Restored", "restore", "-from", copied, "-data", back)
	must(t, "hold equal books", "verify", "-data", back, "-against", copied)
	private(t, copied)
	private(t, back)
	out, err := onprem(t, "verify", "-data", data, "-against", copied) // the original has gone on
	if err == nil || !strings.Contains(out, "only the first data set has it") {
		t.Errorf("%v\n%s", err, out)
	}
	p.end()
	restored := start(t, "-demo", "-data", back)
	client, _ := restored.signIn()
	restored.holds(client, before)
	restored.end()
	if left, _ := filepath.Glob(filepath.Join(parent, ".*")); len(left) > 0 {
		t.Error("left behind:", left)
	}
}

// After kill -9 in the midst of work nothing acknowledged is lost, and what is there proves in order, before the next start
// and after it.
func TestKilled(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for round := range 3 {
		p := start(t, "-demo", "-data", data)
		k := p.clerk()
		k.acknowledged(t, 25+7*round)
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		k.stop() // it would go on asking
		k.done.Wait()
		if err := <-p.done; err == nil {
			t.Error("killed, and ended well")
		}
		p.done <- nil
		must(t, "is in order", "verify", "-data", data)
		again := start(t, "-demo", "-data", data)
		client, _ := again.signIn()
		again.holds(client, k.known)
		again.end()
	}
	must(t, "Anchored", "anchor", "-data", data)
	must(t, "Writes are shut", "maintenance", "on", "-data", data, "-by", "Rona Muir", "-reason", "A test")
	must(t, "Fenced 0 jobs", "fence", "-data", data)
	must(t, "Rebuilt finance of", "rebuild", "-data", data)
	must(t, "Writes are open", "maintenance", "off", "-data", data, "-by", "Rona Muir", "-reason", "A test")
	must(t, "is in order", "verify", "-data", data)
}

// A command that cannot do what it is asked says why, and ends with 1.
func TestCommandsRefuse(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"-to is needed":             {"backup", "-data", dir},
		"is no data directory":      {"backup", "-data", dir, "-to", filepath.Join(dir, "copy")},
		"is not a backup":           {"restore", "-from", dir, "-data", filepath.Join(dir, "back")},
		"-from and -data":           {"restore"},
		"has no store":              {"verify", "-data", dir},
		"unknown command":           {"explain"},
		"unknown argument":          {"verify", "more"},
		"flag provided but not def": {"backup", "-nonsense"},
		"belong together":           {"-cert", "x"},
		"-data: the name":           {"-data", ""},
	} {
		if out, err := onprem(t, args...); err == nil || !strings.Contains(out, want) {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
	must(t, "onprem verify", "help")
}
