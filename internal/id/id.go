// Package id makes and checks record ids: a type prefix and a ULID, such as jrn_01JD2M8G3S6QX4T5V7W9Y0Z1A2. Ids sort by the
// time they were made and carry no meaning beyond their type.
package id

import (
	"crypto/rand"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"backoffice/internal/clock"
)

const ulidLength = 26

// Source makes ids; within one source they are strictly increasing, even inside one millisecond.
type Source struct {
	mu      sync.Mutex
	now     clock.Clock
	entropy *ulid.MonotonicEntropy
	last    uint64
}

// NewSource makes ids from a clock and a source of randomness; nil stands for the operating system's.
func NewSource(now clock.Clock, random io.Reader) *Source {
	if random == nil {
		random = rand.Reader
	}
	return &Source{now: now, entropy: ulid.Monotonic(random, 0)}
}

// New makes the next id with a type prefix, e.g. New("jrn").
func (s *Source) New(prefix string) string { return prefix + "_" + s.ULID() }

// ULID makes the next bare ULID.
func (s *Source) ULID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ms := max(ulid.Timestamp(s.now()), s.last)
	v, err := ulid.New(ms, s.entropy)
	if err != nil { // the 80 random bits overflowed inside one millisecond: move on by one
		ms++
		v = ulid.MustNew(ms, s.entropy)
	}
	s.last = ms
	return v.String()
}

// Valid tells whether text is an id of the given type: exact prefix, upper-case ULID.
func Valid(prefix, text string) bool {
	rest, ok := strings.CutPrefix(text, prefix+"_")
	if !ok || len(rest) != ulidLength {
		return false
	}
	v, err := ulid.ParseStrict(rest)
	return err == nil && v.String() == rest
}

// Prefix gives the type part of an id, or "".
func Prefix(text string) string {
	p, _, ok := strings.Cut(text, "_")
	if !ok {
		return ""
	}
	return p
}

// Time gives the instant inside an id; the zero time when it is none.
func Time(text string) time.Time {
	_, rest, _ := strings.Cut(text, "_")
	v, err := ulid.ParseStrict(rest)
	if err != nil {
		return time.Time{}
	}
	return ulid.Time(v.Time()).UTC()
}
