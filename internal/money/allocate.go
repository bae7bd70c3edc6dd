package money

import (
	"errors"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"
)

// ErrWeights says that an amount cannot be shared out: no weights, a negative one, or none above nought.
var ErrWeights = errors.New("money: weights must not be negative and must not all be nought")

// Allocate shares m out in proportion to the weights by the largest remainder: each part is its exact share cut off towards
// zero, and the minor units left over go one each to the parts that lost most, the earlier first. The parts come in the order
// of the weights and always sum to m; a weight of nought gets nothing. It returns [ErrWeights] when the weights make no sense.
func (m Money) Allocate(weights []Rate) ([]Money, error) {
	whole, err := wholeWeights(weights)
	if err != nil {
		return nil, err
	}
	parts := make([]Money, len(whole))
	if m.currency == "" {
		return parts, nil
	}
	places := m.currency.mustScale()
	for i, units := range shares(m.minor(), whole) {
		parts[i] = made(decimal.NewFromBigInt(units, -places), m.currency)
	}
	return parts, nil
}

// wholeWeights returns the weights as integers in the same proportions.
func wholeWeights(weights []Rate) ([]*big.Int, error) {
	places, positive := int32(0), false
	for _, w := range weights {
		if w.Sign() < 0 {
			return nil, ErrWeights
		}
		positive = positive || w.Sign() > 0
		places = max(places, -w.value.Exponent())
	}
	if !positive {
		return nil, ErrWeights
	}
	whole := make([]*big.Int, len(weights))
	for i, w := range weights {
		whole[i] = minorUnits(w.value, places)
	}
	return whole, nil
}

// shares splits total in proportion to weights that are not negative and not all nought.
func shares(total *big.Int, weights []*big.Int) []*big.Int {
	sum := new(big.Int)
	for _, w := range weights {
		sum.Add(sum, w)
	}
	left := new(big.Int).Set(total)
	parts, lost := make([]*big.Int, len(weights)), make([]*big.Int, len(weights))
	order := make([]int, len(weights))
	for i, w := range weights {
		order[i] = i
		parts[i], lost[i] = new(big.Int).QuoRem(new(big.Int).Mul(total, w), sum, new(big.Int))
		left.Sub(left, parts[i])
	}
	slices.SortStableFunc(order, func(a, b int) int { return lost[b].CmpAbs(lost[a]) })
	// Every part lost less than one unit, so fewer units are left than there are parts that lost something.
	one := big.NewInt(int64(total.Sign()))
	for _, i := range order[:left.Abs(left).Int64()] {
		parts[i].Add(parts[i], one)
	}
	return parts
}
