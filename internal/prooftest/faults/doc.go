// Package faults stands between the system and its store and spoils what passes, as networks and services do: calls are
// dropped, delayed, repeated or refused, and, what most tests miss, done while their answer is lost. What strikes follows from
// a seed alone, so that a run that failed can be run again.
//
// A run has lanes: clients and relays, each of which makes its calls one after the other. A context names the lane
// (see In); a call without one is never spoilt. With Turns the lanes take turns at the store in an order drawn from the
// same seed, so that the whole run is the same every time: which call came between which, and what was lost.
package faults
