package audit

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// long are chains of a length each, by tenant.
type long map[string]int

func (l long) Stretch(_ context.Context, _, tenant string, after, limit int) ([]Link, string, error) {
	var out []Link
	for n := after + 1; n <= min(l[tenant], after+limit); n++ {
		out = append(out, Link{Number: n, Hash: hashAt(tenant, n), Before: hashAt(tenant, n-1), Acts: []string{"act"}})
	}
	return out, "", nil
}

func hashAt(tenant string, n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(tenant, n)
}

// What has no room in a root comes into the next, of the same call as long as it writes no more than so many roots, and of the
// next call beyond. Nothing is left out, and nothing is anchored twice.
func TestWhatHasNoRoomComesIntoTheNextRoot(t *testing.T) {
	m := NewMemory()
	chains := long{"ten_1": 450, "ten_2": 0, "ten_3": 1_000}
	b := NewBook(m, m, chains)
	b.linksMax = 120
	tenants := []string{"ten_1", "ten_2", "ten_3"}
	links, calls := 0, 0
	for more := true; more; calls++ {
		a, err := b.Anchor(t.Context(), []string{"finance"}, tenants, time.Unix(0, 0))
		if err != nil || a.Roots > rootsAtOnceMax || a.Links > a.Roots*b.linksMax {
			t.Fatalf("%+v, %v", a, err)
		}
		links, more = links+a.Links, a.More
	}
	if links != 1_450 || len(m.files) != 13 || calls != 2 {
		t.Errorf("%d links in %d roots by %d calls", links, len(m.files), calls)
	}
	if h, err := b.Hold(t.Context(), 0); err != nil || !h.Holds || h.Links != 1_450 {
		t.Errorf("%+v, %v", h, err)
	}
	chains["ten_1"]++
	if a, err := b.Anchor(t.Context(), []string{"finance"}, tenants, time.Unix(0, 0)); err != nil || a.Roots != 1 || a.Links != 1 {
		t.Errorf("%+v, %v", a, err)
	}
}

// refusing is a key that does not sign.
type refusing struct{ *Memory }

var errRefused = errors.New("no right to sign")

func (refusing) Sign(context.Context, []byte) ([]byte, error) { return nil, errRefused }

// What cannot be signed is not written.
func TestWithoutASignatureNothingIsWritten(t *testing.T) {
	m := NewMemory()
	if _, err := NewBook(m, refusing{m}, long{"ten_1": 3}).Anchor(t.Context(), []string{"finance"}, []string{"ten_1"}, time.Unix(0, 0)); !errors.Is(err, errRefused) || len(m.files) > 0 {
		t.Errorf("%d roots, %v", len(m.files), err)
	}
}
