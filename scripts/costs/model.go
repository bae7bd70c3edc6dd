package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sort"
	"time"
)

//go:embed assumptions.json
var assumptionTable []byte

// assumed keeps what cannot be counted and is therefore assumed: figures of a day and a machine, with which the same document
// is made everywhere.
const assumed = "scripts/costs/assumptions.json"

// fullProcessorMB is the memory with which a function has one whole processor; with less it has its share.
const fullProcessorMB = 1769

// assumptions are what the model takes for granted.
type assumptions struct {
	MeasuredOn string `json:"measuredOn"`
	Machine    string `json:"machine"`
	// StoreCallMS is how long a function waits for one round trip to the store.
	StoreCallMS float64 `json:"storeCallMS"`
	// LogBytes is what a call leaves in the log: its own two lines, and those of the platform.
	LogBytes int     `json:"logBytes"`
	Classes  []class `json:"classes"`
}

// class is how long the operations of one memory class take themselves, on a whole processor.
type class struct {
	MemoryMB int     `json:"memoryMB"`
	OwnMS    float64 `json:"ownMS"` // median over the operations' examples, of a warm process
}

func readAssumptions(raw []byte) (assumptions, error) {
	var a assumptions
	if err := json.Unmarshal(raw, &a); err != nil {
		return a, fmt.Errorf("assumptions: %w", err)
	}
	if len(a.Classes) == 0 || a.StoreCallMS <= 0 || a.LogBytes <= 0 {
		return a, fmt.Errorf("assumptions: something is missing: run go run ./scripts/costs -durations")
	}
	sort.Slice(a.Classes, func(i, j int) bool { return a.Classes[i].MemoryMB < a.Classes[j].MemoryMB })
	return a, nil
}

// ms is how long a call is assumed to run as a function: its own work on its share of a processor, and its waits for the
// store. A memory class without a figure of its own takes that of the next smaller one.
func (a assumptions) ms(memoryMB, storeCalls int) float64 {
	own := a.Classes[0].OwnMS
	for _, c := range a.Classes {
		if c.MemoryMB <= memoryMB {
			own = c.OwnMS
		}
	}
	share := min(1, float64(memoryMB)/fullProcessorMB)
	return own/share + float64(storeCalls)*a.StoreCallMS
}

// bill is what a million calls of an operation come to, in US dollars.
type bill struct {
	ms                                  float64
	store, gateway, function, eventsLog float64
}

func (b bill) total() float64 { return b.store + b.gateway + b.function + b.eventsLog }

// billOf adds up what is paid for a call: the request at the HTTP API, where there is one, the function's request and time,
// the store, the events that its act announces, and the log.
func billOf(p prices, a assumptions, c cost) bill {
	b := bill{ms: a.ms(c.spec.MemorySize(), c.count.Calls), store: p.million(c.count)}
	if c.spec.HTTP() {
		b.gateway = p.of(httpRequests, 1)
	}
	const msPerSecond, mbPerGB, bytesPerGB = 1000, 1024, 1_000_000_000
	b.function = p.of(functionRequests, 1) + p.of(gigabyteSeconds, b.ms/msPerSecond*float64(c.spec.MemorySize())/mbPerGB)
	b.eventsLog = p.of(events, float64(c.events)) + p.of(logGigabytes, float64(a.LogBytes)/bytesPerGB)
	return b
}

// remeasureDurations takes the medians anew and keeps them; the rest of the table stays.
func remeasureDurations(all []cost, at time.Time, machine string) error {
	a, err := readAssumptions(assumptionTable)
	if err != nil {
		return err
	}
	a.MeasuredOn, a.Machine, a.Classes = at.Format(time.DateOnly), machine, medians(all)
	raw, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(assumed, append(raw, '\n'), 0o644) //nolint:gosec // G306: figures for everyone
}

// medians gives the middle duration of each memory class, in tenths of a millisecond.
func medians(all []cost) []class {
	took := map[int][]time.Duration{}
	for _, c := range all {
		if c.none == "" {
			took[c.spec.MemorySize()] = append(took[c.spec.MemorySize()], c.took)
		}
	}
	var out []class
	for memory, durations := range took {
		slices.Sort(durations)
		out = append(out, class{MemoryMB: memory, OwnMS: float64(durations[len(durations)/2].Round(100*time.Microsecond)) / float64(time.Millisecond)})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].MemoryMB < out[j].MemoryMB })
	return out
}
