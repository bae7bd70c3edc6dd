package demo

import (
	"fmt"
	"time"
)

// supplier is what the company buys of a supplier in a month, without VAT, and where it is booked.
type supplier struct {
	key, text, account, centre, project string
	net                                 func(m month) int64
}

func steady(name string, pence int64) func(month) int64 {
	return func(m month) int64 {
		if m.secondYear() {
			pence := pence * 104 / 100
			return wobble(pence, name, m)
		}
		return wobble(pence, name, m)
	}
}

func share(percent int64) func(month) int64 {
	return func(m month) int64 { return turnover(m) * percent / 100 }
}

func suppliers() []supplier {
	return []supplier{
		{kestrel, "Oak and larch", "1001", "", "", share(24)},
		{fenwick, "Fixings, oils and glue", "1001", "", "", share(11)},
		{haulage, "Deliveries to customers", "6100", delivery, "", share(5)},
		{energy, "Electricity", "7210", workshop, "", heating},
		{agency, "Advertising on the web", "6010", sales, website, steady(agency, 2_250_00)},
		{telecom, "Telephones and data lines", "7310", office, "", steady(telecom, 312_00)},
		{software, "Licences and support", "7331", office, "", steady(software, 640_00)},
	}
}

// heating is dearer in the dark months.
func heating(m month) int64 {
	base := int64(1_180_00)
	if c := m.calendar(); c >= time.November || c <= time.February {
		base = 1_720_00
	}
	return wobble(base, energy, m)
}

func (s supplier) gross(m month) int64 { return s.net(m) + vatOn(s.net(m)) }

// buying gives a month's purchase invoices and the payments of those of the month before.
func buying(m month) []journal {
	var out []journal
	for i, s := range suppliers() {
		net := s.net(m)
		cost := dr(s.account, net).in(s.centre).on(s.project)
		out = append(out, withVAT(journal{day: m.day(9 + 2*i), text: s.text + ", " + m.name(), document: fmt.Sprintf("PI-%s-%02d", m.code(), i+1),
			lines: []line{cost, cr("2100", net+vatOn(net)).of(s.key)}}, "2201", vatOn(net)))
		out = append(out, paid(m.day(27), s.key, "Paid for "+(m-1).name(), s.gross(m-1)))
	}
	out = append(out, renting(m)...)
	return append(out, importing(m)...)
}

func paid(day, party, text string, pence int64) journal {
	return journal{day: day, text: text, lines: []line{dr("2100", pence).of(party), cr("1200", pence)}}
}

const (
	rentMonthly   = 4_000_00
	rentFromYear2 = 4_300_00
)

func rent(m month) int64 {
	if m.secondYear() {
		return rentFromYear2
	}
	return rentMonthly
}

// renting gives the quarter's rent invoice, paid in the same month and spread over the quarter.
func renting(m month) []journal {
	spread := journal{day: m.day(lastOfMonth), text: "Rent of the yard, " + m.name(), lines: []line{
		dr("7200", rent(m)*6/10).in(workshop), dr("7200", rent(m)-rent(m)*6/10).in(office), cr("1103", rent(m))}}
	if m%3 != 0 {
		return []journal{spread}
	}
	quarter := 3 * rent(m)
	bill := withVAT(journal{day: m.day(1), text: "Rent of the yard, three months from " + m.name(), document: "QY-" + m.code(), lines: []line{
		dr("1103", quarter), cr("2100", quarter+vatOn(quarter)).of(landlord)}}, "2201", vatOn(quarter))
	return []journal{bill, paid(m.day(3), landlord, "Paid: rent of the quarter", quarter+vatOn(quarter)), spread}
}

// The euro's price in hundredths of a penny, at each quarter's invoice and at its payment a month later.
var euroAtInvoice = [8]int64{8560, 8480, 8340, 8310, 8540, 8660, 8720, 8690}
var euroAtPayment = [8]int64{8530, 8430, 8290, 8370, 8610, 8680, 8700, 8720}

const fittingsCents = 14_800_00 // an average quarter's hinges and castings from Italy

// importing gives a quarter's invoice in euros and its payment a month later at another rate. Goods from abroad carry no VAT
// of the supplier's.
func importing(m month) []journal {
	quarter := int(m) / 3
	cents := wobble(fittingsCents, bellotti, month(quarter))
	owed := cents * euroAtInvoice[quarter] / 10000
	if m%3 == 1 {
		return []journal{{day: m.day(14), text: "Hinges and castings", document: fmt.Sprintf("OB-%s", m.code()), lines: []line{
			dr("1001", owed).euros(cents), cr("2100", owed).euros(-cents).of(bellotti)}}}
	}
	if m%3 != 2 {
		return nil
	}
	cost := cents * euroAtPayment[quarter] / 10000
	j := journal{day: m.day(16), text: "Paid: Officine Bellotti", lines: []line{dr("2100", owed).euros(cents).of(bellotti), cr("1200", cost)}}
	if cost != owed {
		j.lines = append(j.lines, line{account: "7700", pence: cost - owed, centre: office})
	}
	return []journal{j}
}
