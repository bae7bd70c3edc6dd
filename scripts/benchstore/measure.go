package main

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// sample is what one block of operations took.
type sample struct {
	perSecond float64
	median    time.Duration // of one operation
	high      time.Duration // 99 of 100 take less
}

// inParallel calls work for each number from 0 on, by so many clients. It
// returns the first error, after which no further call is made.
func inParallel(clients, count int, work func(n int) error) error {
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= count || failed.Load() != nil {
					return
				}
				if err := work(n); err != nil {
					failed.CompareAndSwap(nil, &err)
					return
				}
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// block times count operations by so many clients.
func block(clients, count int, work func(n int) error) (sample, error) {
	times := make([]time.Duration, count)
	started := time.Now()
	err := inParallel(clients, count, func(n int) error {
		from := time.Now()
		err := work(n)
		times[n] = time.Since(from)
		return err
	})
	if err != nil {
		return sample{}, err
	}
	took := time.Since(started)
	slices.Sort(times)
	return sample{perSecond: float64(count) / took.Seconds(), median: times[count/2], high: times[count*99/100]}, nil
}

// middle is the sample of median speed; single blocks that the machine
// disturbed do not count.
func middle(samples []sample) sample {
	sorted := slices.Clone(samples)
	slices.SortFunc(sorted, func(a, b sample) int {
		switch {
		case a.perSecond < b.perSecond:
			return -1
		case a.perSecond > b.perSecond:
			return 1
		}
		return 0
	})
	return sorted[len(sorted)/2]
}

// work is one kind of operation, as a block of it runs on one store.
type work struct {
	name    string
	clients int
	count   int
	run     func(c *contender) func(n int) error
}

// byTurns runs blocks of one kind on each store in turn, the first one
// uncounted, and returns each store's middle sample.
func byTurns(blocks int, stores []*contender, w work) ([]sample, error) {
	samples := make([][]sample, len(stores))
	for round := range blocks + 1 {
		for i := range stores {
			at := (i + round) % len(stores) // none is always the first
			one, err := block(w.clients, w.count, w.run(stores[at]))
			if err != nil {
				return nil, err
			}
			if round > 0 {
				samples[at] = append(samples[at], one)
			}
		}
	}
	out := make([]sample, len(stores))
	for i := range stores {
		out[i] = middle(samples[i])
	}
	return out, nil
}

// byOnes lets each store do one operation after the other's, as many as so
// many blocks have, so that both meet the same moments of a busy machine.
func byOnes(blocks int, stores []*contender, w work) ([]sample, error) {
	times := make([][]time.Duration, len(stores))
	for range blocks {
		runs := make([]func(int) error, len(stores))
		for i, c := range stores {
			runs[i] = w.run(c)
		}
		for n := range w.count {
			for i := range stores {
				at := (i + n) % len(stores)
				from := time.Now()
				if err := runs[at](n); err != nil {
					return nil, err
				}
				times[at] = append(times[at], time.Since(from))
			}
		}
	}
	out := make([]sample, len(stores))
	for i, all := range times {
		var sum time.Duration
		for _, one := range all {
			sum += one
		}
		slices.Sort(all)
		out[i] = sample{perSecond: float64(len(all)) / sum.Seconds(), median: all[len(all)/2], high: all[len(all)*99/100]}
	}
	return out, nil
}
