package finance

import (
	"fmt"
	"slices"
	"strings"

	"backoffice/internal/fault"
	"backoffice/internal/money"
)

// Entity is a legal entity whose books are kept.
type Entity struct {
	ID              string         `json:"id" doc:"ent_…"`
	Name            string         `json:"name"`
	CompanyNumber   string         `json:"companyNumber,omitempty"`
	BaseCurrency    money.Currency `json:"baseCurrency" doc:"ISO 4217 code of the functional currency"`
	FiscalYearStart int            `json:"fiscalYearStart" doc:"Month in which the fiscal year begins, 1 to 12"`
	Chart           string         `json:"chart,omitempty" doc:"Template from which the chart of accounts was made"`
	BalanceViews    [][]string     `json:"balanceViews,omitempty" doc:"Combinations of dimensions for which balances are kept, besides each dimension singly"`
	Version         int            `json:"version"`
}

// RecordVersion gives the version for the ETag.
func (e Entity) RecordVersion() int { return e.Version }

// Location gives the record's address.
func (e Entity) Location() string { return "/finance/v1/entities/" + e.ID }

// EntityFields are what a caller says of an entity when it is set up.
type EntityFields struct {
	Name            string `json:"name" minLength:"1" maxLength:"160" example:"Thistle & Rowan Ltd" doc:"Registered name"`
	CompanyNumber   string `json:"companyNumber,omitempty" pattern:"^[A-Z0-9]{8}$" example:"SC123456" doc:"Companies House number, 8 characters"`
	BaseCurrency    string `json:"baseCurrency" pattern:"^[A-Z]{3}$" example:"GBP" doc:"ISO 4217 code of the functional currency"`
	FiscalYearStart int    `json:"fiscalYearStart" minimum:"1" maximum:"12" example:"4" doc:"Month in which the fiscal year begins"`
	Chart           string `json:"chart,omitempty" maxLength:"40" example:"uk-frs102-small" doc:"Template of the chart of accounts; left out for an empty chart"`

	BalanceViews [][]string `json:"balanceViews,omitempty" maxItems:"4" doc:"Combinations of dimensions for which balances are kept, besides each dimension singly, e.g. [[\"cost-centre\",\"project\"]]"`
}

const viewDimensionsMax = 3

// Validate checks what the schema cannot say.
func (f *EntityFields) Validate(c *fault.Collector) {
	if _, err := money.ParseCurrency(f.BaseCurrency); err != nil {
		c.Add("/baseCurrency", RuleCurrency)
	}
	c.Check(strings.TrimSpace(f.Name) != "", "/name", RuleBlank)
	taken := map[string]bool{}
	for i, view := range f.BalanceViews {
		at := fmt.Sprintf("/balanceViews/%d", i)
		c.Check(len(view) >= 2 && len(view) <= viewDimensionsMax, at, RuleViewForm)
		seen := map[string]bool{}
		for _, d := range view {
			c.Check(isStandardDimension(d) && !seen[d], at, RuleViewForm)
			seen[d] = true
		}
		// The same dimensions in another order are the same balances, and every line would be counted in them twice.
		name := strings.Join(slices.Sorted(slices.Values(view)), "+")
		c.Check(!taken[name], at, RuleViewForm)
		taken[name] = true
	}
}
