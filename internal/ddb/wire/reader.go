// Package wire reads and writes JSON for the protocol: a pull reader whose
// strings share the body's memory, and append functions for the answers. It
// knows nothing of attribute values.
package wire

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"backoffice/internal/ddb/awserr"
)

// depthMax bounds the nesting of a body, so that reading one cannot exhaust
// the stack.
const depthMax = 200

// Reader walks through one JSON text. The first error sticks: after it every
// call gives the zero value and Next ends every loop, so callers look at Err
// once, at the end.
type Reader struct {
	s     string
	i     int
	depth int
	first bool
	err   error
}

// NewReader starts at the beginning of s.
func NewReader(s string) *Reader { return &Reader{s: s} }

// Err is the first error, if any.
func (r *Reader) Err() error { return r.err }

// Fail makes err the reader's error, unless it has one.
func (r *Reader) Fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// Replace puts a clearer error in the place of the reader's.
func (r *Reader) Replace(err error) { r.err = err }

func (r *Reader) unexpected() {
	if r.err != nil {
		return
	}
	if r.i >= len(r.s) {
		r.err = awserr.Unreadable("Unexpected end of input")
		return
	}
	r.err = awserr.Unreadable("Unexpected character at position %d", r.i)
}

// wrongType answers as AWS does for a value of another JSON type.
func (r *Reader) wrongType(want string) {
	if r.err != nil {
		return
	}
	got := "NUMBER_VALUE"
	switch r.Peek() {
	case '"':
		got = "STRING_VALUE"
	case '{':
		got = "START_OBJECT"
	case '[':
		got = "START_ARRAY"
	case 't':
		got = "TRUE_VALUE"
	case 'f':
		got = "FALSE_VALUE"
	case 0:
		r.unexpected()
		return
	}
	r.Fail(awserr.Unreadable("%s cannot be converted to %s", got, want))
}

func (r *Reader) space() {
	for r.i < len(r.s) {
		switch r.s[r.i] {
		case ' ', '\t', '\n', '\r':
			r.i++
		default:
			return
		}
	}
}

// Peek is the first byte of the next token, 0 at the end or after an error.
func (r *Reader) Peek() byte {
	if r.err != nil {
		return 0
	}
	r.space()
	if r.i >= len(r.s) {
		return 0
	}
	return r.s[r.i]
}

// OpenObject takes a '{'; go on with Next('}') and Key.
func (r *Reader) OpenObject() { r.open('{', "Map") }

// OpenArray takes a '['; go on with Next(']').
func (r *Reader) OpenArray() { r.open('[', "Collection") }

func (r *Reader) open(c byte, want string) {
	if r.Peek() != c {
		r.wrongType(want)
		return
	}
	if r.depth++; r.depth > depthMax {
		r.Fail(awserr.Validation("Nesting Levels have exceeded supported limits"))
		return
	}
	r.i++
	r.first = true
}

// Next reports whether another element follows; when none does, it takes the
// closing bracket.
func (r *Reader) Next(closing byte) bool {
	c := r.Peek()
	if r.err != nil {
		return false
	}
	first := r.first
	r.first = false
	if c == closing {
		r.i++
		r.depth--
		return false
	}
	if !first {
		if c != ',' {
			r.unexpected()
			return false
		}
		r.i++
	}
	return true
}

// Key takes a member's name and its colon.
func (r *Reader) Key() string {
	if r.Peek() != '"' {
		r.unexpected()
		return ""
	}
	k := r.text()
	if r.Peek() != ':' {
		r.unexpected()
		return ""
	}
	r.i++
	return k
}

// Null takes a null, if that is what comes.
func (r *Reader) Null() bool {
	if r.Peek() != 'n' {
		return false
	}
	if !strings.HasPrefix(r.s[r.i:], "null") {
		r.unexpected()
		return false
	}
	r.i += len("null")
	return true
}

// Bool takes true or false.
func (r *Reader) Bool() bool {
	switch c := r.Peek(); {
	case c == 't' && strings.HasPrefix(r.s[r.i:], "true"):
		r.i += len("true")
		return true
	case c == 'f' && strings.HasPrefix(r.s[r.i:], "false"):
		r.i += len("false")
		return false
	}
	r.wrongType("Boolean")
	return false
}

// Raw takes a number and gives its text, for the caller to make sense of.
func (r *Reader) Raw() string {
	c := r.Peek()
	if c != '-' && (c < '0' || c > '9') {
		r.wrongType("Number")
		return ""
	}
	start := r.i
	for r.i < len(r.s) && strings.IndexByte("+-.eE0123456789", r.s[r.i]) >= 0 {
		r.i++
	}
	return r.s[start:r.i]
}

