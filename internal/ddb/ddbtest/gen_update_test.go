package ddbtest

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"pgregory.net/rapid"
)

// update draws an update expression over paths that do not overlap. What the
// oracle is known to do wrongly is kept from happening by guards, which the
// caller adds to the condition: removing from a map that is not there, and
// setting a list's element past its end. At most one element is removed.
func (e *genExpression) update() string {
	clauses := map[string][]string{}
	for _, target := range []string{"a", "b", "c", "s", "l", "m", "gpk", "lsk"} {
		if rapid.IntRange(0, 3).Draw(e.t, target+" changes") > 0 {
			continue
		}
		clause, action := e.action(target)
		clauses[clause] = append(clauses[clause], action)
	}
	var parts []string
	for _, clause := range []string{"SET", "REMOVE", "ADD", "DELETE"} {
		if actions := clauses[clause]; len(actions) > 0 {
			parts = append(parts, clause+" "+strings.Join(actions, ", "))
		}
	}
	return strings.Join(parts, " ")
}

// action draws what happens to one attribute.
func (e *genExpression) action(target string) (clause, action string) {
	switch target {
	case "gpk":
		return "SET", "gpk = " + e.value(genIndexKey(S("g"), S("h"), N("1"))(e.t, "new gpk"))
	case "lsk":
		if rapid.Bool().Draw(e.t, "lsk goes") {
			return "REMOVE", "lsk"
		}
		return "SET", "lsk = " + e.value(genIndexKey(S("a"), S("b"), S("c"))(e.t, "new lsk"))
	case "s":
		set := e.value(genSet(e.t, "set"))
		if rapid.Bool().Draw(e.t, "adds") {
			return "ADD", "s " + set
		}
		return "DELETE", "s " + set
	case "l":
		return e.listAction()
	case "m":
		return e.mapAction()
	}
	switch rapid.IntRange(0, 3).Draw(e.t, target+" action") {
	case 0:
		return "REMOVE", target
	case 1:
		return "ADD", target + " " + e.value(genNumber(e.t, "added"))
	}
	return "SET", target + " = " + e.operand()
}

// operand draws the right side of a SET.
func (e *genExpression) operand() string {
	switch rapid.IntRange(0, 6).Draw(e.t, "operand") {
	case 0:
		return e.path("source")
	case 1:
		return e.path("left") + " + " + e.value(genNumber(e.t, "plus"))
	case 2:
		return e.value(genNumber(e.t, "whole")) + " - " + e.path("right")
	case 3:
		return "if_not_exists(" + e.path("looked for") + ", " + e.value(genAny(e.t, "else")) + ")"
	}
	return e.value(genAny(e.t, "set"))
}

func (e *genExpression) listAction() (clause, action string) {
	switch rapid.IntRange(0, 4).Draw(e.t, "list action") {
	case 0:
		return "SET", "l = list_append(l, " + e.value(genList(e.t, "appended")) + ")"
	case 1:
		return "SET", "l = list_append(if_not_exists(l, " + e.value(genList(e.t, "start")) + "), " + e.value(genList(e.t, "appended")) + ")"
	case 2:
		e.guards = append(e.guards, "attribute_exists(l[1])")
		return "SET", "l[1] = " + e.value(genAny(e.t, "element"))
	case 3:
		e.guards = append(e.guards, "attribute_exists(l[0])")
		return "REMOVE", "l[0]"
	}
	return "SET", "l = " + e.value(genList(e.t, "list"))
}

func (e *genExpression) mapAction() (clause, action string) {
	switch rapid.IntRange(0, 3).Draw(e.t, "map action") {
	case 0:
		return "SET", "m.x = " + e.value(genAny(e.t, "member"))
	case 1:
		e.guards = append(e.guards, "attribute_exists(m)")
		return "REMOVE", "m.y"
	case 2:
		return "ADD", "m.x " + e.value(genNumber(e.t, "added"))
	}
	return "SET", "m = " + e.value(genMap(e.t, "map"))
}

// guarded joins a condition and the guards of an update; nil for neither.
func (e *genExpression) guarded(condition string) *string {
	parts := append([]string{}, e.guards...)
	if condition != "" {
		parts = append(parts, "("+strip(condition)+")")
	}
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return aws.String(strip(parts[0]))
	}
	return aws.String(strings.Join(parts, " AND "))
}

// optional draws a condition or none.
func (e *genExpression) optional() string {
	if rapid.IntRange(0, 2).Draw(e.t, "conditional") > 0 {
		return ""
	}
	return e.condition(2)
}
