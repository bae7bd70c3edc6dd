package demo

import (
	"context"
	"net/http"
)

// The books run from firstDay to lastDay; one more fiscal year is open for whoever wants to go on.
const (
	firstDay = "2024-04-01"
	lastDay  = "2026-03-31"
	months   = 24
)

// Cost centres and projects, as journal lines name them.
const (
	workshop = "WORKSHOP"
	sales    = "SALES"
	delivery = "DELIVERY"
	office   = "OFFICE"

	chelsea = "SHOW-2025"
	website = "WEBSHOP"
)

// found makes the entity with its chart and fiscal years.
func (s *setup) found(ctx context.Context) error {
	var entity struct {
		ID string `json:"id"`
	}
	body := map[string]any{"name": organisation, "companyNumber": "99002024", "baseCurrency": "GBP", "fiscalYearStart": 4, "chart": "uk-frs102-small",
		"balanceViews": [][]string{{"cost-centre", "project"}}}
	if err := s.api.post(ctx, accountant, "/finance/v1/entities", body, &entity); err != nil {
		return err
	}
	s.entity = entity.ID
	for _, start := range []string{"2024-04", "2025-04", "2026-04"} {
		if err := s.api.post(ctx, accountant, "/finance/v1/fiscal-years", map[string]any{"entity": s.entity, "start": start}, nil); err != nil {
			return err
		}
	}
	return nil
}

// furnish adds cost centres, projects, a gapless series for sales invoices, and the rule that pay always names a cost centre.
func (s *setup) furnish(ctx context.Context) error {
	for _, v := range []struct{ dimension, code, name string }{
		{"cost-centre", workshop, "Workshop"}, {"cost-centre", sales, "Sales and marketing"},
		{"cost-centre", delivery, "Delivery and fitting"}, {"cost-centre", office, "Office and management"},
		{"project", chelsea, "Garden show 2025"}, {"project", website, "Web shop"},
	} {
		body := map[string]any{"entity": s.entity, "dimension": v.dimension, "code": v.code, "name": v.name}
		if err := s.api.post(ctx, accountant, "/finance/v1/dimension-values", body, nil); err != nil {
			return err
		}
	}
	if err := s.api.post(ctx, accountant, "/finance/v1/series", map[string]any{"entity": s.entity, "code": "INV", "gapless": true}, nil); err != nil {
		return err
	}
	for _, code := range []string{"7000", "7001", "7012", "7013"} {
		rule := map[string]any{"dimensions": []map[string]string{{"dimension": "cost-centre", "presence": "required"}}}
		if _, err := s.api.do(ctx, accountant, http.MethodPatch, "/finance/v1/accounts/"+s.entity+"."+code, `"v1"`, rule, nil); err != nil {
			return err
		}
	}
	return nil
}

// party is a customer or supplier as the books know it.
type party struct {
	key, name, kind string
	aliases         []string
}

// Short names of the parties.
const (
	oakmere   = "oakmere"
	tideway   = "tideway"
	penhallow = "penhallow"
	larkspur  = "larkspur"
	brindle   = "brindle"

	kestrel  = "kestrel"
	fenwick  = "fenwick"
	haulage  = "haulage"
	energy   = "energy"
	agency   = "agency"
	telecom  = "telecom"
	software = "software"
	landlord = "landlord"
	bellotti = "bellotti"
)

func allParties() []party {
	return []party{
		{oakmere, "Oakmere Garden Centres Ltd", "customer", []string{"OAKMERE GC"}},
		{tideway, "Tideway Hotels Group plc", "customer", nil},
		{penhallow, "Penhallow Parish Estates", "customer", nil},
		{larkspur, "The Larkspur Pub Company Ltd", "customer", []string{"Larkspur Pubs"}},
		{brindle, "Brindle & Sons Landscaping", "customer", nil},
		{kestrel, "Kestrel Timber Merchants Ltd", "supplier", []string{"KESTREL TIMBER"}},
		{fenwick, "Fenwick Fixings & Finishes Ltd", "supplier", nil},
		{haulage, "Northmoor Haulage Ltd", "supplier", nil},
		{energy, "Beacon Energy Supply Ltd", "supplier", nil},
		{agency, "Clarion Row Digital Ltd", "supplier", nil},
		{telecom, "Hobday Telecom Ltd", "supplier", nil},
		{software, "Ledgerline Software Ltd", "supplier", nil},
		{landlord, "Quayside Yard Properties LLP", "supplier", nil},
		{bellotti, "Officine Bellotti S.r.l.", "supplier", []string{"BELLOTTI SRL"}},
	}
}

// introduce makes the customers and suppliers.
func (s *setup) introduce(ctx context.Context) error {
	s.parties = map[string]string{}
	for _, p := range allParties() {
		var made struct {
			ID string `json:"id"`
		}
		body := map[string]any{"name": p.name, "kind": p.kind}
		if len(p.aliases) > 0 {
			body["aliases"] = p.aliases
		}
		if err := s.api.post(ctx, accountant, "/finance/v1/parties", body, &made); err != nil {
			return err
		}
		s.parties[p.key] = made.ID
	}
	return nil
}
