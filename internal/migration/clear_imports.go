package migration

import (
	"context"
	"errors"
	"time"

	"backoffice/internal/op"
)

const (
	clearImportsEvery = 6 * time.Hour
	// ClearAfterDays is how long what an import was made from is kept after it is over: after it was signed off or rolled back, or
	// was last touched when it never got into the books. An uploaded file goes before that, after files.UploadDays.
	ClearAfterDays = 90
	// importsClearedAtOnceMax bounds one call of the job; what is left is for the next.
	importsClearedAtOnceMax = 50
	// partsClearedAtOnceMax is how many rows one act deletes, in a transaction with the import and the act itself.
	partsClearedAtOnceMax = 90
)

// ClearImports deletes what imports were made from, once nobody needs it any longer.
var ClearImports = op.Op[Ports, op.None, ClearedImports]{
	Spec: op.Spec{
		ID: "migration.clear-imports", Kind: op.Job, Every: clearImportsEvery, Permission: "imports.clear",
		Summary: "Clear imports that are over",
		Description: "Deletes staged rows, rejected rows, findings and inline content of imports that were signed off, rolled back or left unused 90 days ago. The import itself, its mapping, " +
			"its totals and its journals stay; one that may still be rolled back is never touched. An import that never got into the books is expired from then on.",
		Access:   []op.Access{{Table: Table, Do: op.Get | op.List | op.Put | op.Delete, Indexes: "gsi1", AllTenants: "it looks after the imports of every tenant"}},
		NoRecord: "it commits acts of its own in each import's tenant",
	},
	Handle: clearImports,
}

// ClearedImports tells what was cleared.
type ClearedImports struct {
	Imports int `json:"imports" doc:"How many imports nothing is left of"`
}

// ClearFrom gives the instant from which an import may be cleared that is saved at another; false for one that is still needed,
// or of which nothing is left.
func (i Import) ClearFrom(saved time.Time) (time.Time, bool) {
	switch {
	case i.Tidy:
		return time.Time{}, false
	case i.ClearedAt != nil:
		return saved, true // it has been begun
	}
	switch i.State {
	case Created, Validating, Validated, SignedOff, RolledBack:
		return saved.AddDate(0, 0, ClearAfterDays), true
	default: // what it posted may have to be taken back
		return time.Time{}, false
	}
}

func clearImports(ctx context.Context, c *op.Call, d Ports, _ op.None) (ClearedImports, error) {
	due, err := d.Imports.Due(ctx, c.At, importsClearedAtOnceMax)
	if err != nil {
		return ClearedImports{}, err
	}
	var out ClearedImports
	var failed error
	for _, one := range due {
		switch err := d.clearImport(ctx, c, one); {
		case errors.Is(err, op.ErrConflict): // somebody uses it just now
		case err != nil:
			failed = errors.Join(failed, err)
		default:
			out.Imports++
		}
	}
	return out, failed
}

// Owned is a record with its tenant, for a job that looks after all of them.
type Owned struct{ Tenant, ID string }

// clearImport first marks an import, so that nobody reads half of it, then deletes its rows, and takes it off the list when
// there are none. A crash in between leaves it on the list.
func (d Ports) clearImport(ctx context.Context, c *op.Call, one Owned) error {
	i, err := d.Imports.Import(ctx, one.Tenant, one.ID)
	if err != nil {
		return err
	}
	if i.ClearedAt == nil {
		was := i
		i.ClearedAt = &c.At
		if i.State != SignedOff && i.State != RolledBack {
			i.State = Expired
		}
		if i, err = d.saveCleared(ctx, c, one.Tenant, i, was); err != nil {
			return err
		}
	}
	for {
		act := clearing(c, one.Tenant)
		n, err := d.Imports.Clear(ctx, act, i, partsClearedAtOnceMax)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		if err := d.Acts.Commit(ctx, c.Spec, act); err != nil {
			return err
		}
	}
	was := i
	i.Tidy = true
	_, err = d.saveCleared(ctx, c, one.Tenant, i, was)
	return err
}

// saveCleared commits an act of its own that changes an import.
func (d Ports) saveCleared(ctx context.Context, c *op.Call, tenant string, after, was Import) (Import, error) {
	act := clearing(c, tenant)
	after.Version = was.Version + 1
	d.Imports.Save(act, after, was.Version)
	act.Changed(after.ID, after.Version, was, after)
	return after, d.Acts.Commit(ctx, c.Spec, act)
}

// clearing makes an act in an import's tenant.
func clearing(c *op.Call, tenant string) *op.Act {
	return &op.Act{ID: c.NewID("act"), Tenant: tenant, Operation: c.Spec.ID, Principal: op.SystemPrincipal, At: c.At, Status: c.Spec.SuccessStatus()}
}
