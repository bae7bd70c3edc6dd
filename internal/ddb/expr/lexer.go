package expr

// kind is what a token is.
type kind byte

const (
	tokEOF kind = iota
	tokIdent
	tokName  // #name
	tokValue // :value
	tokInt
	tokPunct // one of ( ) [ ] , . + - and the comparators
	tokBad
)

// token is a piece of an expression; text is as written.
type token struct {
	kind kind
	text string
	pos  int
}

// lexer cuts an expression into tokens.
type lexer struct {
	s string
	i int
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isWord(c byte) bool   { return isLetter(c) || isDigit(c) || c == '_' }

// next takes a token. What cannot begin one is a token, too, so that the
// parser's message can show it and where it stands.
func (l *lexer) next() token {
	for l.i < len(l.s) && (l.s[l.i] == ' ' || l.s[l.i] == '\t' || l.s[l.i] == '\n' || l.s[l.i] == '\r') {
		l.i++
	}
	start := l.i
	if start == len(l.s) {
		return token{tokEOF, "<EOF>", start}
	}
	k := tokPunct
	switch c := l.s[start]; {
	case isLetter(c):
		k = tokIdent
		l.word()
	case isDigit(c):
		k = tokInt
		for l.i < len(l.s) && isDigit(l.s[l.i]) {
			l.i++
		}
	case c == '#' || c == ':':
		k = tokName
		if c == ':' {
			k = tokValue
		}
		l.i++
		if l.word(); l.i == start+1 {
			k = tokBad
		}
	case c == '<' || c == '>':
		l.i++
		if l.i < len(l.s) && (l.s[l.i] == '=' || c == '<' && l.s[l.i] == '>') {
			l.i++
		}
	case c == '(' || c == ')' || c == '[' || c == ']' || c == ',' || c == '.' || c == '=' || c == '+' || c == '-':
		l.i++
	default:
		k = tokBad
		l.i++
		for l.i < len(l.s) && l.s[l.i]&0xC0 == 0x80 { // the rest of a rune
			l.i++
		}
	}
	return token{k, l.s[start:l.i], start}
}

// word takes letters, digits and underscores.
func (l *lexer) word() {
	for l.i < len(l.s) && isWord(l.s[l.i]) {
		l.i++
	}
}
