package platformwire

import (
	"fmt"
	"testing"
	"time"
)

// A full cache makes room by forgetting what has run out, and keeps nothing more while all of it is young.
func TestCacheIsBounded(t *testing.T) {
	var c cache[int]
	start := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	for i := range cachedMax + 5 {
		c.put(name{"ten_1", fmt.Sprint(i)}, i, start)
	}
	if len(c.kept) != cachedMax {
		t.Fatalf("%d kept", len(c.kept))
	}
	if _, _, ok := c.get(name{"ten_1", fmt.Sprint(cachedMax)}, start); ok {
		t.Error("kept although full")
	}
	c.put(name{"ten_1", "0"}, -1, start) // what is there can be replaced
	if v, _, ok := c.get(name{"ten_1", "0"}, start); !ok || v != -1 {
		t.Errorf("%d, %v", v, ok)
	}
	later := start.Add(cacheSecondsMax * time.Second)
	c.put(name{"ten_1", "new"}, 1, later)
	if len(c.kept) != 1 {
		t.Errorf("%d kept after all but one have run out", len(c.kept))
	}
	if _, _, ok := c.get(name{"ten_2", "new"}, later); ok {
		t.Error("another tenant's")
	}
}
