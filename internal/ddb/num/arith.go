package num

// The grid of an addition has one cell for each power of ten that a number
// can have a digit at, and one more for the carry.
const (
	gridTop   = exponentMax // the place above the highest digit
	gridCells = gridTop - exponentMin + digitsMax + 1
)

// grid is a number spread out: cell 0 takes the carry, cell i is the digit at
// 10^(gridTop-i).
type grid [gridCells]int8

func (g *grid) add(d *decimal, sign int8) {
	if d.neg {
		sign = -sign
	}
	for i := range d.n {
		g[gridTop-d.exp+1+i] += sign * int8(d.dig[i])
	}
}

// carry brings every cell but the first into 0…9.
func (g *grid) carry() {
	for i := len(g) - 1; i > 0; i-- {
		for g[i] < 0 {
			g[i] += 10
			g[i-1]--
		}
		for g[i] > 9 {
			g[i] -= 10
			g[i-1]++
		}
	}
}

// number gathers the digits; the error is ErrOverflow or ErrDigits.
func (g *grid) number() (Number, error) {
	var d decimal
	g.carry()
	if g[0] < 0 {
		d.neg = true
		for i := range g {
			g[i] = -g[i]
		}
		g.carry()
	}
	if g[0] > 0 {
		return "", ErrOverflow
	}
	first, last := -1, -1
	for i, c := range g {
		if c != 0 {
			last = i
			if first < 0 {
				first = i
			}
		}
	}
	if first < 0 {
		return Zero, nil
	}
	if last-first >= digitsMax {
		return "", ErrDigits
	}
	d.exp = gridTop - first + 1
	if d.exp < exponentMin {
		return "", ErrUnderflow
	}
	for i := first; i <= last; i++ {
		d.dig[d.n] = byte(g[i])
		d.n++
	}
	return d.encode(), nil
}

// Add is a + b, exact; the error is ErrOverflow, ErrUnderflow or ErrDigits.
func Add(a, b Number) (Number, error) { return sum(a, b, 1) }

// Sub is a - b, exact; the error is ErrOverflow, ErrUnderflow or ErrDigits.
func Sub(a, b Number) (Number, error) { return sum(a, b, -1) }

func sum(a, b Number, sign int8) (Number, error) {
	var g grid
	da, db := a.decode(), b.decode()
	g.add(&da, 1)
	g.add(&db, sign)
	return g.number()
}
