package op

import (
	"slices"
	"strings"
	"time"

	"backoffice/internal/fault"
)

// Kind says how an operation is called.
type Kind string

// The kinds of operation.
const (
	Command    Kind = "command"    // changes state, over HTTPS
	Query      Kind = "query"      // reads, over HTTPS
	Task       Kind = "task"       // called by a state machine or a job runner
	Subscriber Kind = "subscriber" // called with an event
	Job        Kind = "job"        // called by a schedule
)

// Action is a set of things that an operation does to a table; each is one or more IAM actions.
type Action uint8

// The table actions.
const (
	Get    Action = 1 << iota // GetItem, BatchGetItem, TransactGetItems
	List                      // Query on the table
	Put                       // PutItem
	Update                    // UpdateItem
	Delete                    // DeleteItem
	Check                     // ConditionCheckItem inside a transaction
	Sweep                     // Scan of the sparse index of pending acts
)

// Access is what an operation does to one table. The store kit refuses everything else, on a laptop as IAM does in the cloud.
type Access struct {
	Table   string
	Do      Action
	Indexes string // names of secondary indexes it queries, comma separated
	// AllTenants lifts the rule that every key starts with the caller's tenant; the reason why it must.
	AllTenants string
}

// Contribution is a named part of a transaction that one domain offers to others; its access adds to its user's.
type Contribution struct {
	Name   string
	Access []Access
	// Home is the table whose projections take the contribution up: an act that uses it stands there, where that domain's
	// relay, reports and closing of periods see it wait. Empty for contributions that feed no projection.
	Home string
	// Emits are the events that the contribution adds to an act.
	Emits []*Event
}

// Exemption frees an operation from one rule of the conformance walk; the reason is part of the golden exempt list.
type Exemption struct {
	Rule    string
	Because string
}

// Deprecation announces that an operation will go (RFC 9745, RFC 8594).
type Deprecation struct {
	Since, Sunset string // dates, yyyy-mm-dd
	Instead       string // id of the operation to use instead
}

// Example is a call that works in a fresh tenant. `${operation-id.member}` stands for a member of the answer to that
// operation's own example, which is run first.
type Example struct {
	Given []string      // operations whose examples must have run, beyond those that placeholders name
	Path  string        // path parameters as name=value, space separated
	Query string        // query string without "?"
	Body  string        // JSON
	After time.Duration // how much later than what it depends on it is called
	// OtherPerson has the example called by another person of the tenant: four eyes.
	OtherPerson bool
}

// Event names a kind of event that an operation emits.
type Event struct {
	Type    string // finance.journal.posted.v1
	Summary string
	Data    any    // a zero value of the event's struct, from which its JSON Schema is made
	Example string // JSON of the data
}

// Spec describes an operation. It is written once, as a static literal beside the handler, and read by the cloud stacks, the
// host, OpenAPI, the permission matrix and the tests.
type Spec struct {
	ID          string // domain.verb-noun
	Kind        Kind
	Route       string // "POST /finance/v1/journals/{journalId}/post"; empty for tasks, subscribers and jobs
	Summary     string
	Description string
	Permission  string // resource.verb within the domain, e.g. "journals.post"
	Status      int    // of success; 0 means 200
	Access      []Access
	Files       []FileAccess
	Roots       FileAction // what it does with the audit roots
	Seals       SealAction // what it does with encrypted fields; 0 is nothing, and its function knows no key
	Uses        []*Contribution
	Emits       []*Event
	On          []string // event types a subscriber takes
	Every       time.Duration
	Example     Example
	IfMatch     bool          // the call must name the version it changes
	Narrows     bool          // the handler itself keeps a caller whose right is narrower than "all" to its own records
	StepUp      time.Duration // a person must have signed in within this time; 0 asks for nothing beyond the token
	Deprecated  *Deprecation
	NoRecord    string // a command that leaves no act: the reason why
	// InMaintenance is why an operation that changes something goes on while the installation is shut for maintenance.
	InMaintenance string
	Public        string        // a route that needs no token: the reason why
	OnPremise     string        // what has no place in the cloud and is not deployed there: the reason why
	BodyMax       int           // bytes; 0 means bodyBytesDefault
	MemoryMB      int           // 0 means 512
	DiskMB        int           // for temporary files; 0 means 512
	Timeout       time.Duration // 0 means 25 s
	Heavy         string        // why this operation's function alone holds the large libraries that write workbooks and paper
	Exempt        []Exemption
}

const (
	bodyBytesDefault = 1 << 20
	timeoutDefault   = 25 * time.Second
	memoryMBDefault  = 512
	diskMBDefault    = 512
)

