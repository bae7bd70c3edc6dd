// Package flowtest plays state machines in tests: the file that is deployed, its states one after the other, over whatever the
// test has its tasks call. It knows as much of Amazon States Language as our files use and fails on the rest; it waits for
// nothing, so an attempt follows the other at once.
package flowtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"backoffice/internal/fault"
	"backoffice/internal/flow"
)

// statesMax bounds an execution that turns in circles.
const statesMax = 50_000

// Player plays executions of one machine.
type Player struct {
	T       testing.TB
	Machine flow.Machine
	// Call calls an operation; the code of a refusal is the error's name in the machine.
	Call func(operation, tenant, key string, input []byte) ([]byte, error)
	// Start starts an execution by its name; nil where the test hands nothing over.
	Start func(name string, input []byte) error
}

// Exception is an error by its name, as a service answers it.
type Exception string

func (e Exception) Error() string { return string(e) }

type state struct {
	Type, Resource, Next, Default, ResultPath string
	End                                       bool
	Parameters                                map[string]any
	Retry                                     []retry
	Catch                                     []struct {
		ErrorEquals      []string
		ResultPath, Next string
	}
	Choices []choice
}

type retry struct {
	ErrorEquals []string
	MaxAttempts int
}

type choice struct {
	Variable, Next        string
	BooleanEquals         *bool
	NumericLessThanEquals *float64
}

// Play plays one execution to its end, and gives the name of its last state, with the error's name if it failed there.
func (p Player) Play(input []byte) (last, failed string) {
	p.T.Helper()
	var m struct {
		StartAt string
		States  map[string]state
	}
	parse(p.T, []byte(p.Machine.Fill(func(id string) string { return id })), &m)
	data, name := decode(p.T, input), m.StartAt
	for range statesMax {
		s, there := m.States[name]
		if !there {
			p.T.Fatalf("no state %q", name)
		}
		next, failed := p.enter(s, &data)
		if next == "" {
			return name, failed
		}
		name = next
	}
	p.T.Fatalf("an execution of %s does not end", p.Machine.Name)
	return "", ""
}

// enter does what a state does; no next state is the end.
func (p Player) enter(s state, data *any) (next, failed string) {
	p.T.Helper()
	switch s.Type {
	case "Succeed":
		return "", ""
	case "Pass":
		if s.Parameters != nil {
			*data = p.fill(s.Parameters, *data)
		}
		return s.Next, ""
	case "Choice":
		for _, c := range s.Choices {
			if p.holds(c, *data) {
				return c.Next, ""
			}
		}
		return s.Default, ""
	case "Task":
		return p.task(s, data)
	}
	p.T.Fatalf("a state of type %q", s.Type)
	return "", ""
}

func (p Player) holds(c choice, data any) bool {
	v := p.at(c.Variable, data)
	switch {
	case c.BooleanEquals != nil:
		return v == *c.BooleanEquals
	case c.NumericLessThanEquals != nil:
		n, err := v.(json.Number).Float64()
		return err == nil && n <= *c.NumericLessThanEquals
	}
	p.T.Fatalf("a choice by nothing that is known: %+v", c)
	return false
}

func (p Player) task(s state, data *any) (next, failed string) {
	p.T.Helper()
	tried := map[int]int{}
	for {
		result, err := p.do(s, *data)
		if err == nil {
			p.put(data, s.ResultPath, result)
			return s.Next, ""
		}
		name := nameOf(err)
		if n := slices.IndexFunc(s.Retry, func(r retry) bool { return matches(r.ErrorEquals, name) }); n >= 0 && tried[n] < s.Retry[n].MaxAttempts {
			tried[n]++
			continue
		}
		for _, c := range s.Catch {
			if matches(c.ErrorEquals, name) {
				p.put(data, c.ResultPath, map[string]any{"Error": name, "Cause": err.Error()})
				return c.Next, ""
			}
		}
		return "", name
	}
}

func (p Player) do(s state, data any) (any, error) {
	p.T.Helper()
	in, _ := p.fill(s.Parameters, data).(map[string]any)
	if s.Resource == "arn:aws:states:::states:startExecution" {
		name, _ := in["Name"].(string)
		return map[string]any{}, p.Start(name, encode(p.T, in["Input"]))
	}
	tenant, _ := in["tenant"].(string)
	key, _ := in["key"].(string)
	body, err := p.Call(s.Resource, tenant, key, encode(p.T, in["input"]))
	if err != nil {
		return nil, err
	}
	return decode(p.T, body), nil
}

func nameOf(err error) string {
	if e, ok := errors.AsType[Exception](err); ok {
		return string(e)
	}
	return fault.Of(err).Code
}

func matches(names []string, name string) bool {
	return slices.Contains(names, name) || slices.Contains(names, "States.ALL")
}

// put keeps a result where the path says: one member of the state's data, or all of it.
func (p Player) put(data *any, path string, result any) {
	if path == "" {
		*data = result
		return
	}
	members, ok := (*data).(map[string]any)
	if !ok || len(path) < 3 || path[:2] != "$." {
		p.T.Fatalf("no place for a result: %s", path)
	}
	members[path[2:]] = result
}

func decode(t testing.TB, raw []byte) any {
	t.Helper()
	var v any
	parse(t, raw, &v)
	return v
}

// parse keeps numbers as they are written: the step of a fenced job gets no exponent.
func parse(t testing.TB, raw []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
