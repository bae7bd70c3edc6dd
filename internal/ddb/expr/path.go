package expr

import (
	"strconv"
	"strings"

	"backoffice/internal/ddb/attr"
)

// step is one step of a path: into a member of a map, or into an element of a
// list when name is empty.
type step struct {
	name   string
	index  int
	member bool
}

// Path leads to an attribute, or to a place inside one.
type Path []step

// Top is the name of the attribute that the path starts with.
func (p Path) Top() string { return p[0].name }

// String is the path as AWS's messages write it: [a, b, [0]].
func (p Path) String() string {
	parts := make([]string, len(p))
	for i, s := range p {
		parts[i] = s.name
		if !s.member {
			parts[i] = "[" + strconv.Itoa(s.index) + "]"
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// Lookup gives the value at p, the zero Value when there is none.
func (p Path) Lookup(it attr.Item) attr.Value {
	v := it.Get(p[0].name)
	for _, s := range p[1:] {
		v = s.into(v)
	}
	return v
}

// into takes one step into v.
func (s step) into(v attr.Value) attr.Value {
	switch {
	case s.member && v.Type == attr.M:
		return v.Map.Get(s.name)
	case !s.member && v.Type == attr.L && s.index < len(v.List):
		return v.List[s.index]
	}
	return attr.Value{}
}

// clash tells how two paths of one expression get in each other's way:
// "overlap" when one is the other or leads into it, "conflict" when they take
// one thing for a map and for a list, "" when they do not.
func clash(p, q Path) string {
	for i := range min(len(p), len(q)) {
		if p[i] == q[i] {
			continue
		}
		if p[i].member != q[i].member {
			return "conflict"
		}
		return ""
	}
	return "overlap"
}

// checkClashes refuses paths that get in each other's way.
func (p *parser) checkClashes(paths []Path) {
	for i, a := range paths {
		for _, b := range paths[:i] {
			if how := clash(b, a); how != "" {
				p.fail("Two document paths %s with each other; must remove or rewrite one of these paths; path one: %s, path two: %s", how, b, a)
				return
			}
		}
	}
}
