package migration

import (
	"context"
	"fmt"
	"strings"

	"backoffice/internal/fault"
	"backoffice/internal/files"
	"backoffice/internal/finance"
	"backoffice/internal/id"
	"backoffice/internal/money"
	"backoffice/internal/op"
	"backoffice/internal/resource"
)

// CreateImport names a file, a mapping and the entity whose books it is for.
var CreateImport = op.Op[Ports, CreateImportIn, NewImport]{
	Spec: op.Spec{
		ID: "migration.create-import", Kind: op.Command, Route: "POST /migration/v1/imports", Status: 201, Permission: "imports.create",
		Summary: "Create an import",
		Description: "Names the entity, the mapping (saved, shipped or inline) and the file. A file is CSV, or a workbook (.xlsx). The answer holds the address to which it is put, unless its content came inline. " +
			"The address is good for 15 minutes; the same call under the same key answers the same import with a new one. Nothing is checked against the file before it is validated.",
		Access: []op.Access{{Table: Table, Do: op.Get | op.Put}, {Table: finance.Table, Do: op.Get}},
		Files:  []op.FileAccess{{Folder: files.Uploads, Do: op.FileWrite}},
		Example: op.Example{Given: []string{"finance.open-fiscal-year"}, Body: `{"name":"April purchases","entity":"${finance.create-entity.id}","source":"legacy","balancingAccount":"2100",` +
			`"map":{"name":"Purchases","columns":{"externalId":"Ref","party":"Supplier","document":"Invoice","amount":"Net","date":"Date","account":"Category"},` +
			`"dateFormat":"DD/MM/YYYY","accountValues":[{"match":"agency staff","account":"7105"}]},` +
			`"content":"Ref,Supplier,Invoice,Net,Date,Category\n1,Fernside Catering Ltd,A1,1250.00,30/04/2026,Agency Staff\n2,FERNSIDE CATERING LIMITED,A2,80.00,30/04/2026,Agency staff\n` +
			`3,Fernside Catering Ltd,A1,1250.00,30/04/2026,Agency Staff\n4,Fernside Catering Ltd,A3,twelve,30/04/2026,Agency Staff\n"}`},
	},
	Handle: createImport,
	Again:  createImportAgain,
}

// CreateImportIn is the input of CreateImport.
type CreateImportIn struct {
	Name             string         `json:"name" minLength:"1" maxLength:"120" example:"Spending 2008 to 2012"`
	Entity           string         `json:"entity" pattern:"^ent_[0-9A-HJKMNP-TV-Z]{26}$"`
	Mapping          string         `json:"mapping,omitempty" maxLength:"40" example:"public-spending" doc:"Id of a saved mapping, or name of a shipped one"`
	Map              *MappingFields `json:"map,omitempty" doc:"A mapping for this import alone"`
	Source           string         `json:"source" minLength:"1" maxLength:"40" example:"legacy" doc:"The system that the rows come from; a column may say it row by row"`
	BalancingAccount string         `json:"balancingAccount,omitempty" maxLength:"12" doc:"Takes the other side of every journal, instead of the mapping's"`
	Defaults         Defaults       `json:"defaults,omitzero" required:"false"`
	Worksheet        string         `json:"worksheet,omitempty" maxLength:"31" example:"Purchases" doc:"Which worksheet of a workbook is read, instead of the mapping's; the first that is not hidden unless either names one"`
	StopOnError      bool           `json:"stopOnError,omitempty" doc:"Whether one bad row keeps all others out of the books"`
	File             *FileIn        `json:"file,omitempty" doc:"A file that will be uploaded"`
	Content          string         `json:"content,omitempty" maxLength:"90000" doc:"A small CSV file, inline"` // in UTF-8 under the 400 KB of an item
}

// FileIn announces a file that will be uploaded.
type FileIn struct {
	Name  string `json:"name" minLength:"1" maxLength:"120" example:"spending.csv"`
	Bytes int    `json:"bytes" minimum:"1" maximum:"52428800" doc:"Its exact size; at most 50 MB"`
}

// NewImport is an import with the place to which its file is put.
type NewImport struct {
	Import
	Upload *files.Place `json:"upload,omitempty" doc:"Where to put the file; within 15 minutes"`
}

// Validate checks what needs no store.
func (in *CreateImportIn) Validate(c *fault.Collector) {
	checkBlank(c, "/name", in.Name)
	checkBlank(c, "/source", in.Source)
	c.Check((in.Mapping == "") != (in.Map == nil), "/mapping", RuleMappingOne)
	c.Check((in.File == nil) != (in.Content == ""), "/file", RuleFileOne)
	if in.Map != nil {
		in.Map.Validate(c.At("/map"))
	}
}

