package migration

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"backoffice/internal/files"
	"backoffice/internal/op"
	"backoffice/internal/resource"
)

func refTo(id string) resource.Ref { return resource.Ref{ID: id} }

// GetImport reads an import.
var GetImport = op.Op[Ports, ImportRef, Import]{
	Spec: op.Spec{
		ID: "migration.get-import", Kind: op.Query, Route: "GET /migration/v1/imports/{importId}", Permission: "imports.read",
		Summary: "Read an import",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Example: op.Example{Path: "importId=${migration.create-import.id}"},
	},
	Handle: func(ctx context.Context, c *op.Call, d Ports, in ImportRef) (Import, error) {
		return d.current(ctx, c, in)
	},
}

// ListImports lists imports, the newest first.
var ListImports = op.Op[Ports, op.PageOf, op.Records[Import]]{
	Spec: op.Spec{
		ID: "migration.list-imports", Kind: op.Query, Route: "GET /migration/v1/imports", Permission: "imports.read",
		Summary: "List imports",
		Access:  []op.Access{{Table: Table, Do: op.List}},
		Example: op.Example{Given: []string{"migration.create-import"}, Query: "limit=20"},
	},
	Handle: listImports,
}

func listImports(ctx context.Context, c *op.Call, d Ports, in op.PageOf) (op.Records[Import], error) {
	after, err := c.Position(in.Cursor)
	if err != nil {
		return op.Records[Import]{}, err
	}
	c.Shared()
	var out []Import
	for {
		all, next, err := d.Imports.Imports(ctx, c.Tenant, in.Size()-len(out), after)
		if err != nil {
			return op.Records[Import]{}, err
		}
		for _, i := range all {
			if c.Within(i.Entity) == nil {
				out = append(out, i)
			}
		}
		if after = next; next == nil || len(out) == in.Size() {
			return op.NewRecords(c, in, out, next), nil
		}
	}
}

// read gives an import's file and its SHA-256.
func (d Ports) read(ctx context.Context, tenant string, i Import) (raw []byte, sum string, err error) {
	if i.File.Key == "" {
		raw, err = d.Imports.Content(ctx, tenant, i.ID)
	} else {
		raw, err = d.readUpload(ctx, i)
	}
	if err != nil {
		return nil, "", err
	}
	h := sha256.Sum256(raw)
	return raw, hex.EncodeToString(h[:]), nil
}

func (d Ports) readUpload(ctx context.Context, i Import) ([]byte, error) {
	if d.Files == nil {
		return nil, RuleFileStore.Err()
	}
	f, bytes, err := d.Files.Open(ctx, i.File.Key)
	if errors.Is(err, files.ErrNone) {
		return nil, RuleFileMissing.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("file of import %s: %w", i.ID, err)
	}
	if bytes > fileBytesMax {
		return nil, errors.Join(RuleFileLarge.Err(), f.Close())
	}
	raw, err := io.ReadAll(io.LimitReader(f, fileBytesMax+1))
	return raw, errors.Join(err, f.Close())
}
