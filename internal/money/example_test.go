package money_test

import (
	"fmt"

	"backoffice/internal/money"
)

// Tax on a line, and the line shared out over three cost centres without losing a penny.
func Example() {
	net, err := money.Parse("1234.55", money.GBP)
	if err != nil {
		fmt.Println(err)
		return
	}
	vat := net.MulRate(money.RateOf(20, 0).Percent(), money.HalfUp)
	parts, err := net.Allocate([]money.Rate{money.RateOf(1, 0), money.RateOf(1, 0), money.RateOf(1, 0)})
	fmt.Println(vat, net.Add(vat), parts, err)
	// Output: 246.91 GBP 1481.46 GBP [411.52 GBP 411.52 GBP 411.51 GBP] <nil>
}
