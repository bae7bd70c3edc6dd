package op

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"backoffice/internal/fault"
)

// checker holds a value against a schema. What cannot be read at all (unknown member, wrong type) is malformed, 400; what
// can be read but breaks a bound is invalid, 422.
type checker struct {
	registry  huma.Registry
	malformed *fault.Collector
	invalid   *fault.Collector
	nullOK    bool // a merge patch may hold nulls
}

// unreadable gives the refusal of what cannot be read at all, nil when everything can.
func (k *checker) unreadable() error {
	if k.malformed.Len() == 0 {
		return nil
	}
	e := fault.Of(k.malformed.Err())
	e.Kind = fault.Malformed
	return sorted(e)
}

// check goes down value and schema together. at is the JSON Pointer of the value.
func (k *checker) check(s *huma.Schema, v any, at string) {
	if s.Ref != "" {
		s = k.registry.SchemaFromRef(s.Ref)
	}
	if v == nil {
		// Absent is not null: only a merge patch has a meaning for null, to remove.
		if !k.nullOK {
			k.malformed.Say(at, RuleType, "null is not a value here: leave the member out.")
		}
		return
	}
	switch s.Type {
	case huma.TypeObject:
		k.object(s, v, at)
	case huma.TypeArray:
		k.array(s, v, at)
	case huma.TypeString:
		k.text(s, v, at)
		k.printable(s, v, at)
	case huma.TypeInteger, huma.TypeNumber:
		k.number(s, v, at)
	case huma.TypeBoolean:
		if _, ok := v.(bool); !ok {
			k.malformed.Say(at, RuleType, "true or false is expected.")
		}
	}
}

// object checks members and their presence. A name that the schema does not know is refused, or a misspelt field would be
// lost without a word; where the schema is open, its members' values are checked alike.
func (k *checker) object(s *huma.Schema, v any, at string) {
	m, ok := v.(map[string]any)
	if !ok {
		k.malformed.Say(at, RuleType, "An object is expected.")
		return
	}
	for name, member := range m {
		p, known := s.Properties[name]
		if !known {
			if inner, open := s.AdditionalProperties.(*huma.Schema); open {
				k.entry(inner, name, member, at)
				continue
			}
			k.malformed.Add(pointerTo(at, name), RuleUnknown)
			continue
		}
		k.check(p, member, pointerTo(at, name))
	}
	for _, name := range s.Required {
		if _, there := m[name]; !there {
			k.invalid.Add(pointerTo(at, name), RuleRequired)
		}
	}
	if s.MaxProperties != nil && len(m) > *s.MaxProperties {
		k.invalid.Say(at, RuleTooMany, fmt.Sprintf("At most %d members are allowed.", *s.MaxProperties))
	}
}

// entry checks a member of an open object, whose name is the caller's, too. A name that is too long is not repeated.
func (k *checker) entry(s *huma.Schema, name string, member any, at string) {
	if utf8.RuneCountInString(name) > entryCharsMax {
		k.invalid.Say(at, RuleTooLong, fmt.Sprintf("The name of a member has at most %d characters.", entryCharsMax))
		return
	}
	k.check(s, member, pointerTo(at, name))
}

func (k *checker) array(s *huma.Schema, v any, at string) {
	list, ok := v.([]any)
	if !ok {
		k.malformed.Say(at, RuleType, "A list is expected.")
		return
	}
	// Too long a list is not looked into: its faults could be as many as its entries.
	if s.MaxItems != nil && len(list) > *s.MaxItems {
		k.invalid.Say(at, RuleTooMany, fmt.Sprintf("At most %d entries are allowed.", *s.MaxItems))
		return
	}
	if s.MinItems != nil && len(list) < *s.MinItems {
		k.invalid.Say(at, RuleTooFew, fmt.Sprintf("At least %d entries are needed.", *s.MinItems))
	}
	for i, e := range list {
		k.check(s.Items, e, fmt.Sprintf("%s/%d", at, i))
	}
}

