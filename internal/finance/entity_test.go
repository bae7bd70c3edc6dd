package finance_test

import (
	"fmt"
	"strings"
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
)

func fields(text string) []string { return strings.Fields(text) }

func TestCreateEntity(t *testing.T) {
	b := financetest.New(t)
	for name, c := range map[string]struct{ body, want string }{
		"currency": {`{"name":"A","baseCurrency":"ZZZ","fiscalYearStart":4}`, "FIN-GEN-002:/baseCurrency"},
		"blank":    {`{"name":" ","baseCurrency":"GBP","fiscalYearStart":4}`, "FIN-GEN-001:/name"},
		"month":    {`{"name":"A","baseCurrency":"GBP","fiscalYearStart":13}`, "API-009:/fiscalYearStart"},
		"number":   {`{"name":"A","companyNumber":"123","baseCurrency":"GBP","fiscalYearStart":4}`, "API-008:/companyNumber"},
		"template": {`{"name":"A","baseCurrency":"GBP","fiscalYearStart":4,"chart":"mars"}`, "FIN-ENT-002:/chart"},
		"view":     {`{"name":"A","baseCurrency":"GBP","fiscalYearStart":4,"balanceViews":[["project"]]}`, "FIN-RPT-003:/balanceViews/0"},
		"views":    {`{"name":"A","baseCurrency":"GBP","fiscalYearStart":4,"balanceViews":[["project","cost-centre"],["fund","project"],["cost-centre","project"]]}`, "FIN-RPT-003:/balanceViews/2"},
	} {
		t.Run(name, func(t *testing.T) { b.Do(optest.Call{Op: &finance.CreateEntity, Body: c.body}).Refused(422, c.want) })
	}
	var viewed, read finance.Entity
	b.Do(optest.Call{Op: &finance.CreateEntity, Body: `{"name":"A","baseCurrency":"GBP","fiscalYearStart":4,"balanceViews":[["project","cost-centre"]]}`}).Must(&viewed)
	b.Do(optest.Call{Op: &finance.UpdateEntity, Path: map[string]string{"entityId": viewed.ID}, Version: 1, Body: `{"name":"B"}`}).Must(nil)
	b.Do(optest.Call{Op: &finance.GetEntity, Path: map[string]string{"entityId": viewed.ID}}).Must(&read)
	if fmt.Sprint(read.BalanceViews) != "[[cost-centre project]]" || fmt.Sprint(viewed.BalanceViews) != fmt.Sprint(read.BalanceViews) {
		t.Errorf("views %v, read %v", viewed.BalanceViews, read.BalanceViews)
	}
	var bare finance.Entity
	b.Do(optest.Call{Op: &finance.CreateEntity, Body: `{"name":"Bare","baseCurrency":"JPY","fiscalYearStart":1}`}).Must(&bare)
	var accounts op.Records[finance.Account]
	b.Do(optest.Call{Op: &finance.ListAccounts, Query: "entity=" + bare.ID}).Must(&accounts)
	if len(accounts.Data) != 0 {
		t.Errorf("%d accounts in an empty chart", len(accounts.Data))
	}
	var list op.Records[finance.Entity]
	b.Do(optest.Call{Op: &finance.ListEntities}).Must(&list)
	if len(list.Data) != 3 {
		t.Errorf("%+v", list)
	}
}

func TestUpdateEntity(t *testing.T) {
	b := financetest.New(t)
	call := optest.Call{Op: &finance.UpdateEntity, Path: map[string]string{"entityId": b.Entity.ID}, Version: 1, Body: `{"name":"Renamed Ltd","companyNumber":"SC654321"}`}
	var e finance.Entity
	b.Do(call).Must(&e)
	if e.Name != "Renamed Ltd" || e.CompanyNumber != "SC654321" || e.BaseCurrency != "GBP" || e.Version != 2 {
		t.Errorf("%+v", e)
	}
	b.Do(call).Refused(412, op.RuleStale.Code)
	call.Version, call.Body = 2, `{"baseCurrency":"USD"}`
	b.Do(call).Refused(400, "API-002:/baseCurrency")
	call.Body = `{"name":null}`
	b.Do(call).Refused(422, "API-004:/name")
	call.Body = `{"companyNumber":null}`
	e = finance.Entity{}
	b.Do(call).Must(&e)
	if e.CompanyNumber != "" {
		t.Errorf("%+v", e)
	}
}

