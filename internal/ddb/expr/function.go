package expr

import (
	"backoffice/internal/ddb/attr"
)

// misusedFunction tells a function in the wrong place from one that there is
// not, in AWS's own words: clients match on them.
func (p *parser) misusedFunction(name string) {
	switch name {
	case "attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains",
		"size", "if_not_exists", "list_append":
		p.fail("The function is not allowed to be used this way in an expression; function: %s", name)
	default:
		p.fail("Invalid function name; function: %s", name)
	}
}

func (p *parser) operandCount(name string, n int) {
	p.fail("Incorrect number of operands for operator or function; operator or function: %s, number of operands: %d", name, n)
}

func (p *parser) operandType(name string, v attr.Value) {
	p.fail("Incorrect operand type for operator or function; operator or function: %s, operand type: %s", name, v.Type)
}

// function takes a function that is a condition by itself.
func (p *parser) function() *Condition {
	name := p.tok.text
	c := &Condition{}
	for op := opExists; op <= opContains; op++ { // the functions stand side by side among the operators
		if op.String() == name {
			c.op = op
		}
	}
	if c.op == opAnd { // the zero value: no function has the name
		p.misusedFunction(name)
		return nil
	}
	p.countOperator()
	p.advance() // the name
	p.advance() // its bracket, which the caller has seen
	if !p.accept(")") {
		c.args = p.operands(nil)
	}
	want := 2
	if c.op == opExists || c.op == opNotExists {
		want = 1
	}
	if p.err == nil && len(c.args) != want {
		p.operandCount(name, len(c.args))
	}
	p.check(c)
	return c
}

// check refuses literal operands that an operator cannot take. A path is not
// known to be wrong before there is an item: there it makes the condition
// false, and is no error.
func (p *parser) check(c *Condition) {
	if p.err != nil {
		return
	}
	name := c.op.String()
	switch c.op {
	case opExists, opNotExists:
		if c.args[0].kind != fromPath {
			p.fail("Operator or function requires a document path; operator or function: %s", name)
		}
		return
	case opTypeIs:
		p.checkTypeIs(c)
		return
	case opBeginsWith:
		for _, a := range c.args {
			if a.kind == fromValue && a.val.Type != attr.S && a.val.Type != attr.B {
				p.operandType(name, a.val)
			}
		}
	case opLT, opLE, opGT, opGE, opBetween:
		for _, a := range c.args {
			if a.kind == fromValue && !ordered(a.val.Type) {
				p.operandType(name, a.val)
			}
		}
	}
	p.checkDistinct(c)
	if c.op == opBetween {
		p.checkBounds(c.args[1], c.args[2])
	}
}

// ordered reports whether values of the type have an order.
func ordered(t attr.Type) bool { return t == attr.S || t == attr.N || t == attr.B }

func (p *parser) checkTypeIs(c *Condition) {
	v := c.args[1].val
	switch {
	case c.args[1].kind != fromValue:
		p.fail("Incorrect operand type for operator or function; operator or function: attribute_type, operand type: PATH")
	case v.Type != attr.S:
		p.operandType("attribute_type", v)
	case attr.TypeOf(v.Str) == attr.None:
		p.fail("Invalid attribute type name found; type: %s, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}", v.Str)
	}
}

// checkDistinct refuses a path that is compared with itself.
func (p *parser) checkDistinct(c *Condition) {
	if c.args[0].kind != fromPath {
		return
	}
	first := c.args[0].path.String()
	for _, a := range c.args[1:] {
		if a.kind == fromPath && a.path.String() == first {
			p.fail("The first operand must be distinct from the remaining operands for this operator or function; operator: %s, first operand: %s", c.op, first)
		}
	}
}

// checkBounds refuses literal bounds of BETWEEN that no value lies between.
func (p *parser) checkBounds(lo, hi operand) {
	if lo.kind != fromValue || hi.kind != fromValue {
		return
	}
	switch {
	case lo.val.Type != hi.val.Type:
		p.fail("The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: %s, upper bound operand: AttributeValue: %s", shown(lo.val), shown(hi.val))
	case lo.val.Str > hi.val.Str:
		p.fail("The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: %s, upper bound operand: AttributeValue: %s", shown(lo.val), shown(hi.val))
	}
}

// shown is an ordered value as AWS's messages write it.
func shown(v attr.Value) string {
	text := v.Str
	if v.Type == attr.N {
		text = v.Num().String()
	}
	return "{" + v.Type.String() + ":" + text + "}"
}
