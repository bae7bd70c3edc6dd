package migration

import (
	"sort"
	"strings"

	"backoffice/internal/finance"
)

const (
	// findingsMax bounds how many groups of each kind are kept; the counts tell how many there are.
	findingsMax = 2000
	// findingRowsMax bounds the row numbers kept of one group.
	findingRowsMax = 50
)

// Spelling is one way in which a file writes a party's name.
type Spelling struct {
	Name string `json:"name"`
	Rows int    `json:"rows" doc:"How many rows write it so"`
}

// SimilarParties are names that are nearly the same.
type SimilarParties struct {
	Names []Spelling `json:"names" doc:"The most frequent first"`
}

// RepeatedRows are rows that differ in their ids at most.
type RepeatedRows struct {
	Rows  []int `json:"rows" doc:"Row numbers; the first 50"`
	Count int   `json:"count"`
}

// Findings are what looks doubtful in a file. They are reported; nothing is changed because of them.
type Findings struct {
	Similar  []SimilarParties
	Repeated []RepeatedRows
}

// companyWords are left out when names are compared: a party is often written with them and without.
var companyWords = map[string]bool{"THE": true, "LTD": true, "LIMITED": true, "PLC": true, "AND": true, "&": true}

// SimilarKey brings a name to the form in which near-duplicates meet: capitals, no punctuation, no THE, AND, LTD and the like.
// A name that consists of such words alone keeps them.
func SimilarKey(name string) string {
	folded := finance.FoldName(name)
	var kept []string
	for _, w := range strings.Fields(strings.ReplaceAll(folded, "&", " & ")) {
		if !companyWords[w] {
			kept = append(kept, w)
		}
	}
	if len(kept) == 0 {
		return folded
	}
	return strings.Join(kept, " ")
}

// similar finds the parties that a file writes in several ways.
func (p *plan) similar() []SimilarParties {
	spellings := map[string]map[string]int{}
	for _, e := range p.entries {
		if e.party == "" {
			continue
		}
		key := SimilarKey(e.party)
		if spellings[key] == nil {
			spellings[key] = map[string]int{}
		}
		spellings[key][e.party]++
	}
	var out []SimilarParties
	for _, names := range spellings {
		if len(names) < 2 {
			continue
		}
		var s SimilarParties
		for name, rows := range names {
			s.Names = append(s.Names, Spelling{name, rows})
		}
		sort.Slice(s.Names, func(i, j int) bool {
			a, b := s.Names[i], s.Names[j]
			return a.Rows > b.Rows || a.Rows == b.Rows && a.Name < b.Name
		})
		out = append(out, s)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Names[0].Name < out[j].Names[0].Name })
	return out
}

// repeated finds the rows that say the same about the same document.
func (p *plan) repeated() []RepeatedRows {
	at := map[string]int{}
	var all []RepeatedRows
	for _, e := range p.entries {
		if !e.readable {
			continue
		}
		key := strings.Join([]string{e.document, e.party, e.dateText, e.account, e.description, e.amount.MinorString()}, "\x00")
		g, there := at[key]
		if !there {
			at[key] = len(all)
			all = append(all, RepeatedRows{Rows: []int{e.n}, Count: 1})
			continue
		}
		all[g].Count++
		if len(all[g].Rows) < findingRowsMax {
			all[g].Rows = append(all[g].Rows, e.n)
		}
	}
	var out []RepeatedRows
	for _, r := range all {
		if r.Count > 1 {
			out = append(out, r)
		}
	}
	return out
}

// tally counts the documents, and those that stand with several parties or dates.
func (p *plan) tally(c *Counts) {
	parties, dates := map[string]map[string]bool{}, map[string]map[string]bool{}
	c.Rows, c.NoDocument, c.ManyParties, c.ManyDates = len(p.entries), 0, 0, 0
	for _, e := range p.entries {
		if e.document == "" {
			c.NoDocument++
			continue
		}
		if parties[e.document] == nil {
			parties[e.document], dates[e.document] = map[string]bool{}, map[string]bool{}
		}
		parties[e.document][finance.FoldName(e.party)], dates[e.document][e.dateText] = true, true
	}
	c.Documents = len(parties)
	for number := range parties {
		if len(parties[number]) > 1 {
			c.ManyParties++
		}
		if len(dates[number]) > 1 {
			c.ManyDates++
		}
	}
}
