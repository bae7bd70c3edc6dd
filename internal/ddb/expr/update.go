package expr

import (
	"strings"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
)

// Update is an update expression that was read.
type Update struct {
	sets    []setAction
	removes []Path
	adds    []valueAction
	deletes []valueAction
	paths   []Path
}

// setAction is "path = term".
type setAction struct {
	path Path
	term term
}

// valueAction is an ADD or a DELETE.
type valueAction struct {
	path Path
	val  attr.Value
}

// termKind is how the value of a SET comes about.
type termKind byte

const (
	termPath termKind = iota
	termValue
	termPlus
	termMinus
	termIfNotExists // path, then the value without it
	termListAppend
)

// term is the right side of a SET.
type term struct {
	kind termKind
	path Path
	val  attr.Value
	args []term
}

// ParseUpdate reads an update expression.
func ParseUpdate(text string, scope *Scope) (*Update, error) {
	p := newParser("UpdateExpression", text, scope)
	u := &Update{}
	var seen [4]bool
	for p.err == nil && p.tok.kind != tokEOF {
		p.section(u, &seen)
	}
	p.checkClashes(u.paths)
	if p.err != nil {
		return nil, p.err
	}
	return u, nil
}

// section takes one of SET, REMOVE, ADD and DELETE with its actions.
func (p *parser) section(u *Update, seen *[4]bool) {
	word := strings.ToUpper(p.tok.text)
	var action func()
	which := 0
	switch {
	case p.tok.kind != tokIdent:
	case word == "SET":
		which, action = 0, func() { u.sets = append(u.sets, p.set(u)) }
	case word == "REMOVE":
		which, action = 1, func() { u.removes = append(u.removes, p.target(u)) }
	case word == "ADD":
		which, action = 2, func() { u.adds = append(u.adds, p.withValue(u, "ADD")) }
	case word == "DELETE":
		which, action = 3, func() { u.deletes = append(u.deletes, p.withValue(u, "DELETE")) }
	}
	if action == nil {
		p.syntax()
		return
	}
	if seen[which] {
		p.fail("The \"%s\" section can only be used once in an update expression;", word)
		return
	}
	seen[which] = true
	p.advance()
	for action(); p.accept(","); {
		action()
	}
}

// target takes the path that an action changes.
func (p *parser) target(u *Update) Path {
	path := p.path()
	u.paths = append(u.paths, path)
	p.countOperator()
	return path
}

func (p *parser) set(u *Update) setAction {
	a := setAction{path: p.target(u)}
	p.expect("=")
	a.term = p.sum()
	return a
}

// sum takes a term, or two with a sign between.
func (p *parser) sum() term {
	left := p.term()
	k := termPlus
	switch {
	case p.is("-"):
		k = termMinus
	case !p.is("+"):
		return left
	}
	name := p.tok.text
	p.advance()
	p.countOperator()
	right := p.term()
	for _, t := range []term{left, right} {
		if t.kind == termValue && t.val.Type != attr.N && p.err == nil {
			p.operandType(name, t.val)
		}
	}
	return term{kind: k, args: []term{left, right}}
}

func (p *parser) term() term {
	if !p.enter() {
		return term{}
	}
	defer func() { p.depth-- }()
	switch {
	case p.tok.kind == tokValue:
		return term{kind: termValue, val: p.value()}
	case p.accept("("):
		t := p.sum()
		p.expect(")")
		return t
	case p.tok.kind == tokIdent && p.peekParen():
		return p.termFunction()
	}
	return term{path: p.path()}
}

func (p *parser) termFunction() term {
	name := p.tok.text
	t := term{kind: termIfNotExists}
	switch name {
	case "if_not_exists":
	case "list_append":
		t.kind = termListAppend
	default:
		p.misusedFunction(name)
		return t
	}
	p.countOperator()
	p.advance()
	p.advance()
	for p.err == nil {
		t.args = append(t.args, p.term())
		if !p.accept(",") {
			p.expect(")")
			break
		}
	}
	if p.err != nil {
		return t
	}
	if len(t.args) != 2 {
		p.operandCount(name, len(t.args))
		return t
	}
	if t.kind == termIfNotExists && t.args[0].kind != termPath {
		p.fail("Operator or function requires a document path; operator or function: if_not_exists")
	}
	if t.kind == termListAppend {
		for _, a := range t.args {
			if a.kind == termValue && a.val.Type != attr.L {
				p.operandType(name, a.val)
			}
		}
	}
	return t
}

// longNames are the types as the messages about ADD and DELETE write them.
var longNames = map[attr.Type]string{
	attr.S: "STRING", attr.N: "NUMBER", attr.B: "BINARY", attr.Bool: "BOOLEAN", attr.Null: "NULL",
	attr.SS: "STRING_SET", attr.NS: "NUMBER_SET", attr.BS: "BINARY_SET", attr.L: "LIST", attr.M: "MAP",
}

// withValue takes "path :value" of an ADD or a DELETE.
func (p *parser) withValue(u *Update, name string) valueAction {
	a := valueAction{path: p.target(u)}
	if p.tok.kind != tokValue {
		p.syntax()
		return a
	}
	a.val = p.value()
	if p.err == nil && !a.val.Type.IsSet() && (name == "DELETE" || a.val.Type != attr.N) {
		p.fail("Incorrect operand type for operator or function; operator: %s, operand type: %s, typeSet: ALLOWED_FOR_%s_OPERAND", name, longNames[a.val.Type], name)
	}
	return a
}

// Tops gives the names of the attributes that the update changes, or changes
// something in.
func (u *Update) Tops() []string {
	out := make([]string, 0, len(u.paths))
	for _, p := range u.paths {
		out = append(out, p.Top())
	}
	return out
}

// Touched cuts an item down to the places that the update names: what
// UPDATED_OLD and UPDATED_NEW answer with.
func (u *Update) Touched(it attr.Item) attr.Item { return Projection(u.paths).Apply(it) }

// The errors of evaluating an update on an item.
var (
	errMissingOperand = awserr.Validation("The provided expression refers to an attribute that does not exist in the item")
	errOperandType    = awserr.Validation("An operand in the update expression has an incorrect data type")
	errInvalidPath    = awserr.Validation("The document path provided in the update expression is invalid for update")
)