// Domain is the first part of the id: the domain whose table holds the operation's acts.
func (s Spec) Domain() string { d, _, _ := strings.Cut(s.ID, "."); return d }

// AllEmits lists the events that the operation's acts may hold: its own, and those of the contributions it uses.
func (s Spec) AllEmits() []*Event {
	all := slices.Clone(s.Emits)
	for _, c := range s.Uses {
		for _, e := range c.Emits {
			if !slices.Contains(all, e) {
				all = append(all, e)
			}
		}
	}
	return all
}

// ActTable is the table that holds the operation's acts: the home of the contribution it uses, or its own domain's.
func (s Spec) ActTable() string {
	for _, c := range s.Uses {
		if c.Home != "" {
			return c.Home
		}
	}
	return s.Domain()
}

// Name is the second part of the id, which is also the name of its folder and binary.
func (s Spec) Name() string { _, n, _ := strings.Cut(s.ID, "."); return n }

// Method is the HTTP method, or "".
func (s Spec) Method() string { m, _, _ := strings.Cut(s.Route, " "); return m }

// Path is the path template, or "".
func (s Spec) Path() string { _, p, _ := strings.Cut(s.Route, " "); return p }

// HTTP tells whether the operation is called over HTTPS.
func (s Spec) HTTP() bool { return s.Kind == Command || s.Kind == Query }

// Deployed tells whether the operation is deployed into the cloud.
func (s Spec) Deployed() bool { return s.OnPremise == "" }

// Writes tells whether the operation changes state through an act.
func (s Spec) Writes() bool { return s.Kind != Query && s.NoRecord == "" }

// Gated tells whether maintenance stops the operation.
func (s Spec) Gated() bool { return s.Kind != Query && s.InMaintenance == "" }

// Right is the full name of the permission: domain and permission.
func (s Spec) Right() string { return s.Domain() + "." + s.Permission }

// MemorySize gives the memory class in MB.
func (s Spec) MemorySize() int {
	if s.MemoryMB > 0 {
		return s.MemoryMB
	}
	return memoryMBDefault
}

// DiskSize gives the room for temporary files in MB.
func (s Spec) DiskSize() int {
	if s.DiskMB > 0 {
		return s.DiskMB
	}
	return diskMBDefault
}

// TimeLimit gives how long a call may last.
func (s Spec) TimeLimit() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return timeoutDefault
}

// BodyLimit gives how many bytes a request body may have.
func (s Spec) BodyLimit() int {
	if s.BodyMax > 0 {
		return s.BodyMax
	}
	return bodyBytesDefault
}

// SuccessStatus gives the HTTP status of success.
func (s Spec) SuccessStatus() int {
	if s.Status > 0 {
		return s.Status
	}
	return 200
}

// AllAccess is what the operation does itself, through contributions, and through the pipeline: its act, the caller's grants,
// and the maintenance switch. One row per table.
func (s Spec) AllAccess() []Access {
	rows := append([]Access(nil), s.Access...)
	for _, c := range s.Uses {
		rows = append(rows, c.Access...)
	}
	if s.Writes() {
		rows = append(rows, Access{Table: s.ActTable(), Do: Get | Put})
	}
	if s.HTTP() && s.Public == "" {
		rows = append(rows, Access{Table: "platform", Do: Get | List})
	}
	if s.Gated() {
		rows = append(rows, Access{Table: "platform", Do: Get})
	}
	return mergeAccess(rows)
}

func mergeAccess(rows []Access) []Access {
	var out []Access
next:
	for _, r := range rows {
		for i := range out {
			if out[i].Table == r.Table {
				out[i].Do |= r.Do
				out[i].Indexes = joinNames(out[i].Indexes, r.Indexes)
				if out[i].AllTenants == "" {
					out[i].AllTenants = r.AllTenants
				}
				continue next
			}
		}
		out = append(out, r)
	}
	return out
}

func joinNames(a, b string) string {
	out := a
	for _, n := range strings.Split(b, ",") {
		if n == "" || hasName(out, n) {
			continue
		}
		if out != "" {
			out += ","
		}
		out += n
	}
	return out
}

func hasName(list, name string) bool {
	for _, n := range strings.Split(list, ",") {
		if n == name {
			return true
		}
	}
	return false
}

// HasIndex tells whether the access covers a secondary index.
func (a Access) HasIndex(name string) bool { return hasName(a.Indexes, name) }

// ExemptFrom gives the reason why the operation is free from a rule of the conformance walk, or "".
func (s Spec) ExemptFrom(rule string) string {
	for _, e := range s.Exempt {
		if e.Rule == rule {
			return e.Because
		}
	}
	return ""
}

// Validator is an input that checks itself: it notes every broken rule, each with its pointer.
type Validator interface {
	Validate(c *fault.Collector)
}
