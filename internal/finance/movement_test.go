package finance

import (
	"testing"

	"backoffice/internal/civil"
	"backoffice/internal/money"
)

// An entity that named a combination twice, as it could once, has each line in it once.
func TestACombinationNamedTwiceIsCountedOnce(t *testing.T) {
	j := Journal{Date: civil.Of(2026, 4, 30), Lines: []Line{{Account: "7105", Amount: money.FromMinor(100, money.GBP), Dimensions: map[string]string{"cost-centre": "A", "project": "P"}}}}
	pair := []string{"cost-centre", "project"}
	seen := map[BalanceKey]int{}
	for _, m := range j.Movements([][]string{pair, pair}) {
		seen[m.Key]++
	}
	if len(seen) != 4 { // the whole, each dimension, and both
		t.Errorf("%v", seen)
	}
	for k, n := range seen {
		if n != 1 {
			t.Errorf("%+v is counted %d times", k, n)
		}
	}
}
