// Package flow is the state machines of the system: files in Amazon States Language that stand beside the domain they belong
// to, and that stacks and tests read alike. A `${domain.verb-noun}` in a task's Resource is an operation; nothing else may be
// filled in.
package flow

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// Machine is one state machine.
type Machine struct {
	Name       string // within its domain
	Definition string // in Amazon States Language
	// With names the operations that stand for placeholders which are no ids themselves, where one file serves many machines.
	With map[string]string
	// On is the type of the events that start it; an execution's input is the event. Nothing starts it where that is empty.
	On string
	// Where lists, by the name of a member of the event's data, the values that it must have.
	Where map[string][]string
}

// Own is how a machine names itself in a call that starts it anew.
const Own = "$$.StateMachine.Id"

// startExecution is the one call of a service that machines make beside operations.
const startExecution = "arn:aws:states:::states:startExecution"

// Calls is what a machine calls: its role must let it, and nothing else.
type Calls struct {
	Operations []string // ids, sorted
	Itself     bool     // it starts executions of its own
}

// state is as much of a state as is looked at.
type state struct {
	Type           string
	Resource       string
	Parameters     map[string]json.RawMessage
	Next, Default  string
	End            bool
	TimeoutSeconds int
	Choices        []struct{ Next string }
	Catch          []struct{ Next string }
	Branches       []states
	ItemProcessor  *states
}

type states struct {
	StartAt string
	States  map[string]state
}

var (
	placeholder = regexp.MustCompile(`\$\{([^}]*)\}`)
	whole       = regexp.MustCompile(`^\$\{([^}]*)\}$`)
)

// Fill puts what resolve gives for an operation in the place of each placeholder.
func (m Machine) Fill(resolve func(operation string) string) string {
	return placeholder.ReplaceAllStringFunc(m.Definition, func(p string) string {
		return resolve(m.operation(whole.FindStringSubmatch(p)[1]))
	})
}

func (m Machine) operation(name string) string {
	if id, ok := m.With[name]; ok {
		return id
	}
	return name
}

// Calls walks the file and gives what it calls. It refuses a file that is not sound: a state that is missing, never reached or
// leads nowhere, a task without a time-out, a placeholder anywhere but in a task's Resource, one that is given but not used,
// and a call of a service of which the system knows nothing.
func (m Machine) Calls() (Calls, error) {
	var top states
	if err := json.Unmarshal([]byte(m.Definition), &top); err != nil {
		return Calls{}, fmt.Errorf("machine %s is not JSON: %w", m.Name, err)
	}
	w := walk{machine: m, used: map[string]int{}}
	w.states("", top)
	for _, found := range placeholder.FindAllStringSubmatch(m.Definition, -1) {
		w.used[found[1]]--
	}
	for name, n := range w.used {
		if n != 0 {
			w.fault("", "has the placeholder ${%s} elsewhere than as the Resource of a task that is reached", name)
		}
	}
	for name := range m.With {
		if _, there := w.used[name]; !there {
			w.fault("", "has no use for ${%s}", name)
		}
	}
	sort.Strings(w.calls.Operations)
	w.calls.Operations = slices.Compact(w.calls.Operations)
	return w.calls, errors.Join(w.faults...)
}

// Tasks gives the time-out of each task, in seconds, by the operations that it calls.
func (m Machine) Tasks() (map[string][]int, error) {
	var top states
	if err := json.Unmarshal([]byte(m.Definition), &top); err != nil {
		return nil, fmt.Errorf("machine %s is not JSON: %w", m.Name, err)
	}
	out := map[string][]int{}
	top.each(func(s state) {
		if p := whole.FindStringSubmatch(s.Resource); p != nil {
			id := m.operation(p[1])
			out[id] = append(out[id], s.TimeoutSeconds)
		}
	})
	return out, nil
}

func (s states) each(do func(state)) {
	for _, one := range s.States {
		do(one)
		for _, inner := range one.inner() {
			inner.each(do)
		}
	}
}

func (s state) inner() []states {
	out := slices.Clone(s.Branches)
	if s.ItemProcessor != nil {
		out = append(out, *s.ItemProcessor)
	}
	return out
}

// walk goes through a machine's states and notes what is wrong.
type walk struct {
	machine Machine
	used    map[string]int // placeholder -> how often as a Resource
	calls   Calls
	faults  []error
}

func (w *walk) fault(at, format string, args ...any) {
	if at != "" {
		at = ": state " + at
	}
	w.faults = append(w.faults, fmt.Errorf("machine %s%s %s", w.machine.Name, at, fmt.Sprintf(format, args...)))
}

func (w *walk) states(prefix string, s states) {
	reached := map[string]bool{}
	queue := []string{s.StartAt}
	for ; len(queue) > 0; queue = queue[1:] {
		name := queue[0]
		if reached[name] {
			continue
		}
		reached[name] = true
		one, there := s.States[name]
		if !there {
			w.fault(prefix+name, "is not there")
			continue
		}
		queue = append(queue, one.next()...)
		w.state(prefix+name, one)
	}
	for name := range s.States {
		if !reached[name] {
			w.fault(prefix+name, "is never reached")
		}
	}
}

// next lists the states that a state may lead to.
func (s state) next() []string {
	var out []string
	for _, c := range s.Choices {
		out = append(out, c.Next)
	}
	for _, c := range s.Catch {
		out = append(out, c.Next)
	}
	for _, n := range []string{s.Next, s.Default} {
		if n != "" {
			out = append(out, n)
		}
	}
	return out
}

func (w *walk) state(at string, s state) {
	ends := s.End || s.Type == "Succeed" || s.Type == "Fail"
	if leads := s.Next != "" || s.Type == "Choice" && len(s.Choices) > 0; ends == leads {
		w.fault(at, "neither leads on nor ends, or both")
	}
	for _, inner := range s.inner() {
		w.states(at+"/", inner)
	}
	if s.Type != "Task" {
		return
	}
	if s.TimeoutSeconds == 0 {
		w.fault(at, "has no time-out")
	}
	if p := whole.FindStringSubmatch(s.Resource); p != nil {
		w.used[p[1]]++
		w.calls.Operations = append(w.calls.Operations, w.machine.operation(p[1]))
		return
	}
	if s.Resource == startExecution && strings.Trim(string(s.Parameters["StateMachineArn.$"]), `"`) == Own {
		w.calls.Itself = true
		return
	}
	w.fault(at, "calls %s, for which no right is known", s.Resource)
}
