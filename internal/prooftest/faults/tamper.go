package faults

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// Call is one call on its way to the store, which a Tamper may change: this is how faults are planted that no network makes,
// such as a write that is left out, to show that the proofs would find them.
type Call struct {
	Operation string
	Body      map[string]any
	// Answer, when set, is given instead of calling the store: a success that did nothing.
	Answer map[string]any
}

// Tamper is a transport that lets a function change every call.
type Tamper struct {
	Next   http.RoundTripper
	Change func(c *Call)
}

// RoundTrip changes the call and passes it on.
func (t *Tamper) RoundTrip(req *http.Request) (*http.Response, error) {
	raw, err := readAll(req)
	if err != nil {
		return nil, err
	}
	c := Call{Operation: operationOf(req)}
	if err := json.Unmarshal(raw, &c.Body); err != nil {
		return nil, fmt.Errorf("faults: a call that is no JSON: %w", err)
	}
	t.Change(&c)
	if c.Answer != nil {
		return answer(req, http.StatusOK, c.Answer), nil
	}
	if raw, err = json.Marshal(c.Body); err != nil {
		return nil, err
	}
	return pass(t.Next, req, raw)
}

// Actions lists the actions of a transaction: each has one member, Put, Update, Delete or ConditionCheck.
func (c *Call) Actions() []map[string]any {
	list, _ := c.Body["TransactItems"].([]any)
	out := make([]map[string]any, 0, len(list))
	for _, a := range list {
		if m, ok := a.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// Keep leaves only those actions of a transaction in it that the function wants.
func (c *Call) Keep(want func(action map[string]any) bool) {
	kept := []any{}
	for _, a := range c.Actions() {
		if want(a) {
			kept = append(kept, a)
		}
	}
	if len(kept) == 0 {
		c.Answer = map[string]any{}
		return
	}
	c.Body["TransactItems"] = kept
}

// Text reads a text by its path through an action's members, such as "Put", "Item", "pk", "S"; "" when there is none.
func Text(node any, path ...string) string {
	for _, name := range path {
		m, _ := node.(map[string]any)
		node = m[name]
	}
	text, _ := node.(string)
	return text
}

// Once makes a tamper that changes the first transaction that it can change.
func Once(change func(*Call) bool) func() func(*Call) {
	return func() func(*Call) {
		var mu sync.Mutex
		done := false
		return func(c *Call) {
			mu.Lock()
			defer mu.Unlock()
			if !done && len(c.Actions()) > 0 {
				done = change(c)
			}
		}
	}
}

// Always makes a tamper that changes every call.
func Always(change func(*Call)) func() func(*Call) {
	return func() func(*Call) { return change }
}

// LeaveOut keeps the wanted actions, and tells whether one was left out.
func (c *Call) LeaveOut(want func(action map[string]any) bool) bool {
	before := len(c.Actions())
	c.Keep(want)
	return c.Answer != nil || len(c.Actions()) < before
}

// IsAct tells whether an action puts an act.
func IsAct(action map[string]any) bool {
	return strings.Contains(Text(action, "Put", "Item", "pk", "S"), "|ACT|")
}

// Member gives an object by its path through an action's members, nil when there is none.
func Member(node any, path ...string) map[string]any {
	for _, name := range path {
		m, _ := node.(map[string]any)
		node = m[name]
	}
	m, _ := node.(map[string]any)
	return m
}

// Unconditional takes the conditions off some of a transaction's writes.
func (c *Call) Unconditional(which func(action map[string]any) bool) {
	for _, a := range c.Actions() {
		if put := Member(a, "Put"); put != nil && which(a) {
			delete(put, "ConditionExpression")
			delete(put, "ExpressionAttributeValues")
			delete(put, "ExpressionAttributeNames")
		}
	}
}

// DropMark makes a change that takes the mark off an act which has an attribute, so that nobody takes the act up.
func DropMark(attribute string) func(*Call) bool {
	return func(c *Call) bool {
		for _, a := range c.Actions() {
			if item := Member(a, "Put", "Item"); IsAct(a) && item[attribute] != nil {
				delete(item, "pend")
				delete(item, "pat")
				return true
			}
		}
		return false
	}
}

// RewriteAct changes an act when it is taken up, as nobody may.
func RewriteAct(c *Call) bool {
	for _, a := range c.Actions() {
		update := Member(a, "Update")
		if !strings.Contains(Text(update, "Key", "pk", "S"), "|ACT|") {
			continue
		}
		text, _ := update["UpdateExpression"].(string)
		update["UpdateExpression"] = text + " SET st = :forged"
		if update["ExpressionAttributeValues"] == nil {
			update["ExpressionAttributeValues"] = map[string]any{}
		}
		Member(update, "ExpressionAttributeValues")[":forged"] = map[string]any{"N": "999"}
		return true
	}
	return false
}