// Another tenant's entity is none: it can be neither read nor named.
func TestEntitiesOfAnotherTenant(t *testing.T) {
	b := financetest.New(t)
	stranger := "ten_01JD2M8G3S6QX4T5V7W9Y0Z1A2"
	b.Do(optest.Call{Op: &finance.GetEntity, Path: map[string]string{"entityId": b.Entity.ID}, Tenant: stranger}).Refused(404, op.RuleNotFound.Code)
	b.Do(optest.Call{Op: &finance.OpenFiscalYear, Body: map[string]string{"entity": b.Entity.ID, "start": "2027-04"}, Tenant: stranger}).Refused(422, "FIN-ENT-001:/entity")
}

// valuesInTrees puts values under one another: under values in use, in no circle, and no deeper than eight levels.
func valuesInTrees(b *financetest.Books) {
	b.T.Helper()
	under := func(code, parent string) optest.Call {
		return optest.Call{Op: finance.DimensionValues.Create(), Body: map[string]string{"entity": b.Entity.ID, "dimension": "fund", "code": code, "name": "Name", "parent": parent}}
	}
	at := func(o op.Operation, code string, version int, body any) optest.Call {
		return optest.Call{Op: o, Path: map[string]string{"id": b.Entity.ID + ".fund." + code}, Version: version, Body: body}
	}
	b.Do(under("F0", "F0")).Refused(422, "FIN-DIM-003:/parent")
	b.Do(optest.Call{Op: finance.DimensionValues.Create(), Body: map[string]string{"entity": b.Entity.ID, "dimension": "fund", "code": "F1", "name": "Name"}}).Must(nil)
	for level := 2; level <= 8; level++ {
		b.Do(under(fmt.Sprint("F", level), fmt.Sprint("F", level-1))).Must(nil)
	}
	b.Do(under("F9", "F8")).Refused(422, "FIN-DIM-003:/parent")
	b.Do(at(finance.DimensionValues.Update(), "F1", 1, `{"parent":"F3"}`)).Refused(422, "FIN-DIM-003:/parent")
	b.Do(at(finance.DimensionValues.Archive(), "F2", 1, nil)).Must(nil)
	b.Do(under("F9", "F2")).Refused(422, "FIN-DIM-003:/parent")
	b.Do(at(finance.DimensionValues.Update(), "F3", 1, `{"name":"Another"}`)).Must(nil) // where it stands is no affair of its name
}

func TestDimensionsAndSeries(t *testing.T) {
	b := financetest.New(t)
	dimension := func(code string) optest.Call {
		return optest.Call{Op: &finance.CreateDimension, Body: map[string]string{"entity": b.Entity.ID, "code": code, "name": "Name"}}
	}
	var list finance.DimensionList
	b.Do(dimension("campaign")).Must(&list)
	if len(list.Data) != 5 || list.Data[4].Code != "campaign" {
		t.Errorf("%+v", list)
	}
	b.Do(dimension("campaign")).Refused(422, "FIN-DIM-001:/code")
	b.Do(dimension("project")).Refused(422, "FIN-DIM-001:/code")
	for _, code := range strings.Fields("a b c d e f g") {
		b.Do(dimension(code)).Must(nil)
	}
	b.Do(dimension("one-too-many")).Refused(422, "FIN-DIM-002:/code")

	value := func(dimension, code string) optest.Call {
		return optest.Call{Op: finance.DimensionValues.Create(), Body: map[string]string{"entity": b.Entity.ID, "dimension": dimension, "code": code, "name": "Name"}}
	}
	b.Do(value("campaign", "X1")).Must(nil)
	b.Do(value("campaign", "X1")).Refused(422, "REC-001:")
	b.Do(value("project", "X1")).Must(nil)
	b.Do(value("galaxy", "X1")).Refused(422, "FIN-ACC-007:/dimension")
	valuesInTrees(b)

	series := optest.Call{Op: &finance.CreateSeries, Body: map[string]any{"entity": b.Entity.ID, "code": "GRN", "gapless": true}}
	var all finance.SeriesList
	b.Do(series).Must(&all)
	if len(all.Data) != 2 || !all.Data[1].Gapless {
		t.Errorf("%+v", all)
	}
	b.Do(series).Refused(422, "FIN-SER-001:/code")
}
