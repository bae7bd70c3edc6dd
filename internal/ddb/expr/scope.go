package expr

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
)

// Scope is what a request's expressions refer to: the substitutes for names
// (#n) and the values (:v). All expressions of one request share one scope,
// for it remembers what was used.
type Scope struct {
	names  []boundName
	values []boundValue
}

type boundName struct {
	key, name string
	used      bool
}

type boundValue struct {
	key  string
	val  attr.Value
	used bool
}

// BindName lets key, such as "#n", stand for an attribute's name.
func (s *Scope) BindName(key, name string) {
	s.names = append(s.names, boundName{key: key, name: name})
}

// BindValue lets key, such as ":v", stand for a value.
func (s *Scope) BindValue(key string, v attr.Value) {
	s.values = append(s.values, boundValue{key: key, val: v})
}

// EachName calls f with every substitute and its name.
func (s *Scope) EachName(f func(key, name string)) {
	for i := range s.names {
		f(s.names[i].key, s.names[i].name)
	}
}

// Digest writes what is bound, in an order of its own, for a digest.
func (s *Scope) Digest(w io.Writer) {
	names, values := slices.Clone(s.names), slices.Clone(s.values)
	slices.SortFunc(names, func(a, b boundName) int { return strings.Compare(a.key, b.key) })
	slices.SortFunc(values, func(a, b boundValue) int { return strings.Compare(a.key, b.key) })
	for _, n := range names {
		fmt.Fprintf(w, "%q%q", n.key, n.name)
	}
	for _, v := range values {
		fmt.Fprintf(w, "%q", v.key)
		_, _ = w.Write(v.val.AppendBinary(nil)) // a digest takes everything
	}
}

// HasNames reports whether any name is bound.
func (s *Scope) HasNames() bool { return len(s.names) > 0 }

// HasValues reports whether any value is bound.
func (s *Scope) HasValues() bool { return len(s.values) > 0 }

func (s *Scope) name(key string) (string, bool) {
	for i := range s.names {
		if s.names[i].key == key {
			s.names[i].used = true
			return s.names[i].name, true
		}
	}
	return "", false
}

func (s *Scope) value(key string) (attr.Value, bool) {
	for i := range s.values {
		if s.values[i].key == key {
			s.values[i].used = true
			return s.values[i].val, true
		}
	}
	return attr.Value{}, false
}

// Check refuses keys that are ill-formed, or that no expression used.
func (s *Scope) Check() error {
	for i := range s.names {
		if k := s.names[i].key; !wellFormed(k, '#') {
			return awserr.Validation("ExpressionAttributeNames contains invalid key: Syntax error; key: \"%s\"", k)
		}
	}
	for i := range s.values {
		if k := s.values[i].key; !wellFormed(k, ':') {
			return awserr.Validation("ExpressionAttributeValues contains invalid key: Syntax error; key: \"%s\"", k)
		}
	}
	var unused []string
	for i := range s.names {
		if !s.names[i].used {
			unused = append(unused, s.names[i].key)
		}
	}
	if unused != nil {
		return awserr.Validation("Value provided in ExpressionAttributeNames unused in expressions: keys: {%s}", strings.Join(unused, ", "))
	}
	for i := range s.values {
		if !s.values[i].used {
			unused = append(unused, s.values[i].key)
		}
	}
	if unused != nil {
		return awserr.Validation("Value provided in ExpressionAttributeValues unused in expressions: keys: {%s}", strings.Join(unused, ", "))
	}
	return nil
}

func wellFormed(key string, sign byte) bool {
	if len(key) < 2 || key[0] != sign {
		return false
	}
	for i := 1; i < len(key); i++ {
		if !isWord(key[i]) {
			return false
		}
	}
	return true
}