func createImport(ctx context.Context, c *op.Call, d Ports, in CreateImportIn) (NewImport, error) {
	if err := c.Within(in.Entity); err != nil {
		return NewImport{}, err
	}
	m, err := d.mapping(ctx, c, in)
	if err != nil {
		return NewImport{}, err
	}
	books, err := d.Finance.Books.Posting(ctx, c.Tenant, in.Entity, nil)
	if err != nil {
		return NewImport{}, err
	}
	zero := money.FromMinor(0, books.Chart.Currency)
	i := Import{ID: c.NewID("imp"), Name: in.Name, Entity: in.Entity, Mapping: in.Mapping, Source: in.Source, BalancingAccount: in.BalancingAccount,
		Defaults: in.Defaults, Worksheet: strings.TrimSpace(in.Worksheet), StopOnError: in.StopOnError, State: Created, Sums: Sums{zero, zero, zero, zero},
		CreatedBy: c.Maker(), CreatedAt: c.At, Version: 1}
	if in.Map != nil {
		i.Mapping = "inline"
	}
	if i.PartyKind = m.PartyKind; i.PartyKind == "" {
		i.PartyKind = "supplier"
	}
	if i.BalancingAccount == "" {
		i.BalancingAccount = m.BalancingAccount
	}
	if err := checkSetUp(i, m, books.Chart); err != nil {
		return NewImport{}, err
	}
	if err := d.takeFile(c, &i, in); err != nil {
		return NewImport{}, err
	}
	d.Imports.Add(c.Act, i)
	d.Imports.AddMapping(c.Act, i.ID, m)
	c.Act.Record(i.ID, i.Version)
	return d.withUpload(ctx, c, i)
}

// mapping finds the mapping that a new import names.
func (d Ports) mapping(ctx context.Context, c *op.Call, in CreateImportIn) (MappingFields, error) {
	if in.Map != nil {
		return *in.Map, nil
	}
	if m, ok, err := shipped(in.Mapping); ok || err != nil {
		return m, err
	}
	if !id.Valid(Mappings.Prefix, in.Mapping) {
		return MappingFields{}, RuleMappingUnknown.At("/mapping")
	}
	m, err := Mappings.Get().Handle(ctx, c, d, resource.Ref{ID: in.Mapping})
	if fault.OfKind(err, fault.NotFound) || err == nil && m.Archived {
		return MappingFields{}, RuleMappingUnknown.At("/mapping")
	}
	return m.MappingFields, err
}

// checkSetUp holds mapping and defaults against one another and the chart.
func checkSetUp(i Import, m MappingFields, chart finance.Chart) error {
	c := fault.Collect()
	checkAccount(c, chart, "/balancingAccount", i.BalancingAccount)
	if i.Defaults.Account != "" {
		checkAccount(c, chart, "/defaults/account", i.Defaults.Account)
	}
	c.Check(m.Columns.Account != "" || i.Defaults.Account != "", "/defaults/account", RuleColumnNeeded)
	c.Check(m.Columns.Party != "" || i.Defaults.Party != "", "/defaults/party", RuleColumnNeeded)
	return c.Err()
}

// takeFile keeps the inline content, or says where the upload will stand.
func (d Ports) takeFile(c *op.Call, i *Import, in CreateImportIn) error {
	if in.File == nil {
		i.File.Bytes = int64(len(in.Content))
		d.Imports.AddContent(c.Act, i.ID, in.Content)
		return nil
	}
	if d.Files == nil {
		return RuleFileStore.At("/file")
	}
	i.FileName = in.File.Name
	i.File = FileRef{Key: files.Key(files.Uploads, c.Tenant, "imports", i.ID, "input"), Bytes: int64(in.File.Bytes)}
	return nil
}

func (d Ports) withUpload(ctx context.Context, c *op.Call, i Import) (NewImport, error) {
	out := NewImport{Import: i}
	if i.File.Key == "" || d.Files == nil {
		return out, nil
	}
	place, err := d.Files.Upload(ctx, i.File.Key, i.File.Bytes, c.At)
	if err != nil {
		return out, fmt.Errorf("upload address of import %s: %w", i.ID, err)
	}
	out.Upload = &place
	return out, nil
}

func createImportAgain(ctx context.Context, c *op.Call, d Ports, _ CreateImportIn, was op.Recorded) (NewImport, error) {
	i, err := d.current(ctx, c, ImportRef{was.Result.ID})
	if err != nil {
		return NewImport{}, err
	}
	return d.withUpload(ctx, c, i)
}
