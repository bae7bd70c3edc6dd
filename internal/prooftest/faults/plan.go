package faults

import (
	"hash/fnv"
)

// Kind is a kind of fault.
type Kind int

// The kinds of fault.
const (
	None          Kind = iota
	DroppedBefore      // the call never reaches the store; the caller sees a broken connection
	AnswerLost         // the store does it; the caller sees a broken connection
	Delayed            // other lanes overtake the call
	Throttled          // refused for capacity
	Conflicting        // refused because of another transaction
	ServerError        // status 500, nothing done
	Duplicated         // the call reaches the store twice; the caller sees the second answer
	kinds
)

// String names the kind.
func (k Kind) String() string {
	return [kinds]string{"none", "dropped before", "answer lost", "delayed", "throttled", "conflicting", "server error", "duplicated"}[k]
}

// Rates are how often each kind strikes, from 0 to 1, by kind. Their sum is at most 1.
type Rates [kinds]float64

const (
	rateMax = 0.11
	// burstMax is how many calls of a lane in a row one fault spoils at most: more than the client repeats a call, so that
	// some faults reach the operation.
	burstMax = 9
	// overtakenMax is how many turns a delayed call lets pass at most.
	overtakenMax = 12
)

// Draw makes the rates of a run: some kinds are absent, the others strike up to rateMax of all calls.
func Draw(seed uint64) Rates {
	var r Rates
	for k := DroppedBefore; k < kinds; k++ {
		if d := newDice(seed, "rate", uint64(k)); d.float() > 0.25 {
			r[k] = d.float() * rateMax
		}
	}
	return r
}

// dice draw numbers that follow from a seed, a name and a count alone, whatever else is drawn meanwhile.
type dice struct{ state uint64 }

func newDice(seed uint64, name string, n uint64) *dice {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return &dice{state: seed ^ h.Sum64() ^ n*0x9E3779B97F4A7C15}
}

// next is SplitMix64.
func (d *dice) next() uint64 {
	d.state += 0x9E3779B97F4A7C15
	z := d.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

func (d *dice) float() float64 { return float64(d.next()>>11) / (1 << 53) }

func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

// Decision is what happens to one call.
type Decision struct {
	Kind  Kind
	Burst int // how many calls of the lane it strikes, this one included
	Turns int // how many turns a delayed call lets pass
}

// Decide draws what happens to the n-th call of a lane.
func (r Rates) Decide(seed uint64, lane string, n uint64) Decision {
	d := newDice(seed, lane, n)
	at := d.float()
	for k := DroppedBefore; k < kinds; k++ {
		if at -= r[k]; at >= 0 {
			continue
		}
		out := Decision{Kind: k, Burst: 1, Turns: 1 + d.below(overtakenMax)}
		if d.float() < 0.4 {
			out.Burst += d.below(burstMax)
		}
		return out
	}
	return Decision{Kind: None}
}
