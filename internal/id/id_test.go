package id_test

import (
	"bytes"
	"crypto/rand"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"backoffice/internal/clock"
	"backoffice/internal/id"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// Ids of one source increase, whatever the clock does.
func TestIdsIncreaseThoughTheClockStepsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := noon
		s := id.NewSource(func() time.Time { return now }, nil)
		last := ""
		for range rapid.IntRange(2, 50).Draw(t, "ids") {
			now = now.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "step")) * time.Millisecond)
			v := s.New("jrn")
			if v <= last || !id.Valid("jrn", v) {
				t.Fatalf("%s after %s", v, last)
			}
			last = v
		}
	})
}

func TestAFullMillisecondMovesOn(t *testing.T) {
	// The first id takes the highest ten bytes there are, so that the next one has no room in its millisecond.
	random := io.MultiReader(bytes.NewReader(bytes.Repeat([]byte{0xff}, 10)), rand.Reader)
	s := id.NewSource(clock.Fixed(noon), random)
	first, second := s.New("jrn"), s.New("jrn")
	if second <= first || !id.Time(second).After(id.Time(first)) {
		t.Errorf("%s after %s", second, first)
	}
}

func TestIdsOfManyAtOnceAreDistinct(t *testing.T) {
	const callers, each = 8, 500
	s := id.NewSource(clock.Fixed(noon), nil)
	made := make([][]string, callers)
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			for range each {
				made[i] = append(made[i], s.ULID())
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, all := range made {
		for _, v := range all {
			seen[v] = true
		}
	}
	if len(seen) != callers*each {
		t.Errorf("%d distinct ids of %d", len(seen), callers*each)
	}
}

func TestIdCarriesTypeAndTime(t *testing.T) {
	v := id.NewSource(clock.Fixed(noon), nil).New("jrn")
	if id.Prefix(v) != "jrn" || !id.Time(v).Equal(noon) {
		t.Errorf("%s: %q at %v", v, id.Prefix(v), id.Time(v))
	}
	if id.Valid("ent", v) || id.Prefix("none") != "" || !id.Time("none").IsZero() {
		t.Error("what is no such id was taken for one")
	}
}

// What is taken for an id has one spelling only.
func FuzzValid(f *testing.F) {
	v := id.NewSource(clock.Fixed(noon), nil).New("jrn")
	for _, seed := range []string{v, strings.ToLower(v), v + "0", v[:10], "jrn_", "jrn_IIIIIIIIIIIIIIIIIIIIIIIIII", "jrn_8ZZZZZZZZZZZZZZZZZZZZZZZZZ", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if id.Valid("jrn", text) && (len(text) != 30 || text[4:] != strings.ToUpper(text[4:]) || id.Time(text).IsZero() && text[4:14] != "0000000000") {
			t.Fatalf("%q is taken for an id", text)
		}
	})
}
