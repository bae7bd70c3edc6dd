package platformwire

import (
	"sync"
	"time"
)

const (
	// cacheSecondsMax is how old what is known of a principal may be: a revocation holds within this time.
	cacheSecondsMax = 60
	// cachedMax is how many principals are kept in memory.
	cachedMax = 10_000
)

// name is whose facts they are: a tenant, and a principal or person of it.
type name struct{ tenant, id string }

// cache keeps what was read of principals for a minute at most. It is safe for concurrent use; what it holds is not changed.
type cache[V any] struct {
	mu   sync.Mutex
	kept map[name]entry[V]
}

type entry[V any] struct {
	value V
	read  time.Time
}

// fresh tells whether an entry is young enough; one from the future is not, whatever became of the clock.
func (e entry[V]) fresh(now time.Time) bool {
	return !now.Before(e.read) && now.Before(e.read.Add(cacheSecondsMax*time.Second))
}

func (c *cache[V]) get(of name, now time.Time) (v V, read time.Time, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, there := c.kept[of]
	return e.value, e.read, there && e.fresh(now)
}

// put keeps a value that was read at an instant, unless the cache is full of younger ones.
func (c *cache[V]) put(of name, v V, read time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil {
		c.kept = map[name]entry[V]{}
	}
	if len(c.kept) >= cachedMax {
		for n, e := range c.kept {
			if !e.fresh(read) {
				delete(c.kept, n)
			}
		}
	}
	if _, there := c.kept[of]; there || len(c.kept) < cachedMax {
		c.kept[of] = entry[V]{value: v, read: read}
	}
}
