package platform

import (
	"fmt"
	"io"

	"backoffice/internal/fault"
	"backoffice/internal/op"
	"backoffice/internal/platform/password"
)

// reach gives the people whose records the caller's grant covers; nil stands for everybody.
func reach(c *op.Call) map[string]bool {
	if c.Grant.Breadth == op.All {
		return nil
	}
	covered := map[string]bool{}
	for _, p := range append([]string{c.Person}, c.Grant.People...) {
		if p != "" {
			covered[p] = true
		}
	}
	return covered
}

// covers tells whether a person's record is within reach.
func covers(reach map[string]bool, person string) bool { return reach == nil || reach[person] }

// everybody tells whether the caller's right reaches every record.
func everybody(c *op.Call) bool { return c.Grant.Breadth == op.All }

// kept reads a list until a page is full of the records that are to be kept, or the list ends.
func kept[T any](p op.PageOf, after map[string]string, read func(Page) ([]T, map[string]string, error), keep func(T) bool) ([]T, map[string]string, error) {
	var out []T
	for {
		rows, next, err := read(Page{After: after, Limit: p.Size() - len(out)})
		if err != nil {
			return nil, nil, err
		}
		for _, r := range rows {
			if keep(r) {
				out = append(out, r)
			}
		}
		if next == nil || len(out) == p.Size() {
			return out, next, nil
		}
		after = next
	}
}

// listed answers with a page of a list whose every record the caller may see.
func listed[T any](c *op.Call, p op.PageOf, read func(Page) ([]T, map[string]string, error)) (op.Records[T], error) {
	after, err := c.Position(p.Cursor)
	if err != nil {
		return op.Records[T]{}, err
	}
	rows, next, err := read(Page{After: after, Limit: p.Size()})
	if err != nil {
		return op.Records[T]{}, err
	}
	return op.NewRecords(c, p, rows, next), nil
}

// checkPassword notes a password that is tried first.
func checkPassword(c *fault.Collector, pointer, text string, personal ...string) {
	c.Check(!password.Common(text, personal...), pointer, RulePasswordCommon)
}

// secret makes a text of full randomness.
func secret(random io.Reader) (string, error) {
	raw := make([]byte, secretBytes)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fmt.Errorf("platform: make a secret: %w", err)
	}
	return randomText(raw), nil
}
