package migration_test

import (
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/migration"
	"backoffice/internal/migration/migrationtest"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
)

func TestSimilarPartiesAreMergedOnRequestOnly(t *testing.T) {
	content := rows("1,Fernside Catering Ltd,77,A1,10.00,30/04/2026,Agency staff,,", "2,FERNSIDE CATERING LIMITED,,A2,3.00,30/04/2026,Postage,,",
		"3,The Fernside Catering Ltd.,,A3,3.00,30/04/2026,Postage,,", "4,Fernside Catering Ltd,77,A4,3.00,30/04/2026,Postage,,", "5,Smith & Sons PLC,,A5,1.00,30/04/2026,Postage,,",
		"6,Smith and Sons,,A6,1.00,30/04/2026,Postage,,", "7,Elsewhere,,A7,1.00,30/04/2026,Postage,,")
	validated := func() (*migrationtest.Desk, migration.Import) {
		d := migrationtest.New(t, "2026-04")
		return d, d.Run(&migration.ValidateImport, small(d, content).ID, nil)
	}
	d, i := validated()
	var similar op.Records[migration.SimilarParties]
	d.Do(optest.Call{Op: &migration.ListSimilarParties, Path: path(i)}).Must(&similar)
	if len(similar.Data) != 2 || similar.Data[0].Names[0] != (migration.Spelling{Name: "Fernside Catering Ltd", Rows: 2}) || len(similar.Data[0].Names) != 3 {
		t.Errorf("similar %+v", similar.Data)
	}
	if i = d.Run(&migration.CommitImport, i.ID, nil); i.Counts.NewParties != 6 {
		t.Errorf("unasked, %d parties were made", i.Counts.NewParties)
	}

	d, i = validated()
	merge := optest.Call{Op: &migration.MergeParties, Path: path(i), Version: i.Version, Body: `{"groups":[{"into":"Smith and Sons","names":["Elsewhere"]}]}`}
	d.Do(merge).Refused(422, "MIG-IMP-006:/groups/0/names/0")
	merge.Body = `{"groups":[{"into":"Fernside Catering Ltd","names":["FERNSIDE CATERING LIMITED","The Fernside Catering Ltd."]}]}`
	d.Do(merge).Must(nil)
	if i = d.Run(&migration.CommitImport, i.ID, nil); i.Counts.NewParties != 4 {
		t.Errorf("one group merged, %d parties were made", i.Counts.NewParties)
	}
	var parties op.Records[finance.Party]
	d.Do(optest.Call{Op: finance.Parties.List()}).Must(&parties)
	for _, p := range parties.Data {
		if p.Name == "Fernside Catering Ltd" && len(p.Aliases) != 2 {
			t.Errorf("party %+v", p)
		}
	}

	d, i = validated()
	d.Do(optest.Call{Op: &migration.MergeParties, Path: path(i), Version: i.Version, Body: `{"all":true}`}).Must(nil)
	if i = d.Run(&migration.CommitImport, i.ID, nil); i.Counts.NewParties != 3 {
		t.Errorf("all merged, %d parties were made", i.Counts.NewParties)
	}
}
