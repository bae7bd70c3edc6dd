// Package num holds the exact decimal numbers of the store: up to 38
// significant digits, from 1E-130 to 9.99…E+125 in magnitude.
//
// A Number is kept in one form only, an order-preserving string of bytes:
//
//	sign      1 negative, 2 zero (and nothing follows), 3 positive
//	exponent  base 100, biased by 64; complemented when negative
//	digits    base 100, each plus one; complemented when negative
//	end       0x00, or 0xFF when negative
//
// So two numbers are equal when their bytes are, they sort as their bytes do,
// and the same bytes serve as a key, as the stored form and in memory.
package num

import (
	"errors"
)

// Number is a decimal in its encoded form; the zero value "" is no number.
// Compare two with the operators of strings.
type Number string

const (
	signNegative = 1
	signZero     = 2
	signPositive = 3

	// digitsMax is how many significant digits a number may have.
	digitsMax = 38
	// exponentMax and exponentMin bound e in 0.d1d2… × 10^e.
	exponentMax = 126
	exponentMin = -129

	exponentBias = 64
	endPositive  = 0x00
	endNegative  = 0xFF
)

// Zero is the number 0.
const Zero Number = "\x02"

// The errors of parsing and arithmetic; their texts are those that the
// protocol answers with.
var (
	ErrSyntax    = errors.New("The parameter cannot be converted to a numeric value")
	ErrOverflow  = errors.New("Number overflow. Attempting to store a number with magnitude larger than supported range")
	ErrUnderflow = errors.New("Number underflow. Attempting to store a number with magnitude smaller than supported range")
	ErrDigits    = errors.New("Attempting to store more than 38 significant digits in a Number")
)

// decimal is a number taken apart: 0.d1d2…dn × 10^exp, without zeros at either
// end; n is 0 for zero. (Corrupt stored bytes can decode to two digits more.)
type decimal struct {
	neg bool
	n   int
	exp int
	dig [digitsMax + 2]byte
}

// FromInt gives the number of an integer.
func FromInt(v int64) Number {
	var d decimal
	u := uint64(v)
	if v < 0 {
		d.neg, u = true, -u
	}
	var rev [20]byte
	n := 0
	for ; u > 0; u /= 10 {
		rev[n] = byte(u % 10)
		n++
	}
	d.exp = n
	for i := range n {
		d.dig[i] = rev[n-1-i]
	}
	d.n = n
	d.trim()
	return d.encode()
}

// trim drops the zeros at the end of the digits.
func (d *decimal) trim() {
	for d.n > 0 && d.dig[d.n-1] == 0 {
		d.n--
	}
}

// encode gives the one form of d.
func (d *decimal) encode() Number {
	if d.n == 0 {
		return Zero
	}
	var buf [3 + digitsMax/2 + 1]byte
	out := buf[:2]
	out[0] = signPositive
	// An odd exponent starts with half a pair: 0.5 × 10^1 is 0.05 × 100^1.
	exp100, i := d.exp>>1, 0
	if d.exp&1 != 0 {
		exp100++
		out = append(out, d.dig[0]+1)
		i = 1
	}
	out[1] = byte(exp100 + exponentBias)
	for ; i < d.n; i += 2 {
		pair := d.dig[i] * 10
		if i+1 < d.n {
			pair += d.dig[i+1]
		}
		out = append(out, pair+1)
	}
	if !d.neg {
		return Number(append(out, endPositive))
	}
	out[0] = signNegative
	for j := 1; j < len(out); j++ {
		out[j] = ^out[j]
	}
	return Number(append(out, endNegative))
}

// decode takes n apart; n must be well formed.
func (n Number) decode() decimal {
	var d decimal
	if n == "" || n[0] == signZero {
		return d
	}
	d.neg = n[0] == signNegative
	mask := byte(0)
	if d.neg {
		mask = 0xFF
	}
	d.exp = (int(n[1]^mask) - exponentBias) * 2
	for i := 2; i < len(n)-1; i++ {
		pair := (n[i] ^ mask) - 1
		if i == 2 && pair < 10 {
			d.exp--
		} else {
			d.dig[d.n] = pair / 10
			d.n++
		}
		if i == len(n)-2 && pair%10 == 0 {
			break
		}
		d.dig[d.n] = pair % 10
		d.n++
	}
	return d
}

// Len tells how many bytes the number at the start of b takes, or 0 when b
// does not start with a well-formed number.
func Len(b string) int {
	if b == "" {
		return 0
	}
	end := byte(endPositive)
	switch b[0] {
	case signZero:
		return 1
	case signNegative:
		end = endNegative
	case signPositive:
	default:
		return 0
	}
	for i := 2; i < len(b) && i < 3+digitsMax/2+1; i++ {
		if b[i] == end {
			if i == 2 {
				return 0
			}
			return i + 1
		}
	}
	return 0
}

// Valid reports whether n is a well-formed number and nothing more; it is for
// bytes that come from a disk.
func (n Number) Valid() bool {
	if n == "" || Len(string(n)) != len(n) {
		return false
	}
	mask := byte(0)
	if n[0] == signNegative {
		mask = 0xFF
	}
	for i := 2; i < len(n)-1; i++ {
		if p := n[i] ^ mask; p < 1 || p > 100 {
			return false
		}
	}
	return true
}

// Size is the number's share of an item's size, in bytes.
func (n Number) Size() int {
	d := n.decode()
	size := (d.n+1)/2 + 1
	if d.neg {
		size++
	}
	return size
}

// Negative reports whether n is below zero.
func (n Number) Negative() bool { return n != "" && n[0] == signNegative }
