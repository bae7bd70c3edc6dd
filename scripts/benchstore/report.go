package main

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The aims that the store was built for.
const (
	putsLeast, putsAim      = 2.0, 3.0 // times dynoxide, at 16 clients
	foursLeast, foursAim    = 1.5, 3.0 // times dynoxide, transactions of 4
	commitsPerSyncLeast     = 4.0      // at 16 clients
	encodingMost            = 2.0      // times the client's own cost
	growthMostPercent       = 10.0
	memoryMostMB            = 200.0
	diskMostKilobytesPerOne = 0.6
)

// report gathers what was measured, and writes the page.
type report struct {
	settings    settings
	notes       []string
	comparisons []comparison
	encoding    encoding
	growth      *growth
}

// comparison is one kind of work on each store.
type comparison struct {
	work           string
	clients        int
	samples        []sample // engine in process, engine over its port, dynoxide
	commitsPerSync float64
}

// encoding is a transaction of 100 through guregu/dynamo.
type encoding struct {
	nullClock, engineClock, nullProcessor, engineProcessor time.Duration
}

// ratio is how many times faster a store is than dynoxide: of a single client
// by the median time of an operation, which other work on the machine hardly
// moves, of several by what they get done in a second.
func (c comparison) ratio(store int) float64 {
	one, other := c.samples[store], c.samples[2]
	if c.clients == 1 {
		return float64(other.median) / float64(one.median)
	}
	return one.perSecond / other.perSecond
}

func (c comparison) String() string {
	return fmt.Sprintf("%s %v %.1f", c.work, c.samples, c.commitsPerSync)
}

func (r *report) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// markdown is the whole page.
func (r *report) markdown() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# Speed of the embedded store\n\nWritten by `make bench-store`; do not edit.\n\n")
	fmt.Fprintf(&out, "Measured on %s with %d processors (%s/%s) and %s. ", time.Now().UTC().Format("2 January 2006"), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	fmt.Fprintf(&out, "Every item has about %d bytes and lies in two indexes of everything; the stream holds new images; each answer means fsynced. ", itemBytes)
	fmt.Fprintf(&out, "Stores are measured by turns within one run, %d blocks of up to %d operations each, and the median block counts: compare the ratios, not the numbers of two runs.\n\n", r.settings.blocks, r.settings.puts)
	for _, note := range r.notes {
		fmt.Fprintf(&out, "%s\n\n", note)
	}
	fmt.Fprintf(&out, "## Aims\n\n| aim | measured | |\n| --- | --- | --- |\n")
	for _, one := range r.aims() {
		fmt.Fprintf(&out, "| %s | %s | %s |\n", one.text, one.measured, one.verdict)
	}
	r.writeComparisons(&out)
	r.writeEncoding(&out)
	r.writeGrowth(&out)
	return out.Bytes()
}

// aim is one line of the table of aims.
type aim struct{ text, measured, verdict string }

const notMeasured = "not measured"

func (r *report) aims() []aim {
	var out []aim
	ratio := func(name string, least, wanted float64) {
		one := aim{text: fmt.Sprintf("%s: at least %g × dynoxide (aim %g ×)", name, least, wanted), measured: "–", verdict: notMeasured}
		if c := r.find(name); c != nil && len(c.samples) == 3 {
			got := c.ratio(0)
			one.measured, one.verdict = fmt.Sprintf("%.1f ×", got), verdict(got, least, wanted)
		}
		out = append(out, one)
	}
	ratio(puts16, putsLeast, putsAim)
	ratio(fours1, foursLeast, foursAim)
	ratio(fours16, foursLeast, foursAim)
	if c := r.find(puts16); c != nil {
		out = append(out, aim{
			fmt.Sprintf("commits per fsync at 16 clients: at least %g", commitsPerSyncLeast),
			fmt.Sprintf("%.1f", c.commitsPerSync), verdict(c.commitsPerSync, commitsPerSyncLeast, commitsPerSyncLeast),
		})
	}
	if e := r.encoding; e.nullProcessor > 0 {
		got := float64(e.engineProcessor) / float64(e.nullProcessor)
		out = append(out, aim{
			fmt.Sprintf("transaction of 100: at most %g × the processor time of guregu/dynamo's own encoding", encodingMost),
			fmt.Sprintf("%.1f × (%s ms, encoding %s ms)", got, milliseconds(e.engineProcessor), milliseconds(e.nullProcessor)), atMost(got, encodingMost),
		})
	}
	return append(out, r.growthAims()...)
}

