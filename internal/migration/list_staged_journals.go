package migration

import (
	"context"
	"strconv"

	"backoffice/internal/civil"
	"backoffice/internal/money"
	"backoffice/internal/op"
)

// chunksAtOnce is how many chunks a list reads at a time: at most some 1.5 MB.
const chunksAtOnce = 20

// ListStagedJournals lists an import's journals: as they would be posted, and where they are once they were.
var ListStagedJournals = op.Op[Ports, ImportListIn, op.Records[StagedView]]{
	Spec: op.Spec{
		ID: "migration.list-staged-journals", Kind: op.Query, Route: "GET /migration/v1/imports/{importId}/journals", Permission: "imports.read",
		Summary: "List the journals of an import",
		Access:  []op.Access{{Table: Table, Do: op.Get | op.List}},
		Example: op.Example{Given: []string{"migration.stage-rows"}, Path: "importId=${migration.create-import.id}", Query: "limit=20"},
	},
	Handle: listStagedJournals,
}

// ImportListIn is the input of the lists of an import.
type ImportListIn struct {
	ImportRef
	op.PageOf
}

// StagedView is a staged journal as it is shown.
type StagedView struct {
	Document string      `json:"document,omitempty"`
	Party    string      `json:"party"`
	Date     civil.Date  `json:"date"`
	Lines    []RowView   `json:"lines"`
	Balance  money.Money `json:"balance" doc:"Goes to the balancing account with the sign turned"`
	State    Fate        `json:"state" enum:"waiting,posted,dropped,reversed"`
	Journal  string      `json:"journal,omitempty" doc:"jrn_… once it is posted"`
	Number   string      `json:"number,omitempty"`
	Reversal string      `json:"reversal,omitempty" doc:"jrn_… of the journal that reversed it"`
}

// RowView is a staged row as it is shown.
type RowView struct {
	Row         int         `json:"row" doc:"Row number: 1 is the first below the heading of a CSV file; in a worksheet the row's own"`
	Account     string      `json:"account"`
	Amount      money.Money `json:"amount" doc:"A debit above nought, a credit below"`
	Description string      `json:"description,omitempty"`
	Source      string      `json:"source"`
	ExternalID  string      `json:"externalId"`
}

func (s Staged) view(base money.Currency) StagedView {
	v := StagedView{Document: s.Document, Party: s.Party, Date: s.Date, Lines: []RowView{}, Balance: s.sum(base), State: s.Fate, Journal: s.Journal,
		Number: s.Number, Reversal: s.Reversal}
	for _, r := range s.Rows {
		v.Lines = append(v.Lines, RowView{Row: r.N, Account: r.Account, Amount: r.amount(base), Description: r.Description, Source: r.Source, ExternalID: r.ExternalID})
	}
	return v
}

func listStagedJournals(ctx context.Context, c *op.Call, d Ports, in ImportListIn) (op.Records[StagedView], error) {
	i, at, err := d.list(ctx, c, in)
	if err != nil {
		return op.Records[StagedView]{}, err
	}
	var out []StagedView
	for {
		chunks, err := d.Imports.Chunks(ctx, c.Tenant, i, at.page, chunksAtOnce)
		if err != nil || len(chunks) == 0 {
			return op.NewRecords(c, in.PageOf, out, nil), err
		}
		for _, chunk := range chunks {
			for k := at.within(chunk.N); k < len(chunk.Staged); k++ {
				if len(out) == in.Size() {
					return op.NewRecords(c, in.PageOf, out, place{chunk.N, k}.position()), nil
				}
				out = append(out, chunk.Staged[k].view(i.Sums.File.Currency()))
			}
			at = place{page: chunk.N + 1}
		}
	}
}

// place is a position in a list that is kept in pages: a page, and an entry within it.
type place struct{ page, entry int }

func (p place) position() map[string]string {
	return map[string]string{"page": strconv.Itoa(p.page), "entry": strconv.Itoa(p.entry)}
}

// within gives the entry from which a page is read on.
func (p place) within(page int) int {
	if page == p.page {
		return p.entry
	}
	return 0
}

// list reads the import that a list belongs to, and where the list goes on.
func (d Ports) list(ctx context.Context, c *op.Call, in ImportListIn) (Import, place, error) {
	i, err := d.current(ctx, c, in.ImportRef)
	if err == nil && i.ClearedAt != nil {
		err = RuleImportCleared.Err()
	}
	if err != nil {
		return i, place{}, err
	}
	after, err := c.Position(in.Cursor)
	if err != nil || after == nil {
		return i, place{}, err
	}
	page, pageErr := strconv.Atoi(after["page"])
	entry, entryErr := strconv.Atoi(after["entry"])
	if pageErr != nil || entryErr != nil {
		return i, place{}, op.RuleCursor.At("cursor")
	}
	return i, place{page, entry}, nil
}
