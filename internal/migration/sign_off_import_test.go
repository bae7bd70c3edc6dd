package migration_test

import (
	"testing"

	"backoffice/internal/migration"
	"backoffice/internal/migration/migrationtest"
	"backoffice/internal/op/optest"
)

func TestSignOffIsFinal(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	i := small(d, rows("1,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,,", "2,Fernside Ltd,,A1,x,30/04/2026,Agency staff,,"))
	sign := func(body string) optest.Answer {
		return d.Do(optest.Call{Op: &migration.SignOffImport, Path: path(i), Version: d.Import(i.ID).Version, Body: body})
	}
	sign(`{}`).Refused(409, "MIG-IMP-001")
	i = d.Run(&migration.ValidateImport, i.ID, nil)
	i = d.Run(&migration.CommitImport, i.ID, nil)
	sign(`{}`).Refused(409, "MIG-IMP-007")
	sign(`{"acceptRejected":true,"note":"Agreed"}`).Must(&i)
	if i.State != migration.SignedOff || i.SignedOff == nil || i.SignedOff.By != "per_usr_test" {
		t.Errorf("%+v", i)
	}
	d.Do(optest.Call{Op: &migration.RollBackImport, Path: path(i), Version: i.Version, Body: `{"mode":"correct","reason":"Wrong"}`}).Refused(409, "MIG-IMP-001")
	d.Do(optest.Call{Op: &migration.ValidateImport, Path: path(i), Version: i.Version}).Refused(409, "MIG-IMP-001")
}
