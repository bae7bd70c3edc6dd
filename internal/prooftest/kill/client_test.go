package kill

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// api calls the running process over HTTP.
type api struct {
	addr  string
	token string
	http  *http.Client
	now   *process
	apart bool // its store may be gone while it answers
}

// errWrongProcess says that somebody else has answered.
var errWrongProcess = errors.New("another process answered")

// call sends one request and reads the answer whole; an error means that nothing is known of what was done.
func (a *api) call(method, path, key string, body, into any) (int, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	if body == nil {
		raw = nil
	}
	req, err := http.NewRequest(method, "http://"+a.addr+path, bytes.NewReader(raw))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	resp, err := a.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if raw, err = io.ReadAll(resp.Body); err != nil {
		return 0, err
	}
	if err := a.now.served(resp); err != nil {
		return 0, errors.Join(errWrongProcess, err)
	}
	if resp.StatusCode < 300 && into != nil {
		return resp.StatusCode, json.Unmarshal(raw, into)
	}
	if resp.StatusCode >= 300 {
		return resp.StatusCode, fmt.Errorf("%s %s: %d %s", method, path, resp.StatusCode, raw)
	}
	return resp.StatusCode, nil
}

// insist calls again and again while the store is said to be away: a host whose store was killed finds the new one by itself.
func (a *api) insist(method, path, key string, body, into any) error {
	for end := time.Now().Add(patience); ; {
		status, err := a.call(method, path, key, body, into)
		if !a.apart || status != http.StatusServiceUnavailable || time.Now().After(end) {
			return err
		}
	}
}

// must calls and fails the test unless it succeeds.
func (a *api) must(t *testing.T, method, path, key string, body, into any) {
	t.Helper()
	if err := a.insist(method, path, key, body, into); err != nil {
		t.Fatal(err)
	}
}

// intent is a journal that a client means to post.
type intent struct {
	Key   string `json:"key"` // also its description
	Minor int    `json:"minor"`
	ID    string `json:"id,omitempty"` // once acknowledged
}

// ledger is what is known outside of the system: every intent, and in a file every acknowledged one, written before the next
// request goes out.
type ledger struct {
	mu      sync.Mutex
	file    *os.File
	intents map[string]*intent
	wrong   []error // answers that should not have come
}

func newLedger(t *testing.T) *ledger {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "acknowledged.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return &ledger{file: f, intents: map[string]*intent{}}
}

func (l *ledger) plan(i *intent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.intents[i.Key] = i
}

func (l *ledger) acknowledge(i *intent, id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	i.ID = id
	return json.NewEncoder(l.file).Encode(i)
}

func (l *ledger) note(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrong = append(l.wrong, err)
}

// worker posts journals until the system goes away under it.
type worker struct {
	name   string
	dice   *rand.Rand
	n      int
	open   *intent // what the last life left unanswered
	entity string
}

// asksAgain is how many of a hundred unanswered journals a worker asks for again, under the same key; of the others it is
// never learnt what became of them.
const asksAgain = 60

// work posts one journal after the other, until the system has been struck; each acknowledged one ticks.
func (w *worker) work(a *api, l *ledger, tick func(), struck *atomic.Bool) {
	for !struck.Load() {
		i := w.open
		if w.open = nil; i == nil || w.dice.IntN(100) >= asksAgain {
			w.n++
			i = &intent{Key: fmt.Sprintf("%s-%d", w.name, w.n), Minor: 1 + w.dice.IntN(999_999)}
			l.plan(i)
		}
		var j struct{ ID, Description string }
		status, err := a.call(http.MethodPost, "/finance/v1/journals/record", i.Key, w.journal(i), &j)
		switch {
		case a.apart && status == http.StatusServiceUnavailable: // its store has gone: nothing is known of what was done
			w.open = i
			continue
		case errors.Is(err, errWrongProcess), status >= 300:
			l.note(err)
			return
		case err != nil: // the process has gone, or an answer was cut short
			w.open = i
			return
		}
		if err := l.acknowledge(i, j.ID); err != nil {
			l.note(err)
			return
		}
		tick()
	}
}

func (w *worker) journal(i *intent) map[string]any {
	amount := map[string]string{"amount": fmt.Sprintf("%d.%02d", i.Minor/100, i.Minor%100), "currency": "GBP"}
	return map[string]any{"entity": w.entity, "date": "2026-04-30", "description": i.Key,
		"lines": []any{map[string]any{"account": "7105", "debit": amount}, map[string]any{"account": "2100", "credit": amount}}}
}

// client is the HTTP client of a life: its connections end with it. A process that was killed breaks them at once, so that the limit
// is for one that hangs.
func client() *http.Client {
	return &http.Client{Timeout: 10 * time.Minute, Transport: &http.Transport{}}
}
