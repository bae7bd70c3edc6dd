package num

// exponentTextMax bounds the digits of a written exponent, so that reading one
// cannot overflow; anything longer is out of range anyway.
const exponentTextMax = 6

// Parse reads a number as the protocol writes it: an optional sign, digits
// with an optional point, an optional exponent. "1.50", "15e-1" and "+1.5" are
// one number. The error is ErrSyntax, ErrDigits, ErrOverflow or ErrUnderflow.
func Parse(s string) (Number, error) {
	var d decimal
	i := 0
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		d.neg = s[i] == '-'
		i++
	}
	i, tooLong, err := d.readDigits(s, i)
	if err != nil {
		return "", err
	}
	exp, err := readExponent(s, i)
	if err != nil {
		return "", err
	}
	if d.n == 0 {
		return Zero, nil
	}
	d.exp += exp
	switch {
	case d.exp > exponentMax:
		return "", ErrOverflow
	case d.exp < exponentMin:
		return "", ErrUnderflow
	case tooLong:
		return "", ErrDigits
	}
	return d.encode(), nil
}

// readDigits reads the mantissa from s[i:] and returns where it ends; tooLong
// tells that there were more significant digits than fit.
func (d *decimal) readDigits(s string, i int) (end int, tooLong bool, err error) {
	var seen, point bool
	zeros := 0 // zeros not yet known to be inside the number
	for ; i < len(s); i++ {
		c := s[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		seen = true
		if !point && (d.n > 0 || c != '0') {
			d.exp++
		}
		if c == '0' {
			if d.n > 0 {
				zeros++
			} else if point {
				d.exp--
			}
			continue
		}
		if d.n+zeros >= digitsMax {
			tooLong = true
			continue
		}
		d.n += zeros // the array is zero there already
		zeros = 0
		d.dig[d.n] = c - '0'
		d.n++
	}
	if !seen {
		return 0, false, ErrSyntax
	}
	return i, tooLong, nil
}

// readExponent reads "e±ddd" at the end of s, or nothing.
func readExponent(s string, i int) (int, error) {
	if i == len(s) {
		return 0, nil
	}
	if s[i] != 'e' && s[i] != 'E' {
		return 0, ErrSyntax
	}
	i++
	neg := false
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		neg = s[i] == '-'
		i++
	}
	if i == len(s) {
		return 0, ErrSyntax
	}
	exp := 0
	for ; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, ErrSyntax
		}
		if exp < pow10(exponentTextMax) {
			exp = exp*10 + int(s[i]-'0')
		}
	}
	if neg {
		exp = -exp
	}
	return exp, nil
}

func pow10(n int) int {
	p := 1
	for range n {
		p *= 10
	}
	return p
}

// String is the normalised text: no exponent, no needless zero.
func (n Number) String() string { return string(n.AppendText(nil)) }

// AppendText appends the normalised text of n to dst.
func (n Number) AppendText(dst []byte) []byte {
	d := n.decode()
	if d.n == 0 {
		return append(dst, '0')
	}
	if d.neg {
		dst = append(dst, '-')
	}
	if d.exp <= 0 {
		dst = append(dst, '0', '.')
		for range -d.exp {
			dst = append(dst, '0')
		}
	}
	for i := range d.n {
		if i == d.exp && i > 0 {
			dst = append(dst, '.')
		}
		dst = append(dst, d.dig[i]+'0')
	}
	for i := d.n; i < d.exp; i++ {
		dst = append(dst, '0')
	}
	return dst
}

// Int64 gives n when it is an integer that fits; ok is false otherwise.
func (n Number) Int64() (v int64, ok bool) {
	d := n.decode()
	if d.exp > 18 || d.n > d.exp && d.n > 0 {
		return 0, d.n == 0
	}
	for i := range max(d.exp, 0) {
		v *= 10
		if i < d.n {
			v += int64(d.dig[i])
		}
	}
	if d.neg {
		v = -v
	}
	return v, true
}

// Floor64 gives the integer part of n, or ok false when it does not fit.
func (n Number) Floor64() (v int64, ok bool) {
	d := n.decode()
	if d.exp > 18 {
		return 0, false
	}
	d.n = min(d.n, max(d.exp, 0))
	d.trim()
	return d.encode().Int64()
}