func (r *report) growthAims() []aim {
	g := r.growth
	if g == nil {
		return []aim{{"growth to a million items", "–", notMeasured}}
	}
	slower := func(pair [2]sample) float64 { return 100 * (float64(pair[1].median)/float64(pair[0].median) - 1) }
	size := fmt.Sprintf("at %d items", g.items)
	memory := aim{fmt.Sprintf("memory %s: under %g MB", size, memoryMostMB), "–", notMeasured}
	if g.memoryMax > 0 {
		loaded, most := float64(g.memoryLoaded)/1e6, float64(g.memoryMax)/1e6
		memory.measured, memory.verdict = fmt.Sprintf("%.0f MB, at most %.0f MB", loaded, most), atMost(most, memoryMostMB)
	}
	disk := float64(g.diskBytes) / float64(g.items) / 1000
	return []aim{
		{fmt.Sprintf("put %s: at most %g %% slower than at %d", size, growthMostPercent, smallItems), fmt.Sprintf("%+.1f %%", slower(g.put)), atMost(slower(g.put), growthMostPercent)},
		{fmt.Sprintf("get %s: at most %g %% slower than at %d", size, growthMostPercent, smallItems), fmt.Sprintf("%+.1f %%", slower(g.get)), atMost(slower(g.get), growthMostPercent)},
		memory,
		{fmt.Sprintf("disk %s, compacted: at most %g KB per item with its index entries and stream record", size, diskMostKilobytesPerOne), fmt.Sprintf("%.2f KB", disk), atMost(disk, diskMostKilobytesPerOne)},
	}
}

func verdict(got, least, wanted float64) string {
	switch {
	case got >= wanted:
		return "met"
	case got >= least:
		return "least met, aim **missed**"
	}
	return "**missed**"
}

func atMost(got, most float64) string {
	if got <= most {
		return "met"
	}
	return "**missed**"
}

func (r *report) find(work string) *comparison {
	for i := range r.comparisons {
		if r.comparisons[i].work == work {
			return &r.comparisons[i]
		}
	}
	return nil
}

func (r *report) writeComparisons(out *bytes.Buffer) {
	fmt.Fprintf(out, "\n## Against dynoxide\n\nOperations a second, and median / 99th percentile of one in ms. A single client's ratio is that of the medians, several clients' that of the operations a second. \"Over its port\" is the same engine behind HTTP and signatures, as dynoxide is.\n\n")
	fmt.Fprintf(out, "| | %s | %s | dynoxide | in process ÷ dynoxide | over its port ÷ dynoxide | commits per fsync |\n| --- | --- | --- | --- | --- | --- | --- |\n", inProcess, overPort)
	for _, c := range r.comparisons {
		cells := []string{c.work}
		for i := range 3 {
			if i >= len(c.samples) {
				cells = append(cells, "–")
				continue
			}
			one := c.samples[i]
			cells = append(cells, fmt.Sprintf("%.0f/s, %s / %s", one.perSecond, milliseconds(one.median), milliseconds(one.high)))
		}
		for i := range 2 {
			if len(c.samples) < 3 {
				cells = append(cells, "–")
				continue
			}
			cells = append(cells, fmt.Sprintf("%.1f ×", c.ratio(i)))
		}
		cells = append(cells, perSync(c.commitsPerSync))
		fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | "))
	}
}

func perSync(commits float64) string {
	if commits == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", commits)
}

func (r *report) writeEncoding(out *bytes.Buffer) {
	e := r.encoding
	fmt.Fprintf(out, "\n## A transaction of 100 through guregu/dynamo\n\n| | clock, ms | processor, ms |\n| --- | --- | --- |\n")
	fmt.Fprintf(out, "| over a store that does nothing | %s | %s |\n", milliseconds(e.nullClock), milliseconds(e.nullProcessor))
	fmt.Fprintf(out, "| on the engine | %s | %s |\n", milliseconds(e.engineClock), milliseconds(e.engineProcessor))
	fmt.Fprintf(out, "\nThe processor's time on the engine holds all that the store does in the background, too.\n")
}

func (r *report) writeGrowth(out *bytes.Buffer) {
	g := r.growth
	if g == nil {
		return
	}
	fmt.Fprintf(out, "\n## Growth\n\nOne client, both stores open in one process, each operation on one and then on the other; the median time counts.\n\n| | %d items | %d items |\n| --- | --- | --- |\n", smallItems, g.items)
	for _, line := range []struct {
		name string
		pair [2]sample
	}{{"put", g.put}, {"get", g.get}} {
		fmt.Fprintf(out, "| %s | %.0f/s, median %s ms | %.0f/s, median %s ms |\n", line.name, line.pair[0].perSecond, milliseconds(line.pair[0].median), line.pair[1].perSecond, milliseconds(line.pair[1].median))
	}
	fmt.Fprintf(out, "\nLoading took %.0f s in batches of 25 by %d clients over the port; compaction %.0f s; opening the full store %.0f ms. ", g.loadSeconds, loadClients, g.compactSeconds, g.openedMilliseconds)
	fmt.Fprintf(out, "Memory is the resident size of a process that does nothing but serve the store. On disk are %.0f MB.\n", float64(g.diskBytes)/1e6)
	// Seen in a profile of gets: a seventh of one goes to finding room for a page, reading it, checking and unpacking it.
	fmt.Fprintf(out, "\nThe small store lies in the cache of pages, the large one hardly: a get from it reads and unpacks a page. Smaller pages would do that sooner, and take an eighth more of the disk.\n")
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d.Microseconds())/1000) }

func medianOf(all []time.Duration) time.Duration {
	sorted := slices.Clone(all)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

// plain is the text of a string value.
func plain(value types.AttributeValue) string {
	text, _ := value.(*types.AttributeValueMemberS)
	if text == nil {
		return ""
	}
	return text.Value
}
