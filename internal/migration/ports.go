package migration

import (
	"context"
	"time"

	"backoffice/internal/civil"
	"backoffice/internal/files"
	"backoffice/internal/finance"
	"backoffice/internal/jobs"
	"backoffice/internal/op"
	"backoffice/internal/resource"
	"backoffice/internal/takeup"
)

// Ports are what the migration domain needs of the outside. Files is nil where an installation keeps no files: content then
// comes inline.
type Ports struct {
	Records resource.Keeper
	Imports ImportStore
	Jobs    jobs.Store
	Files   files.Store
	Finance finance.Ports
	Acts    op.Committer
	Relay   takeup.Relay
	Chain   takeup.Chain
}

// ImportStore keeps imports with what is staged of them. The parts of an import that has no such part are empty, not an error.
type ImportStore interface {
	// Import gives an import, or op.RuleNotFound.
	Import(ctx context.Context, tenant, id string) (Import, error)
	// Imports lists imports, the newest first; next is nil at the end.
	Imports(ctx context.Context, tenant string, limit int, after map[string]string) (all []Import, next map[string]string, err error)
	Add(act *op.Act, i Import)
	Save(act *op.Act, i Import, was int)

	// Mapping gives the mapping that the import was made with.
	Mapping(ctx context.Context, tenant, id string) (MappingFields, error)
	AddMapping(act *op.Act, id string, m MappingFields)
	// Content gives the file that was sent inline.
	Content(ctx context.Context, tenant, id string) ([]byte, error)
	AddContent(act *op.Act, id string, content string)

	Totals(ctx context.Context, tenant string, i Import) (Totals, error)
	SaveTotals(act *op.Act, i Import, t Totals)

	Chunk(ctx context.Context, tenant string, i Import, n int) (Chunk, error)
	// Chunks gives the chunks from one on, limit at most.
	Chunks(ctx context.Context, tenant string, i Import, from, limit int) ([]Chunk, error)
	SaveChunk(act *op.Act, i Import, c Chunk)

	// Refusals gives the pages of rejected rows from a chunk on, limit at most.
	Refusals(ctx context.Context, tenant string, i Import, from, limit int) ([]Refusals, error)
	RefusalsOf(ctx context.Context, tenant string, i Import, chunk int) (Refusals, error)
	SaveRefusals(act *op.Act, i Import, r Refusals)

	Findings(ctx context.Context, tenant string, i Import) (Findings, error)
	AddFindings(act *op.Act, i Import, f Findings)
	Merge(ctx context.Context, tenant string, i Import) (Merge, error)
	SaveMerge(act *op.Act, i Import, m Merge)

	// Held tells which of the rows are in the books already.
	Held(ctx context.Context, tenant string, rows []Identity) (map[Identity]bool, error)
	// Hold marks a row as imported. Another act that holds it at the same time has this one decided again.
	Hold(act *op.Act, row Identity, importID string, n int)
	LetGo(act *op.Act, row Identity)

	// Due gives imports of all tenants that may be cleared at an instant, the longest due first, limit at most.
	Due(ctx context.Context, at time.Time, limit int) ([]Owned, error)
	// Clear deletes what was staged of an import, in every round, and content that came inline, limit rows at most; it tells how
	// many. Mapping and totals stay.
	Clear(ctx context.Context, act *op.Act, i Import, limit int) (int, error)
}

// Merge is which names are to be one party: for each folded name that takes part the name that is kept, and for each kept
// name the others.
type Merge struct {
	Version int                 `json:"-"`
	Into    map[string]string   `json:"into"`
	Aliases map[string][]string `json:"aliases"`
}

// period renders the period that a date lies in.
func period(on civil.Date) string { return civil.PeriodOf(on).String() }
