package kill

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// storage is the store as a process of its own: the program scripts/store over a directory.
type storage struct {
	t       *testing.T
	binary  string
	dir     string
	addr    string
	process *process
}

// storeKey is the key pair with which the host signs its requests to a store of its own machine.
const storeKey = "local"

func newStorage(t *testing.T) *storage {
	t.Helper()
	s := &storage{t: t, binary: filepath.Join(t.TempDir(), "store"), dir: t.TempDir(), addr: keptAddr(t)}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", s.binary, "backoffice/scripts/store").CombinedOutput(); err != nil {
		t.Fatalf("build the store: %v\n%s", err, out)
	}
	s.start()
	t.Cleanup(func() { s.process.end() })
	return s
}

// start starts the store; it says its address once it listens there, which it cannot where another process does.
func (s *storage) start() {
	s.t.Helper()
	s.process = &process{cmd: exec.CommandContext(s.t.Context(), s.binary, "-addr", s.addr, "-dir", s.dir)}
	s.process.cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+storeKey, "AWS_SECRET_ACCESS_KEY="+storeKey)
	s.process.await(s.t, s.addr, s.endpoint())
}

func (s *storage) endpoint() string { return "http://" + s.addr }

// victims are whom chance may kill in a life, and in which order.
const victims = 4

// lifeApart has workers post until the host, the store, or both are killed, and starts again whoever was. A host whose store
// was killed lives on, and has to find its way by itself.
func (r *run) lifeApart(n int) (hosts, stores int) {
	r.t.Helper()
	victim := r.dice.IntN(victims)
	killHost := func() { r.process.kill(r.t, r.addr); hosts++ }
	killStore := func() { r.store.process.kill(r.t, r.store.addr); stores++ }
	r.load(n, func() {
		switch victim {
		case 0:
			killHost()
		case 1:
			killStore()
			r.store.start()
		case 2:
			killHost()
			killStore()
		default:
			killStore()
			killHost()
		}
	})
	if stores > 0 && hosts > 0 {
		r.store.start()
	}
	if hosts > 0 {
		r.start()
		r.signIn()
	}
	return hosts, stores
}

// The store is a process of its own, and either or both are killed in the middle of the work, many times: everything that was
// acknowledged is there.
func TestHostAndStoreKilledApart(t *testing.T) {
	lives := killsInRun
	if testing.Short() {
		lives = killsShort
	}
	s := newStorage(t)
	r := newRun(t, s, variableStore+"="+s.endpoint())
	hosts, stores := 0, 0
	for n := range lives {
		h, s := r.lifeApart(n)
		hosts, stores = hosts+h, stores+s
	}
	for _, f := range r.findings() {
		t.Errorf("seed %d: %s", r.seed, f)
	}
	if r.acknowledged() < lives || hosts == 0 || stores == 0 {
		t.Errorf("%d journals, %d kills of the host and %d of the store: too few to prove anything", r.acknowledged(), hosts, stores)
	}
	t.Logf("seed %d: %d kills of the host, %d of the store, %d journals acknowledged, %d never answered", r.seed, hosts, stores, r.acknowledged(),
		len(r.ledger.intents)-r.acknowledged())
}

// A store of its own that acknowledged one journal and lost it would be found out.
func TestPlantedLossApartIsFound(t *testing.T) {
	s := newStorage(t)
	liar := httptest.NewServer(forgetful(t, s.endpoint(), 7))
	t.Cleanup(liar.Close)
	r := newRun(t, s, variableStore+"="+liar.URL)
	r.life(0)
	found := r.findings()
	if !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, "was acknowledged and is not in the listing") }) {
		t.Errorf("of %d acknowledged journals one was lost; found was %q", r.acknowledged(), found)
	}
}

// forgetful stands before a store and acknowledges the n-th journal without passing it on.
func forgetful(t *testing.T, endpoint string, n int64) http.Handler {
	t.Helper()
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	var seen atomic.Int64
	// The host stays the one that was signed.
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(target); p.Out.Host = p.In.Host }, ErrorLog: log.New(io.Discard, "", 0)}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		raw, err := io.ReadAll(req.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		posts := strings.HasSuffix(req.Header.Get("X-Amz-Target"), ".TransactWriteItems") && strings.Contains(string(raw), "|JRN|")
		if posts && seen.Add(1) == n {
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			_, _ = io.WriteString(w, "{}")
			return
		}
		req.Body = io.NopCloser(strings.NewReader(string(raw)))
		proxy.ServeHTTP(w, req)
	})
}
