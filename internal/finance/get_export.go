package finance

import (
	"context"
	"fmt"

	"backoffice/internal/files"
	"backoffice/internal/op"
)

// GetExport reads an export, and tells where its file can be fetched.
var GetExport = op.Op[Ports, ExportRef, ExportView]{
	Spec: op.Spec{
		ID: "finance.get-export", Kind: op.Query, Narrows: true, Route: "GET /finance/v1/exports/{exportId}", Permission: "exports.read",
		Summary: "Read an export",
		Description: "State, rows, size and SHA-256 of an export, and once it is ready an address from which the file can be fetched for 15 minutes without a token. Every call gives a " +
			"new address, to the person who exported and to those who may see everyone's exports, as long as they may see the report itself.",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Files:   []op.FileAccess{{Folder: files.Exports, Do: op.FileRead}},
		Example: op.Example{Given: []string{"finance.write-export"}, Path: "exportId=${finance.create-export.export.id}"},
	},
	Handle: getExport,
}

// ExportView is an export with the address of its file, which is another one each time.
type ExportView struct {
	Export
	Download *files.Place `json:"download,omitempty" doc:"Where to fetch the file, once the export is ready"`
}

func getExport(ctx context.Context, c *op.Call, d Ports, in ExportRef) (ExportView, error) {
	e, err := d.Exports.Export(ctx, c.Tenant, in.ExportID)
	if err != nil {
		return ExportView{}, err
	}
	if err := e.visible(c); err != nil {
		return ExportView{}, err
	}
	// Who has lost the right to the report since has lost it to the copy, too.
	if err := c.MayAlso(ctx, e.source().shows(), e.Parameters.Entity); err != nil {
		return ExportView{}, err
	}
	if e, err = d.today(ctx, c, e); err != nil {
		return ExportView{}, err
	}
	v := ExportView{Export: e}
	if e.State != ExportReady || d.Files == nil {
		return v, nil
	}
	place, err := d.Files.Download(ctx, e.key(c.Tenant, e.Work.File), e.FileName, c.At)
	if err != nil {
		return v, fmt.Errorf("address of export %s: %w", e.ID, err)
	}
	v.Download = &place
	return v, nil
}
