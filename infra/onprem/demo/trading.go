package demo

import (
	"fmt"
	"hash/fnv"
	"time"
)

const vatPercent = 20

// seasons is how much of an average month's trade a calendar month brings, in per cent: benches sell in spring.
var seasons = [13]int64{time.January: 60, time.February: 70, time.March: 95, time.April: 120, time.May: 140, time.June: 150, time.July: 135,
	time.August: 110, time.September: 90, time.October: 70, time.November: 75, time.December: 85}

// growthPercent is what the second year adds.
const growthPercent = 6

// wobble moves an amount by up to 5 per cent, by its name and month alone: the same in every run.
func wobble(pence int64, name string, m month) int64 {
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%s/%d", name, m)
	return pence * (9500 + int64(h.Sum32()%1001)) / 10000
}

// traded gives what an average month's trade of some size is in a given month.
func traded(pence int64, name string, m month) int64 {
	pence = pence * seasons[m.calendar()] / 100
	if m.secondYear() {
		pence = pence * (100 + growthPercent) / 100
	}
	return wobble(pence, name, m)
}

func vatOn(net int64) int64 { return net * vatPercent / 100 }

// customer is how a customer buys: an average month's goods, of which fitting is charged on top, paid after so many months.
type customer struct {
	key            string
	goods, fitting int64
	pays           month
}

func customers() []customer {
	return []customer{
		{oakmere, 30_500_00, 0, 1}, {tideway, 20_200_00, 3_100_00, 1}, {penhallow, 12_600_00, 1_450_00, 2},
		{larkspur, 11_800_00, 0, 1}, {brindle, 8_900_00, 0, 1},
	}
}

const (
	shopSales = 26_500_00 // an average month of the web shop
	badDebt   = 1_200_00  // what Brindle never paid
)

// badDebtMonth is when the debt is given up: February 2026.
const badDebtMonth month = 22

func (c customer) net(m month) (goods, fitting int64) {
	return traded(c.goods, c.key, m), traded(c.fitting, c.key+" fitting", m)
}

// gross is what a customer is invoiced for a month.
func (c customer) gross(m month) int64 {
	goods, fitting := c.net(m)
	return goods + fitting + vatOn(goods+fitting)
}

// selling gives a month's sales and what customers pay in it.
func selling(m month) []journal {
	var out []journal
	for i, c := range customers() {
		goods, fitting := c.net(m)
		j := journal{day: m.day(6 + 4*i), text: "Garden furniture, " + m.name(), series: "INV", document: fmt.Sprintf("SO-%s-%02d", m.code(), i+1)}
		j.lines = append(j.lines, dr("1100", c.gross(m)).of(c.key), cr("4000", goods).in(sales))
		if fitting > 0 {
			j.lines = append(j.lines, cr("4010", fitting).in(delivery))
		}
		out = append(out, withVAT(j, "2200", -vatOn(goods+fitting)))
		paid := c.gross(m - c.pays)
		if c.key == brindle && m == badDebtMonth {
			paid -= badDebt
			out = append(out, journal{day: m.day(25), text: "Brindle & Sons: remainder given up", lines: []line{
				dr("7850", badDebt).in(sales), cr("1100", badDebt).of(brindle)}})
		}
		out = append(out, journal{day: m.day(24 + i), text: "Received for " + (m - c.pays).name(), lines: []line{
			dr("1200", paid), cr("1100", paid).of(c.key)}})
	}
	shop := traded(shopSales, "shop", m)
	return append(out, withVAT(journal{day: m.day(lastOfMonth), text: "Web shop, card sales of the month", lines: []line{
		dr("1200", shop+vatOn(shop)), cr("4000", shop).in(sales).on(website)}}, "2200", -vatOn(shop)))
}

func withVAT(j journal, account string, pence int64) journal {
	j.lines = append(j.lines, line{account: account, pence: pence})
	return j
}

// turnover is a month's sales of goods without VAT: what materials are bought and used for.
func turnover(m month) int64 {
	sum := traded(shopSales, "shop", m)
	for _, c := range customers() {
		goods, _ := c.net(m)
		sum += goods
	}
	return sum
}
