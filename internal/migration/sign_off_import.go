package migration

import (
	"context"

	"backoffice/internal/op"
)

// SignOffImport accepts an import for good.
var SignOffImport = op.Op[Ports, SignOffIn, Import]{
	Spec: op.Spec{
		ID: "migration.sign-off-import", Kind: op.Command, Route: "POST /migration/v1/imports/{importId}/sign-off", Permission: "imports.sign-off", IfMatch: true,
		Summary: "Sign an import off",
		Description: "Says that a committed import is right: it can no longer be rolled back. Refused while what was posted differs from what was accepted; where rows were rejected, " +
			"acceptRejected says that their loss is meant.",
		Access:  []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Example: op.Example{Given: []string{"migration.post-journals"}, Path: "importId=${migration.create-import.id}", Body: `{"note":"Agreed with the old ledger","acceptRejected":true}`},
	},
	Handle: signOffImport,
	Again: func(ctx context.Context, c *op.Call, d Ports, in SignOffIn, _ op.Recorded) (Import, error) {
		c.Version = 0
		return d.current(ctx, c, in.ImportRef)
	},
}

// SignOffIn is the input of SignOffImport.
type SignOffIn struct {
	ImportRef
	Note           string `json:"note,omitempty" maxLength:"240" example:"Agreed with the old ledger"`
	AcceptRejected bool   `json:"acceptRejected,omitempty" doc:"Whether the rejected rows are meant to stay out"`
}

func signOffImport(ctx context.Context, c *op.Call, d Ports, in SignOffIn) (Import, error) {
	was, err := d.current(ctx, c, in.ImportRef)
	if err != nil {
		return was, err
	}
	if was.State != Committed {
		return was, RuleImportState.Err()
	}
	if !was.Sums.Posted.Equal(was.Sums.Accepted) || was.Counts.PostedRows != was.Counts.Accepted || was.Counts.Rejected > 0 && !in.AcceptRejected {
		return was, RuleNotAgreed.Err()
	}
	after := was
	after.State, after.SignedOff = SignedOff, &Signature{By: c.Maker(), At: c.At, Note: in.Note}
	after = d.save(c, after, was)
	c.Act.Record(after.ID, after.Version)
	return after, nil
}
