// Package expr reads and evaluates the expressions of the protocol:
// conditions, filters, updates, projections and key conditions, with AWS's
// errors for those it refuses.
package expr

import (
	"fmt"
	"strings"

	"backoffice/internal/ddb/awserr"
)

const (
	// expressionBytesMax bounds an expression's text.
	expressionBytesMax = 4096
	// operatorsMax bounds the operators and functions of an expression.
	operatorsMax = 300
	// depthMax bounds how deep an expression may nest.
	depthMax = 100
	// stepsMax bounds the steps of a document path.
	stepsMax = 32
)

// parser reads one expression; its first error sticks.
type parser struct {
	lex       lexer
	tok       token
	prev      token
	label     string
	scope     *Scope
	operators int
	depth     int
	wrapped   *Condition // the condition last taken out of parentheses
	err       error
}

// newParser starts on text; label is the parameter's name, for the errors.
func newParser(label, text string, scope *Scope) *parser {
	p := &parser{label: label, scope: scope, lex: lexer{s: text}}
	if strings.TrimSpace(text) == "" {
		p.fail("The expression can not be empty;")
		return p
	}
	if len(text) > expressionBytesMax {
		p.fail("Expression size has exceeded the maximum allowed size; expression size: %d", len(text))
		return p
	}
	p.advance()
	return p
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = awserr.Validation("Invalid %s: %s", p.label, fmt.Sprintf(format, args...))
	}
	p.tok = token{tokEOF, "<EOF>", len(p.lex.s)}
}

// syntax fails at the current token.
func (p *parser) syntax() {
	if p.err != nil {
		return
	}
	end := p.tok.pos + len(p.tok.text)
	if p.tok.kind == tokEOF {
		end = len(p.lex.s)
	} else if after := p.lex.next(); after.kind != tokEOF {
		end = after.pos + len(after.text)
	}
	near := p.lex.s[min(p.prev.pos, end):end]
	p.fail("Syntax error; token: \"%s\", near: \"%s\"", p.tok.text, strings.TrimSpace(near))
}

func (p *parser) advance() {
	if p.err != nil {
		return
	}
	p.prev = p.tok
	p.tok = p.lex.next()
	if p.tok.kind == tokBad {
		p.syntax()
	}
}

// is reports whether the current token is this sign.
func (p *parser) is(punct string) bool { return p.tok.kind == tokPunct && p.tok.text == punct }

// accept takes the sign if it comes next.
func (p *parser) accept(punct string) bool {
	if !p.is(punct) {
		return false
	}
	p.advance()
	return true
}

func (p *parser) expect(punct string) {
	if !p.accept(punct) {
		p.syntax()
	}
}

// keyword reports whether the current token is this word, in any case.
func (p *parser) keyword(word string) bool {
	return p.tok.kind == tokIdent && strings.EqualFold(p.tok.text, word)
}

func (p *parser) acceptKeyword(word string) bool {
	if !p.keyword(word) {
		return false
	}
	p.advance()
	return true
}

// enter counts one level of nesting; leave it with p.depth--.
func (p *parser) enter() bool {
	p.depth++
	if p.depth > depthMax {
		p.fail("The expression contains too many nested levels")
	}
	return p.err == nil
}

func (p *parser) countOperator() {
	p.operators++
	if p.operators > operatorsMax {
		p.fail("The expression contains too many operators; operator count: %d", p.operators)
	}
}

// end checks that the expression ends here.
func (p *parser) end() {
	if p.tok.kind != tokEOF {
		p.syntax()
	}
}

// path takes a document path.
func (p *parser) path() Path {
	out := Path{p.member()}
	for p.err == nil {
		switch {
		case p.accept("."):
			out = append(out, p.member())
		case p.accept("["):
			out = append(out, step{index: p.index()})
			p.expect("]")
		default:
			return out
		}
		if len(out) > stepsMax {
			p.fail("The document path has too many nesting elements; nesting levels: %d", len(out))
		}
	}
	return out
}

// member takes a name, written out or by its substitute.
func (p *parser) member() step {
	s := step{name: p.tok.text, member: true}
	switch p.tok.kind {
	case tokIdent:
		if reserved(s.name) {
			p.fail("Attribute name is a reserved keyword; reserved keyword: %s", s.name)
		}
	case tokName:
		name, ok := p.scope.name(s.name)
		if !ok {
			p.fail("An expression attribute name used in the document path is not defined; attribute name: %s", s.name)
		}
		s.name = name
	default:
		p.syntax()
	}
	p.advance()
	return s
}

// indexMax bounds a list index; no list of 400 KB has as many elements.
const indexMax = 1 << 20

func (p *parser) index() int {
	if p.tok.kind != tokInt {
		p.syntax()
		return 0
	}
	n := 0
	for _, c := range []byte(p.tok.text) {
		if n = n*10 + int(c-'0'); n > indexMax {
			p.fail("List index is not within the allowable range; index: [%s]", p.tok.text)
			return 0
		}
	}
	p.advance()
	return n
}
