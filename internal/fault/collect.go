package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Collector gathers all faults of an input, so that a caller learns of every one at once.
type Collector struct {
	prefix string
	into   *[]Field
}

// Collect starts an empty collection.
func Collect() *Collector { return &Collector{into: &[]Field{}} }

// Add notes that the field at a pointer breaks a rule.
func (c *Collector) Add(pointer string, rule Rule) {
	*c.into = append(*c.into, Field{Pointer: c.prefix + pointer, Code: rule.Code, Message: rule.Text})
}

// Say notes the fault with a sentence of its own, which must not hold the submitted value.
func (c *Collector) Say(pointer string, rule Rule, message string) {
	*c.into = append(*c.into, Field{Pointer: c.prefix + pointer, Code: rule.Code, Message: message})
}

// Check notes the fault unless ok, and returns ok.
func (c *Collector) Check(ok bool, pointer string, rule Rule) bool {
	if !ok {
		c.Add(pointer, rule)
	}
	return ok
}

// At returns a collector for a nested value; what it gathers lands in the same collection.
func (c *Collector) At(format string, args ...any) *Collector {
	return &Collector{prefix: c.prefix + fmt.Sprintf(format, args...), into: c.into}
}

// Gather adds a refusal's fields, so that several entries can be refused in one answer. An error that names no field is given
// back: it ends the act.
func (c *Collector) Gather(err error) error {
	var e *Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	for _, f := range e.Fields {
		*c.into = append(*c.into, Field{Pointer: c.prefix + f.Pointer, Code: f.Code, Message: f.Message})
	}
	return nil
}

// Len counts the faults gathered so far.
func (c *Collector) Len() int { return len(*c.into) }

// Err gives the refusal that lists every fault, or nil when there is none.
func (c *Collector) Err() error {
	if len(*c.into) == 0 {
		return nil
	}
	return Several(*c.into)
}

// Several makes the refusal that lists several fields; its code is the first field's.
func Several(fields []Field) *Error {
	detail := fields[0].Message
	if len(fields) > 1 {
		detail = fmt.Sprintf("%d rules are broken; the first: %s", len(fields), fields[0].Message)
	}
	return &Error{Kind: Invalid, Code: fields[0].Code, Detail: detail, Fields: fields}
}

// Escape turns a member name into a JSON Pointer token (RFC 6901).
func Escape(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1")
}
