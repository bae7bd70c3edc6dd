// Package right holds the names of rights and the patterns that cover them.
//
// A right is named domain.resource.verb, e.g. finance.journals.post. In a pattern any segment may be *, and a * at the end
// stands for everything that follows: *, finance.*, finance.journals.* and *.*.read are patterns.
package right

import "strings"

const (
	star     = "*"
	segments = 3 // domain, resource, verb
)

// Covers tells whether a pattern of rights covers a right, or everything that another pattern covers.
func Covers(pattern, right string) bool {
	p, r := expand(pattern), expand(right)
	if p == nil || r == nil {
		return false
	}
	for i := range p {
		if p[i] != star && p[i] != r[i] {
			return false
		}
	}
	return true
}

// IsPattern tells whether text is a right or a pattern of rights.
func IsPattern(text string) bool { return expand(text) != nil }

// IsRight tells whether text is a right: three names, no star.
func IsRight(text string) bool {
	return expand(text) != nil && !strings.Contains(text, star)
}

// expand gives the three segments of a pattern, or nil when it is none.
func expand(pattern string) []string {
	parts := strings.Split(pattern, ".")
	last := parts[len(parts)-1]
	if len(parts) > segments || len(parts) < segments && last != star {
		return nil
	}
	for _, p := range parts {
		if p != star && !isName(p) {
			return nil
		}
	}
	for len(parts) < segments {
		parts = append(parts, star)
	}
	return parts
}

func isName(s string) bool {
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return s != ""
}

// Normal writes a pattern with all three segments: the one spelling of all that cover the same.
func Normal(pattern string) string { return strings.Join(expand(pattern), ".") }

// Ancestors lists the normal forms of every pattern that covers a right, the right itself left out.
func Ancestors(right string) []string {
	parts := expand(right)
	if parts == nil {
		return nil
	}
	var out []string
	for stars := 1; stars < 1<<segments; stars++ {
		p := append([]string(nil), parts...)
		for i := range p {
			if stars&(1<<i) != 0 {
				p[i] = star
			}
		}
		out = append(out, strings.Join(p, "."))
	}
	return out
}

// Scope names the token scope that the rights of a domain need.
func Scope(domain string) string { return "backoffice/" + domain }

// Domain gives the first segment of a right.
func Domain(right string) string {
	domain, _, _ := strings.Cut(right, ".")
	return domain
}