// Int takes an integer.
func (r *Reader) Int() int64 {
	text := r.Raw()
	if r.err != nil {
		return 0
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		f, ferr := strconv.ParseFloat(text, 64)
		if ferr != nil || f > 1e15 || f < -1e15 {
			r.Fail(awserr.Unreadable("NUMBER_VALUE cannot be converted to Integer"))
		}
		v = int64(f)
	}
	return v
}

// Float takes a number that may have a fraction, such as a time.
func (r *Reader) Float() float64 {
	text := r.Raw()
	if r.err != nil {
		return 0
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		r.Fail(awserr.Unreadable("NUMBER_VALUE cannot be converted to Double"))
	}
	return f
}

// String takes a string; without escapes it shares the body's memory.
func (r *Reader) String() string {
	if r.Peek() != '"' {
		r.wrongType("String")
		return ""
	}
	return r.text()
}

// text takes a string; the reader stands on its opening quote.
func (r *Reader) text() string {
	start := r.i + 1
	ascii := true
	for i := start; i < len(r.s); i++ {
		switch c := r.s[i]; {
		case c == '"':
			r.i = i + 1
			if !ascii && !utf8.ValidString(r.s[start:i]) {
				r.Fail(awserr.Unreadable("Invalid UTF-8 in a string"))
			}
			return r.s[start:i]
		case c == '\\':
			return r.escaped(start, i)
		case c < ' ':
			r.i = i
			r.unexpected()
			return ""
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	r.i = len(r.s)
	r.unexpected()
	return ""
}

// escaped goes on with a string whose first backslash is at i.
func (r *Reader) escaped(start, i int) string {
	buf := append(make([]byte, 0, i-start+32), r.s[start:i]...)
	for r.i = i; r.i < len(r.s); {
		switch c := r.s[r.i]; {
		case c == '"':
			r.i++
			if !utf8.Valid(buf) {
				r.Fail(awserr.Unreadable("Invalid UTF-8 in a string"))
			}
			return string(buf)
		case c == '\\':
			buf = r.escape(buf)
			if r.err != nil {
				return ""
			}
		case c < ' ':
			r.unexpected()
			return ""
		default:
			buf = append(buf, c)
			r.i++
		}
	}
	r.unexpected()
	return ""
}

// escape takes one escape sequence.
func (r *Reader) escape(buf []byte) []byte {
	const plain, meant = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	r.i++
	if r.i >= len(r.s) {
		r.unexpected()
		return nil
	}
	if k := strings.IndexByte(plain, r.s[r.i]); k >= 0 {
		r.i++
		return append(buf, meant[k])
	}
	c := r.hex4()
	if !utf16.IsSurrogate(c) {
		return utf8.AppendRune(buf, c)
	}
	if strings.HasPrefix(r.s[r.i:], `\u`) {
		r.i++
		c = utf16.DecodeRune(c, r.hex4())
	}
	if utf16.IsSurrogate(c) || c == utf8.RuneError {
		r.Fail(awserr.Unreadable("Invalid surrogate in a string"))
		return nil
	}
	return utf8.AppendRune(buf, c)
}

// hex4 takes "uXXXX".
func (r *Reader) hex4() rune {
	if r.i+5 > len(r.s) || r.s[r.i] != 'u' {
		r.unexpected()
		return utf8.RuneError
	}
	v, err := strconv.ParseUint(r.s[r.i+1:r.i+5], 16, 16)
	if err != nil {
		r.unexpected()
		return utf8.RuneError
	}
	r.i += 5
	return rune(v)
}

// Skip takes one value of any type.
func (r *Reader) Skip() {
	switch r.Peek() {
	case '{':
		for r.OpenObject(); r.Next('}'); {
			r.Key()
			r.Skip()
		}
	case '[':
		for r.OpenArray(); r.Next(']'); {
			r.Skip()
		}
	case '"':
		r.text()
	case 't', 'f':
		r.Bool()
	case 'n':
		r.Null()
	default:
		r.Raw()
	}
}

// Strings takes an array of strings; it is not nil, even when empty.
func (r *Reader) Strings() []string {
	out := []string{}
	for r.OpenArray(); r.Next(']'); {
		out = append(out, r.String())
	}
	return out
}

// Done checks that nothing but space follows.
func (r *Reader) Done() error {
	if r.space(); r.i < len(r.s) {
		r.unexpected()
	}
	return r.err
}
