package clock_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"backoffice/internal/clock"
)

// Waiting takes as long as it was to, unless the caller goes: then it ends at once.
func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		if err := clock.Wait(t.Context(), time.Hour); err != nil || time.Since(begun) != time.Hour {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := clock.Wait(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != time.Hour+time.Minute {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
	})
}

// What is stored reads back, in UTC and to the millisecond.
func TestFormat(t *testing.T) {
	at := time.Date(2026, 6, 1, 0, 59, 59, 999_999_999, time.FixedZone("BST", 3600))
	text := clock.Format(at)
	back, err := clock.Parse(text)
	if text != "2026-05-31T23:59:59.999Z" || err != nil || !back.Equal(clock.Truncate(at)) {
		t.Errorf("%s read back as %s: %v", text, back, err)
	}
}
