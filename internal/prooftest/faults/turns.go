package faults

import (
	"slices"
	"sync"
)

// Turns lets the calls of lanes through one at a time, in an order drawn from a seed. A call waits until every other lane that
// has not left waits, too: so no lane runs while another is under way, and chance has no part in what comes first.
//
// Lanes must share nothing in the process that one of them could hold while it calls; each is a process of its own.
type Turns struct {
	mu      sync.Mutex
	dice    *dice
	live    map[string]bool
	waiting map[string]chan struct{}
}

// NewTurns makes turns for lanes that are about to begin.
func NewTurns(seed uint64, lanes ...string) *Turns {
	t := &Turns{dice: newDice(seed, "turns", 0), live: map[string]bool{}, waiting: map[string]chan struct{}{}}
	for _, l := range lanes {
		t.live[l] = true
	}
	return t
}

// Run has a lane do its work, all of it within turns: not even its beginning runs beside another lane. Then the lane leaves.
func (t *Turns) Run(lane string, work func()) {
	defer t.leave(lane)
	t.wait(lane)
	work()
}

// leave takes a lane out, which calls no more.
func (t *Turns) leave(lane string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.live, lane)
	t.choose()
}

// wait returns when it is the lane's turn; a lane that never joined, or has left, has it always.
func (t *Turns) wait(lane string) {
	if t == nil {
		return
	}
	t.mu.Lock()
	if !t.live[lane] {
		t.mu.Unlock()
		return
	}
	mine := make(chan struct{})
	t.waiting[lane] = mine
	t.choose()
	t.mu.Unlock()
	<-mine
}

// choose lets one lane through when all wait.
func (t *Turns) choose() {
	if len(t.waiting) == 0 || len(t.waiting) < len(t.live) {
		return
	}
	names := make([]string, 0, len(t.waiting))
	for name := range t.waiting {
		names = append(names, name)
	}
	slices.Sort(names)
	name := names[t.dice.below(len(names))]
	close(t.waiting[name])
	delete(t.waiting, name)
}
