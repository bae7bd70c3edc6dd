package demo

import "time"

// pay is a month's payroll, as the bureau reports it.
type pay struct {
	workshop, sales, delivery, office, directors int64 // gross
	insurance, pension                           int64 // the employer's
	taxes, contributions                         int64 // taken from the employees: PAYE with National Insurance, pension
}

func payroll(m month) pay {
	if m.secondYear() {
		return pay{15_080_00, 7_590_00, 5_820_00, 6_450_00, 6_200_00, 4_316_00, 1_234_00, 8_275_00, 2_057_00}
	}
	return pay{14_500_00, 7_300_00, 5_600_00, 6_200_00, 6_000_00, 3_742_00, 1_188_00, 7_960_00, 1_980_00}
}

func (p pay) gross() int64 { return p.workshop + p.sales + p.delivery + p.office + p.directors }
func (p pay) net() int64   { return p.gross() - p.taxes - p.contributions }
func (p pay) toHMRC() int64 {
	return p.taxes + p.insurance
}
func (p pay) toPension() int64 { return p.contributions + p.pension }

// paying gives the payroll of a month, and what goes to HMRC and the pension for the month before.
func paying(m month) []journal {
	p, before := payroll(m), payroll(m-1)
	return []journal{
		{day: m.day(28), text: "Payroll, " + m.name(), lines: []line{
			dr("7000", p.workshop).in(workshop), dr("7000", p.sales).in(sales), dr("7000", p.delivery).in(delivery), dr("7000", p.office).in(office),
			dr("7001", p.directors).in(office), dr("7012", p.insurance).in(office), dr("7013", p.pension).in(office),
			cr("2220", p.net()), cr("2210", p.toHMRC()), cr("2230", p.toPension())}},
		{day: m.day(28), text: "Net wages paid", lines: []line{dr("2220", p.net()), cr("1200", p.net())}},
		{day: m.day(22), text: "PAYE and National Insurance of " + (m - 1).name(), lines: []line{dr("2210", before.toHMRC()), cr("1200", before.toHMRC())}},
		{day: m.day(19), text: "Pension contributions of " + (m - 1).name(), lines: []line{dr("2230", before.toPension()), cr("1200", before.toPension())}},
	}
}

const (
	plantDepreciation    = 1_400_00
	routerDepreciation   = 400_00 // of the machine bought in October 2025
	vehicleDepreciation  = 1_200_00
	computerDepreciation = 600_00
	computersLast        = month(20) // fully written off then
	routerBought         = month(18)
	routerCost           = 48_000_00
	loanRepaid           = 1_500_00
	loanAtStart          = 90_000_00
	loanRatePercent      = 6
	insuranceMonthly     = 1_200_00
	auditMonthly         = 450_00
	interestMonthly      = 180_00
	chargesMonthly       = 48_20
	dividend             = 60_000_00
)

// monthEnd gives what recurs: depreciation, the loan, what is spread over the year, and the materials used.
func monthEnd(m month) []journal {
	last := m.day(lastOfMonth)
	interest := (loanAtStart - loanRepaid*int64(m)) * loanRatePercent / 1200
	used := turnover(m) * 39 / 100
	return append([]journal{
		depreciation(m),
		{day: m.day(5), text: "Bank loan: repayment and interest", lines: []line{dr("2300", loanRepaid), dr("7900", interest).in(office), cr("1200", loanRepaid+interest)}},
		{day: last, text: "Insurance, " + m.name(), lines: []line{dr("7800", insuranceMonthly).in(office), cr("1103", insuranceMonthly)}},
		{day: last, text: "Audit fee, one month's share", lines: []line{dr("7601", auditMonthly).in(office), cr("2109", auditMonthly)}},
		{day: last, text: "Interest on deposit", lines: []line{dr("1210", interestMonthly), cr("4900", interestMonthly)}},
		{day: last, text: "Bank charges", lines: []line{dr("7804", chargesMonthly).in(office), cr("1200", chargesMonthly)}},
		{day: last, text: "Materials used, " + m.name(), lines: []line{dr("5000", used).in(workshop), cr("1001", used)}},
	}, yearly(m)...)
}

func depreciation(m month) journal {
	plant := int64(plantDepreciation)
	if m > routerBought {
		plant += routerDepreciation
	}
	j := journal{day: m.day(lastOfMonth), text: "Depreciation, " + m.name(), lines: []line{
		dr("8000", plant).in(workshop), cr("0021", plant), dr("8000", vehicleDepreciation).in(delivery), cr("0051", vehicleDepreciation)}}
	if m <= computersLast {
		j.lines = append(j.lines, dr("8000", computerDepreciation).in(office), cr("0031", computerDepreciation))
	}
	return j
}

// yearly gives what happens once a year, or once.
func yearly(m month) []journal {
	var out []journal
	switch m.calendar() {
	case time.June:
		year := int64(12 * insuranceMonthly)
		out = append(out, journal{day: m.day(1), text: "Insurance for a year", lines: []line{dr("1103", year), cr("1200", year)}})
	case time.September:
		fee := int64(12 * auditMonthly)
		out = append(out, withVAT(journal{day: m.day(18), text: "Audit of the year before", lines: []line{dr("2109", fee), cr("1200", fee+vatOn(fee))}}, "2201", vatOn(fee)))
	case time.December:
		out = append(out, journal{day: m.day(lastOfMonth), text: "Interim dividend", lines: []line{dr("3210", dividend), cr("1200", dividend)}})
	case time.May:
		if m.secondYear() {
			out = append(out, withVAT(journal{day: m.day(23), text: "Stand at the garden show", lines: []line{
				dr("6020", 7_800_00).in(sales).on(chelsea), cr("1200", 7_800_00+vatOn(7_800_00))}}, "2201", vatOn(7_800_00)))
		}
	default:
	}
	if m == routerBought {
		out = append(out, withVAT(journal{day: m.day(15), text: "CNC router", lines: []line{
			dr("0020", routerCost).in(workshop), cr("1200", routerCost+vatOn(routerCost))}}, "2201", vatOn(routerCost)))
	}
	return out
}
