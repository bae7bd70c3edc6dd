package expr

import (
	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
)

// KeyOp is how a key is compared.
type KeyOp byte

// The comparisons that a key condition may make.
const (
	KeyEQ KeyOp = iota
	KeyLT
	KeyLE
	KeyGT
	KeyGE
	KeyBetween
	KeyBeginsWith
)

// KeyTerm is one comparison of a key condition.
type KeyTerm struct {
	Name string
	Op   KeyOp
	// Values are the operands: two for KeyBetween, else one.
	Values []attr.Value
}

const keyConditionLabel = "KeyConditionExpression"

// ParseKeyCondition reads a key condition; whether its names are keys is for
// the caller to see.
func ParseKeyCondition(text string, scope *Scope) ([]KeyTerm, error) {
	c, err := ParseCondition(keyConditionLabel, text, scope)
	if err != nil {
		return nil, err
	}
	var terms []KeyTerm
	if err := c.keyTerms(&terms); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, t := range terms {
		if seen[t.Name] {
			return nil, awserr.Validation("KeyConditionExpressions must only contain one condition per key")
		}
		seen[t.Name] = true
	}
	if len(terms) > 2 {
		return nil, awserr.Validation("Conditions can be of length 1 or 2 only")
	}
	return terms, nil
}

func (c *Condition) keyTerms(terms *[]KeyTerm) error {
	if c.op == opAnd {
		for _, k := range c.kids {
			if err := k.keyTerms(terms); err != nil {
				return err
			}
		}
		return nil
	}
	t := KeyTerm{}
	switch c.op {
	case opEQ:
		t.Op = KeyEQ
	case opLT, opLE, opGT, opGE:
		t.Op = KeyLT + KeyOp(c.op-opLT)
	case opBetween:
		t.Op = KeyBetween
	case opBeginsWith:
		t.Op = KeyBeginsWith
	default:
		return awserr.Validation("Invalid %s: Invalid operator used in KeyConditionExpression: %s", keyConditionLabel, c.op)
	}
	args := c.args
	if len(args) == 2 && args[0].kind == fromValue && args[1].kind == fromPath && t.Op != KeyBeginsWith {
		// ":v < k" says the same as "k > :v".
		args = []operand{args[1], args[0]}
		if t.Op >= KeyLT && t.Op <= KeyGE {
			t.Op = [...]KeyOp{KeyGT, KeyGE, KeyLT, KeyLE}[t.Op-KeyLT]
		}
	}
	if args[0].kind != fromPath {
		return awserr.Validation("Invalid %s: KeyConditionExpressions cannot contain nested operations", keyConditionLabel)
	}
	if len(args[0].path) > 1 {
		return awserr.Validation("Invalid %s: KeyConditionExpressions cannot have conditions on nested attributes", keyConditionLabel)
	}
	t.Name = args[0].path.Top()
	for _, a := range args[1:] {
		if a.kind != fromValue {
			return awserr.Validation("Invalid %s: No key attribute value was given for: %s", keyConditionLabel, t.Name)
		}
		t.Values = append(t.Values, a.val)
	}
	*terms = append(*terms, t)
	return nil
}

// Names gives the names of all attributes that the condition looks at.
func (c *Condition) Names() []string {
	if c == nil {
		return nil
	}
	var out []string
	for _, k := range c.kids {
		out = append(out, k.Names()...)
	}
	for _, a := range c.args {
		if a.path != nil {
			out = append(out, a.path.Top())
		}
	}
	return out
}
