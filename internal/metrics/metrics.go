// Package metrics names what is counted about calls, on either side, and carries it: a [Sample] gathers the figures of one
// invocation, [EMF] writes them as the line that CloudWatch makes metrics of, [Totals] sums them for Prometheus. Figures are
// numbers; no tenant, person or value that anyone sent is ever part of them.
package metrics

// Namespace holds the system's own metrics in CloudWatch.
const Namespace = "Backoffice"

// The dimensions of the metrics. Each combination of values is a metric that is paid for by the month, so there are few: a
// tenant is none of them.
const (
	DimensionStage     = "stage"
	DimensionDomain    = "domain"
	DimensionOperation = "operation"
)

// Name is the name of a metric, the same in CloudWatch, dashboards, alarms and, in Prometheus' spelling, at the host.
type Name string

// What is counted.
const (
	Calls        Name = "Calls"
	Latency      Name = "Latency"
	TimeUsed     Name = "TimeUsed"
	ClientErrors Name = "ClientErrors"
	ServerErrors Name = "ServerErrors"
	Conflicts    Name = "Conflicts"
	Replays      Name = "Replays"
	Acts         Name = "Acts"
	Events       Name = "Events"
	StoreCalls   Name = "StoreCalls"
	StoreRetries Name = "StoreRetries"
	ReadUnits    Name = "ReadUnits"
	WriteUnits   Name = "WriteUnits"
	ColdStarts   Name = "ColdStarts"

	WaitingActs        Name = "WaitingActs"
	ParkedActs         Name = "ParkedActs"
	OldestWaitingAct   Name = "OldestWaitingAct"
	OldestUnchainedAct Name = "OldestUnchainedAct"
	OldestHold         Name = "OldestHold"
	ActiveJobs         Name = "ActiveJobs"
	OldestIdleJob      Name = "OldestIdleJob"
	BrokenChains       Name = "BrokenChains"
	JobsGivenUp        Name = "JobsGivenUp"
)

// Unit is a unit as CloudWatch names it.
type Unit string

// The units.
const (
	Count        Unit = "Count"
	Milliseconds Unit = "Milliseconds"
	Percent      Unit = "Percent"
	Seconds      Unit = "Seconds"
)

// Kind says how figures of one metric go together.
type Kind int

// The kinds.
const (
	Counter Kind = iota // is summed; none is written for nought
	Gauge               // the last one stands; nought is a figure, too
)

// Metric describes one metric.
type Metric struct {
	Name Name
	Unit Unit
	Kind Kind
	// ByOperation has it reported for each operation beside its domain. Only what must name an offender is.
	ByOperation bool
	Help        string
}

// All lists every metric, in the order in which they are written.
func All() []Metric {
	return []Metric{
		{Calls, Count, Counter, false, "Calls that were answered, well or not"},
		{Latency, Milliseconds, Gauge, true, "How long an invocation took, without the start of its process"},
		{TimeUsed, Percent, Gauge, true, "How much of its time limit an invocation took"},
		{ClientErrors, Count, Counter, true, "Calls refused for the caller's sake (4xx)"},
		{ServerErrors, Count, Counter, true, "Calls that failed for the system's sake (5xx)"},
		{Conflicts, Count, Counter, false, "Commits that met another and were decided again"},
		{Replays, Count, Counter, false, "Repeated calls that got their first answer"},
		{Acts, Count, Counter, false, "Acts committed"},
		{Events, Count, Counter, false, "Events of the acts committed"},
		{StoreCalls, Count, Counter, false, "Round trips to the store"},
		{StoreRetries, Count, Counter, false, "Round trips that were repeated because the store was busy or did not answer"},
		{ReadUnits, Count, Counter, false, "Read capacity units"},
		{WriteUnits, Count, Counter, false, "Write capacity units"},
		{ColdStarts, Count, Counter, false, "Invocations that were the first of their process"},
		{WaitingActs, Count, Gauge, false, "Acts that waited when the sweep came by"},
		{ParkedActs, Count, Gauge, false, "Acts set aside because they cannot be taken up"},
		{OldestWaitingAct, Seconds, Gauge, false, "Age of the oldest act that the projections lack, parked ones left out"},
		{OldestUnchainedAct, Seconds, Gauge, false, "Age of the oldest act that the audit chain lacks, parked ones left out"},
		{OldestHold, Seconds, Gauge, false, "How long a rebuild, under way or given up, has kept acts out of projections"},
		{ActiveJobs, Count, Gauge, false, "Jobs that have not ended"},
		{OldestIdleJob, Seconds, Gauge, false, "How long the job that has stood still longest has done so"},
		{BrokenChains, Count, Gauge, false, "Audit chains that do not go on from where they were anchored"},
		{JobsGivenUp, Count, Counter, false, "Jobs that were given up: a step was refused for good, or again and again"},
	}
}
