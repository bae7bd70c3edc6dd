package migration

import (
	"strconv"

	"backoffice/internal/finance"
	"backoffice/internal/money"
)

const (
	// chunkItemsMax is how many items the journals of one chunk may write, at most: journals, their external ids, the holds of
	// their rows, and new parties with their names. It leaves room in a transaction for the act, the job, the import and its totals.
	chunkItemsMax = 90
	// documentRowsMax is how many rows one journal takes; a document with more is several journals.
	documentRowsMax = 60
	// stepChunksMax and stepBytesMax bound what one step of the staging writes.
	stepChunksMax = 40
	stepBytesMax  = 2 << 20
	// rowBytes is about what a staged row takes beside its texts.
	rowBytes = 160
)

// plan is how a file becomes journals. It follows from the file and the mapping alone, never from the state of the books, so
// that every step of a job, whoever runs it and after whatever crash, cuts the file in the same places.
type plan struct {
	sheet   sheet
	entries []entry
	groups  [][]int // places in entries, by document, in the order of their first rows
	chunks  []span  // of groups: what one act posts
	steps   []span  // of chunks: what one act stages
	parties map[string]*partyUse
}

// span is a stretch, the end not within it.
type span struct{ from, to int }

// partyUse is how a file names a party.
type partyUse struct {
	ids map[string]bool
}

// newPlan reads a file and cuts it.
func newPlan(raw []byte, numbered bool, m MappingFields, d Defaults, source string, base money.Currency) (*plan, error) {
	s, err := readSheet(raw, numbered)
	if err != nil {
		return nil, err
	}
	r, err := newReader(s, m, d, source, base)
	if err != nil {
		return nil, err
	}
	p := &plan{sheet: s, entries: make([]entry, len(s.rows))}
	for i, row := range s.rows {
		p.entries[i] = r.read(row)
	}
	p.identify(m.Columns.ExternalID != "")
	p.group()
	p.pack()
	return p, nil
}

// identify refuses a second row with an id, or, where ids are made from content, counts it.
func (p *plan) identify(given bool) {
	seen := make(map[Identity]int, len(p.entries))
	for i := range p.entries {
		e := &p.entries[i]
		if e.externalID == "" {
			continue
		}
		id := e.identity()
		seen[id]++
		if seen[id] == 1 {
			continue
		}
		if given {
			e.say(RowTwice)
		} else {
			e.externalID += "-" + strconv.Itoa(seen[id])
		}
	}
}

// group gathers the rows of a document, wherever they stand in the file.
func (p *plan) group() {
	at := map[string]int{}
	for i, e := range p.entries {
		key := e.groupKey()
		if g, there := at[key]; there && key != "" && len(p.groups[g]) < documentRowsMax {
			p.groups[g] = append(p.groups[g], i)
			continue
		}
		at[key] = len(p.groups)
		p.groups = append(p.groups, []int{i})
	}
}

// pack cuts the groups into chunks, and the chunks into steps.
func (p *plan) pack() {
	p.parties = map[string]*partyUse{}
	owners := map[string]map[string]bool{}
	items, bytes, stepBytes := 0, 0, 0
	chunk, step := span{}, span{}
	flush := func(end int) {
		chunk.to = end
		p.chunks = append(p.chunks, chunk)
		if step.to = len(p.chunks) - 1; step.to-step.from == stepChunksMax || stepBytes+bytes > stepBytesMax && step.to > step.from {
			p.steps = append(p.steps, step)
			step, stepBytes = span{from: step.to}, 0
		}
		stepBytes += bytes
		chunk, items, bytes = span{from: end}, 0, 0
	}
	for g, rows := range p.groups {
		cost, size := 2+len(rows), 0
		for _, i := range rows {
			e := p.entries[i]
			cost += p.meet(e, owners)
			size += rowBytes + len(e.party) + len(e.description) + len(e.document) + len(e.source) + len(e.externalID)
		}
		if items+cost > chunkItemsMax && items > 0 || g-chunk.from == finance.JournalsAtOnceMax {
			flush(g)
		}
		items, bytes = items+cost, bytes+size
	}
	flush(len(p.groups))
	p.steps = append(p.steps, span{step.from, len(p.chunks)})
	p.settleIDs(owners)
}

// meet notes how a row names its party, and gives what the party will cost if it is a new one.
func (p *plan) meet(e entry, owners map[string]map[string]bool) int {
	if e.party == "" {
		return 0
	}
	name, cost := finance.FoldName(e.party), 0
	use := p.parties[name]
	if use == nil {
		use, cost = &partyUse{ids: map[string]bool{}}, 2
		p.parties[name] = use
	}
	if e.partyExternalID != "" {
		use.ids[e.partyExternalID] = true
		if owners[e.partyExternalID] == nil {
			owners[e.partyExternalID] = map[string]bool{}
		}
		owners[e.partyExternalID][name] = true
	}
	return cost
}

// settleIDs keeps the party ids that mean one party: those that stand with one name only, which has no other.
func (p *plan) settleIDs(owners map[string]map[string]bool) {
	for _, use := range p.parties {
		for id := range use.ids {
			if len(use.ids) > 1 || len(owners[id]) > 1 {
				use.ids = nil
				break
			}
		}
	}
}

// partyID gives the id of a row's party in the file's system, "" where the file is not of one mind about it.
func (p *plan) partyID(e entry) string {
	use := p.parties[finance.FoldName(e.party)]
	if use == nil {
		return ""
	}
	for id := range use.ids {
		return id
	}
	return ""
}
