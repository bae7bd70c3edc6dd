package demo

import "time"

// What the company owed the tax office when its books here began.
const (
	openingVAT = 11_240_00
	openingTax = 18_400_00
	// taxPercent is the charge for the first year, taken as a flat share of the profit.
	taxPercent = 25
)

// books gives every journal of the two years, month by month.
func books() [months][]journal {
	var all [months][]journal
	owed, tax, profit := int64(openingVAT), int64(openingTax), int64(0)
	for m := range month(months) {
		list := append(append(append(selling(m), buying(m)...), paying(m)...), monthEnd(m)...)
		if m%3 == 1 { // a month and seven days after the quarter's end
			list = append(list, journal{day: m.day(7), text: "VAT of the last quarter", lines: []line{dr("2202", owed), cr("1200", owed)}})
		}
		if m.calendar() == time.January {
			list = append(list, journal{day: m.day(1), text: "Corporation tax of the year before", lines: []line{dr("2320", tax), cr("1200", tax)}})
		}
		all[m] = list
		if m%3 == 2 {
			var filed journal
			filed, owed = vatReturn(m, all[m-2:m+1])
			all[m] = append(all[m], filed)
		}
		profit -= result(list)
		if m == 11 {
			tax = profit * taxPercent / 100 / 100 * 100 // whole pounds
			all[m] = append(all[m], taxCharge(m, tax))
		}
		all[m] = byDay(all[m])
	}
	return all
}

// vatReturn moves the VAT of a quarter's months to what is owed.
func vatReturn(m month, quarter [][]journal) (filed journal, owed int64) {
	var output, input int64
	for _, list := range quarter {
		output, input = output-sum(list, "2200"), input+sum(list, "2201")
	}
	return journal{day: m.day(lastOfMonth), text: "VAT return of the quarter", lines: []line{
		dr("2200", output), cr("2201", input), cr("2202", output-input)}}, output - input
}

func taxCharge(m month, pence int64) journal {
	return journal{day: m.day(lastOfMonth), text: "Corporation tax on the year's profit", lines: []line{dr("8800", pence), cr("2320", pence)}}
}

func sum(list []journal, account string) int64 {
	var total int64
	for _, j := range list {
		for _, l := range j.lines {
			if l.account == account {
				total += l.pence
			}
		}
	}
	return total
}

// result is what journals leave on income and expense, a loss above nought.
func result(list []journal) int64 {
	var total int64
	for _, j := range list {
		for _, l := range j.lines {
			if l.account >= "4" {
				total += l.pence
			}
		}
	}
	return total
}

// opening gives the balances with which the books begin; retained earnings make them even.
func opening() journal {
	j := journal{day: firstDay, text: "Balances brought forward from the books kept on paper", lines: []line{
		dr("0020", 168_000_00), cr("0021", 58_800_00), dr("0030", 21_600_00), cr("0031", 9_000_00), dr("0050", 57_600_00), cr("0051", 21_600_00),
		dr("1001", 46_000_00), dr("1103", 2*insuranceMonthly), dr("1200", 64_350_25), dr("1210", 60_000_00),
		cr("2109", 12*auditMonthly), cr("2202", openingVAT), cr("2210", payroll(-1).toHMRC()), cr("2230", payroll(-1).toPension()),
		cr("2300", loanAtStart), cr("2320", openingTax), cr("3000", 10_000_00),
	}}
	for _, c := range customers() {
		for m := -c.pays; m < 0; m++ {
			j.lines = append(j.lines, dr("1100", c.gross(m)).of(c.key))
		}
	}
	for _, s := range suppliers() {
		j.lines = append(j.lines, cr("2100", s.gross(-1)).of(s.key))
	}
	var total int64
	for _, l := range j.lines {
		total += l.pence
	}
	j.lines = append(j.lines, cr("3200", total))
	return j
}