// text checks length in characters, not bytes, then form, then choice. Patterns come from the operations' own types and are
// compiled once.
func (k *checker) text(s *huma.Schema, v any, at string) {
	text, ok := v.(string)
	if !ok {
		k.malformed.Say(at, RuleType, "A string is expected.")
		return
	}
	n := utf8.RuneCountInString(text)
	if s.MaxLength != nil && n > *s.MaxLength {
		k.invalid.Say(at, RuleTooLong, fmt.Sprintf("At most %d characters are allowed.", *s.MaxLength))
	}
	if s.MinLength != nil && n < *s.MinLength {
		k.invalid.Say(at, RuleTooShort, fmt.Sprintf("At least %d characters are needed.", *s.MinLength))
	}
	if s.Pattern != "" && !compiled(s.Pattern).MatchString(text) {
		k.invalid.Add(at, RulePattern)
	}
	k.choice(s, text, at)
}

// Free tells whether a text may be anything: neither a choice nor of a form.
func Free(s *huma.Schema) bool {
	return s.Type == huma.TypeString && len(s.Enum) == 0 && s.Pattern == ""
}

// printable refuses control characters in a free text of a body, which would go on into files, printed pages and terminals that
// take them for orders.
func (k *checker) printable(s *huma.Schema, v any, at string) {
	text, _ := v.(string)
	if Free(s) && !Printable(text) {
		k.invalid.Add(at, RuleControl)
	}
}

// Printable tells whether a text holds no control characters but tabs and line breaks.
func Printable(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return unicode.IsControl(c) && !strings.ContainsRune("\t\n\r", c) })
}

// choice checks that a value is one of those listed, by their texts: the list of a schema holds them as they were written.
func (k *checker) choice(s *huma.Schema, v any, at string) {
	if len(s.Enum) == 0 {
		return
	}
	for _, e := range s.Enum {
		if fmt.Sprint(e) == fmt.Sprint(v) {
			return
		}
	}
	k.invalid.Add(at, RuleChoice)
}

// numberCharsMax is longer than any number that a field can hold, and bounds the work: reading digits takes time that grows with
// the square of their number, minutes for a body full of them.
const numberCharsMax = 64

// number checks a JSON number as it was written, so that neither 1e400 nor the nineteenth digit is lost on the way. Amounts are
// no numbers here but strings; see money.
func (k *checker) number(s *huma.Schema, v any, at string) {
	n, ok := v.(json.Number)
	if !ok {
		k.malformed.Say(at, RuleType, "A number is expected.")
		return
	}
	if len(n) > numberCharsMax {
		k.invalid.Say(at, RuleRange, rangeOf(s))
		return
	}
	value, _, err := big.ParseFloat(n.String(), 10, 128, big.ToNearestEven)
	if err != nil || (s.Type == huma.TypeInteger && !value.IsInt()) {
		k.malformed.Say(at, RuleType, "A whole number is expected.")
		return
	}
	if s.Minimum != nil && value.Cmp(big.NewFloat(*s.Minimum)) < 0 || s.Maximum != nil && value.Cmp(big.NewFloat(*s.Maximum)) > 0 {
		k.invalid.Say(at, RuleRange, rangeOf(s))
	}
}

// rangeOf says which numbers a schema takes.
func rangeOf(s *huma.Schema) string {
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	switch {
	case s.Minimum != nil && s.Maximum != nil:
		return fmt.Sprintf("A number from %s to %s is expected.", number(*s.Minimum), number(*s.Maximum))
	case s.Minimum != nil:
		return fmt.Sprintf("A number of at least %s is expected.", number(*s.Minimum))
	case s.Maximum != nil:
		return fmt.Sprintf("A number of at most %s is expected.", number(*s.Maximum))
	}
	return RuleRange.Text
}

var patterns sync.Map // pattern -> *regexp.Regexp, compiled once

func compiled(pattern string) *regexp.Regexp {
	if re, ok := patterns.Load(pattern); ok {
		return re.(*regexp.Regexp)
	}
	re := regexp.MustCompile(pattern)
	patterns.Store(pattern, re)
	return re
}
