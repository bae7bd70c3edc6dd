package migration_test

import (
	"testing"

	"backoffice/internal/migration"
	"backoffice/internal/migration/migrationtest"
	"backoffice/internal/op/optest"
)

func TestCreateImportRefuses(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	for name, c := range map[string]struct {
		change func(map[string]any)
		want   string
	}{
		"no mapping":       {func(b map[string]any) { delete(b, "map") }, "MIG-MAP-002:/mapping"},
		"two mappings":     {func(b map[string]any) { b["mapping"] = "public-spending" }, "MIG-MAP-002:/mapping"},
		"unknown mapping":  {func(b map[string]any) { delete(b, "map"); b["mapping"] = "nobody" }, "MIG-MAP-001:/mapping"},
		"no file":          {func(b map[string]any) { delete(b, "content") }, "MIG-FIL-001:/file"},
		"two files":        {func(b map[string]any) { b["file"] = map[string]any{"name": "x", "bytes": 1} }, "MIG-FIL-001:/file"},
		"no balancing":     {func(b map[string]any) { delete(b, "balancingAccount") }, "MIG-MAP-006:/balancingAccount"},
		"header":           {func(b map[string]any) { b["balancingAccount"] = "1000" }, "MIG-MAP-006:/balancingAccount"},
		"default account":  {func(b map[string]any) { b["defaults"] = map[string]string{"account": "9998"} }, "MIG-MAP-006:/defaults/account"},
		"no party":         {func(b map[string]any) { delete(b["map"].(map[string]any)["columns"].(map[string]string), "party") }, "MIG-MAP-003:/defaults/party"},
		"blank":            {func(b map[string]any) { b["name"] = " " }, "MIG-GEN-001:/name"},
		"unknown currency": {func(b map[string]any) { b["map"].(map[string]any)["currency"] = "ABC" }, "MIG-MAP-005:/map/currency"},
		"entity":           {func(b map[string]any) { b["entity"] = "ent_01JD2M8G3S6QX4T5V7W9Y0Z1A2" }, "FIN-ENT-001:/entity"},
	} {
		t.Run(name, func(t *testing.T) {
			body := map[string]any{"name": "Small", "source": "legacy", "map": purchases(), "balancingAccount": "2100", "content": rows("x"), "entity": d.Entity.ID}
			c.change(body)
			d.Do(optest.Call{Op: &migration.CreateImport, Body: body}).Refused(422, c.want)
		})
	}
}

func TestSavedMapping(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	var m migration.Mapping
	d.Do(optest.Call{Op: migration.Mappings.Create(), Body: purchases()}).Must(&m)
	i := small(d, rows("1,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,,"), func(b map[string]any) { delete(b, "map"); b["mapping"] = m.ID })
	d.Do(optest.Call{Op: migration.Mappings.Archive(), Path: map[string]string{"id": m.ID}, Version: 1}).Must(nil)
	if i = d.Run(&migration.ValidateImport, i.ID, nil); i.Counts.Accepted != 1 || i.Mapping != m.ID {
		t.Errorf("%+v", i)
	}
	d.Do(optest.Call{Op: &migration.CreateImport, Body: map[string]any{"name": "x", "source": "x", "mapping": m.ID, "content": "x", "entity": d.Entity.ID}}).Refused(422, "MIG-MAP-001:/mapping")
}
