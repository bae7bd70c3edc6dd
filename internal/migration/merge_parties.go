package migration

import (
	"context"
	"fmt"

	"backoffice/internal/fault"
	"backoffice/internal/finance"
	"backoffice/internal/op"
)

// MergeParties says which spellings of suppliers or customers are one.
var MergeParties = op.Op[Ports, MergePartiesIn, Import]{
	Spec: op.Spec{
		ID: "migration.merge-parties", Kind: op.Command, Route: "POST /migration/v1/imports/{importId}/merge-parties", Permission: "imports.merge", IfMatch: true,
		Summary: "Merge similar parties of an import",
		Description: "Before the import is committed: says which of the spellings that the validation reports as similar become one party, or with all=true that each group becomes " +
			"its most frequent spelling. A later call takes the place of an earlier one. Which rows form a journal does not change.",
		Access: []op.Access{{Table: Table, Do: op.Get | op.List | op.Put}},
		Example: op.Example{Given: []string{"migration.stage-rows"}, Path: "importId=${migration.create-import.id}",
			Body: `{"groups":[{"into":"Fernside Catering Ltd","names":["FERNSIDE CATERING LIMITED"]}]}`},
	},
	Handle: mergeParties,
	Again: func(ctx context.Context, c *op.Call, d Ports, in MergePartiesIn, _ op.Recorded) (Import, error) {
		c.Version = 0
		return d.current(ctx, c, in.ImportRef)
	},
}

// MergePartiesIn is the input of MergeParties.
type MergePartiesIn struct {
	ImportRef
	Groups []MergeGroup `json:"groups,omitempty" maxItems:"500" doc:"Which spellings become one"`
	All    bool         `json:"all,omitempty" doc:"Whether every group becomes its most frequent spelling"`
}

// MergeGroup are spellings of one party.
type MergeGroup struct {
	Into  string   `json:"into" minLength:"1" maxLength:"160" doc:"The spelling that is kept"`
	Names []string `json:"names" minItems:"1" maxItems:"50" maxLength:"160" doc:"The others"`
}

// aliasesMax is how many other names a party may have.
const aliasesMax = 50

func mergeParties(ctx context.Context, c *op.Call, d Ports, in MergePartiesIn) (Import, error) {
	was, err := d.current(ctx, c, in.ImportRef)
	if err != nil {
		return was, err
	}
	if was.State != Validated {
		return was, RuleImportState.Err()
	}
	found, err := d.Imports.Findings(ctx, c.Tenant, was)
	if err != nil {
		return was, err
	}
	m, err := newMerge(found.Similar, in)
	if err != nil {
		return was, err
	}
	old, err := d.Imports.Merge(ctx, c.Tenant, was)
	if err != nil {
		return was, err
	}
	m.Version = old.Version
	d.Imports.SaveMerge(c.Act, was, m)
	after := was
	after.Merged = true
	after = d.save(c, after, was)
	c.Act.Record(after.ID, after.Version)
	return after, nil
}

// newMerge holds the wishes against what was reported: names of one group only.
func newMerge(similar []SimilarParties, in MergePartiesIn) (Merge, error) {
	m := Merge{Into: map[string]string{}, Aliases: map[string][]string{}}
	if in.All {
		for _, s := range similar {
			for _, n := range s.Names {
				m.add(s.Names[0].Name, n.Name)
			}
		}
		return m, nil
	}
	reported := map[string]bool{}
	for _, s := range similar {
		for _, n := range s.Names {
			reported[n.Name] = true
		}
	}
	c := fault.Collect()
	c.Check(len(in.Groups) > 0, "/groups", op.RuleRequired)
	for i, g := range in.Groups {
		at := c.At("/groups/%d", i)
		at.Check(reported[g.Into], "/into", RuleMergeName)
		for k, n := range g.Names {
			at.Check(reported[n] && SimilarKey(n) == SimilarKey(g.Into), fmt.Sprintf("/names/%d", k), RuleMergeName)
			m.add(g.Into, n)
		}
		m.add(g.Into, g.Into)
	}
	return m, c.Err()
}

// add has a name become another.
func (m Merge) add(into, name string) {
	if _, there := m.Into[finance.FoldName(name)]; there {
		return
	}
	m.Into[finance.FoldName(name)] = into
	if finance.FoldName(name) != finance.FoldName(into) && len(m.Aliases[into]) < aliasesMax {
		m.Aliases[into] = append(m.Aliases[into], name)
	}
}
