package expr

import (
	"strings"

	"backoffice/internal/ddb/attr"
)

// condOp is what a condition does with its parts.
type condOp byte

const (
	opAnd condOp = iota
	opOr
	opNot
	opEQ
	opNE
	opLT
	opLE
	opGT
	opGE
	opBetween
	opIn
	opExists
	opNotExists
	opTypeIs
	opBeginsWith
	opContains
)

var opNames = [...]string{"AND", "OR", "NOT", "=", "<>", "<", "<=", ">", ">=", "BETWEEN", "IN",
	"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"}

func (o condOp) String() string { return opNames[o] }

// operandsInMax is how many operands an IN may list.
const operandsInMax = 100

// Condition is a condition or filter expression that was read. It can be
// evaluated many times.
type Condition struct {
	op   condOp
	kids []*Condition
	args []operand
}

// operandKind is where an operand's value comes from.
type operandKind byte

const (
	fromPath operandKind = iota
	fromValue
	fromSize
)

// operand is a path, a value, or the size of one.
type operand struct {
	kind operandKind // for fromSize, path or val tells whose size
	path Path
	val  attr.Value
}

// ParseCondition reads a condition; label is the parameter's name.
func ParseCondition(label, text string, scope *Scope) (*Condition, error) {
	p := newParser(label, text, scope)
	c := p.condition()
	p.end()
	if p.err != nil {
		return nil, p.err
	}
	return c, nil
}

func (p *parser) condition() *Condition { return p.chain("OR", opOr, p.conjunction) }

func (p *parser) conjunction() *Condition { return p.chain("AND", opAnd, p.negation) }

// chain takes parts joined by a word.
func (p *parser) chain(word string, op condOp, part func() *Condition) *Condition {
	c := part()
	if p.err != nil || !p.keyword(word) {
		return c
	}
	c = &Condition{op: op, kids: []*Condition{c}}
	for p.acceptKeyword(word) {
		p.countOperator()
		c.kids = append(c.kids, part())
	}
	return c
}

func (p *parser) negation() *Condition {
	if !p.enter() {
		return nil
	}
	defer func() { p.depth-- }()
	if p.acceptKeyword("NOT") {
		p.countOperator()
		return &Condition{op: opNot, kids: []*Condition{p.negation()}}
	}
	if p.accept("(") {
		c := p.condition()
		if c != nil && c == p.wrapped {
			p.fail("The expression has redundant parentheses")
		}
		p.expect(")")
		p.wrapped = c
		return c
	}
	return p.primary()
}

// primary takes a function or a comparison.
func (p *parser) primary() *Condition {
	if p.tok.kind == tokIdent && p.peekParen() && !strings.EqualFold(p.tok.text, "size") {
		return p.function()
	}
	left, ok := p.operand()
	if !ok {
		return nil
	}
	c := &Condition{args: []operand{left}}
	p.countOperator()
	switch {
	case p.acceptKeyword("BETWEEN"):
		c.op = opBetween
		c.args = p.appendOperand(c.args)
		if !p.acceptKeyword("AND") {
			p.syntax()
		}
		c.args = p.appendOperand(c.args)
	case p.acceptKeyword("IN"):
		c.op = opIn
		p.expect("(")
		c.args = p.operands(c.args)
		if n := len(c.args) - 1; n > operandsInMax {
			p.fail("Incorrect number of operands for operator or function; operator or function: IN, number of operands: %d", n)
		}
	default:
		c.op = p.comparator(left)
		c.args = p.appendOperand(c.args)
	}
	p.check(c)
	return c
}

func (p *parser) comparator(left operand) condOp {
	if p.tok.kind == tokPunct {
		for op := opEQ; op <= opGE; op++ {
			if p.accept(op.String()) {
				return op
			}
		}
	}
	if left.kind == fromSize && p.tok.kind != tokPunct {
		p.fail("The function is not allowed to be used this way in an expression; function: size")
	}
	p.syntax()
	return opEQ
}

// peekParen reports whether a '(' follows the current token.
func (p *parser) peekParen() bool {
	ahead := p.lex
	t := ahead.next()
	return t.kind == tokPunct && t.text == "("
}

// operands takes operands separated by commas, and the closing parenthesis.
func (p *parser) operands(args []operand) []operand {
	for p.err == nil {
		args = p.appendOperand(args)
		if !p.accept(",") {
			p.expect(")")
			break
		}
	}
	return args
}

func (p *parser) appendOperand(args []operand) []operand {
	o, ok := p.operand()
	if !ok {
		return args
	}
	return append(args, o)
}

// operand takes a path, a value or size(…).
func (p *parser) operand() (operand, bool) {
	switch p.tok.kind {
	case tokValue:
		return operand{kind: fromValue, val: p.value()}, p.err == nil
	case tokName:
		return operand{path: p.path()}, p.err == nil
	case tokIdent:
		if !p.peekParen() {
			return operand{path: p.path()}, p.err == nil
		}
		if name := p.tok.text; name != "size" {
			p.misusedFunction(name)
			return operand{}, false
		}
		p.countOperator()
		p.advance()
		p.advance()
		args := p.operands(nil)
		if p.err == nil && len(args) != 1 {
			p.operandCount("size", len(args))
		}
		if p.err != nil {
			return operand{}, false
		}
		o := args[0]
		switch {
		case o.kind == fromSize:
			p.misusedFunction("size")
		case o.kind == fromValue && !sized(o.val):
			p.operandType("size", o.val)
		}
		o.kind = fromSize
		return o, p.err == nil
	}
	p.syntax()
	return operand{}, false
}

// value takes a ":v".
func (p *parser) value() attr.Value {
	v, ok := p.scope.value(p.tok.text)
	if !ok {
		p.fail("An expression attribute value used in expression is not defined; attribute value: %s", p.tok.text)
	}
	p.advance()
	return v
}

// sized reports whether size() takes the value.
func sized(v attr.Value) bool { return v.Type != attr.N && v.Type != attr.Bool && v.Type != attr.Null }
