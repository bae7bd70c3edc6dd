package jobs

import (
	"encoding/json"
	"regexp"
	"slices"
	"testing"

	"backoffice/internal/op"
)

// state is as much of a state as the test looks at.
type state struct {
	Type, Resource, Next, Default string
	End                           bool
	TimeoutSeconds                int
	Choices                       []struct{ Next string }
	Retry                         []struct{ ErrorEquals []string }
	Catch                         []struct {
		ErrorEquals []string
		Next        string
	}
}

// The state machine calls operations that there are, every state leads on to another or ends, every task has a time-out, and
// what the runner tries again is tried again here.
func TestRunJobFlowIsSound(t *testing.T) {
	var m struct {
		StartAt string
		States  map[string]state
	}
	if err := json.Unmarshal([]byte(RunJobFlow), &m); err != nil {
		t.Fatal(err)
	}
	reached := map[string]bool{}
	var visit func(string)
	visit = func(name string) {
		if reached[name] {
			return
		}
		s, there := m.States[name]
		if !there {
			t.Fatalf("no state %q", name)
		}
		reached[name] = true
		ends := s.End || s.Type == "Succeed" || s.Type == "Fail"
		if ends != (s.Next == "" && s.Default == "") {
			t.Errorf("%s neither leads on nor ends, or both", name)
		}
		if s.Type == "Task" && s.TimeoutSeconds == 0 {
			t.Errorf("%s has no time-out", name)
		}
		for _, next := range append(nexts(s), s.Next, s.Default) {
			if next != "" {
				visit(next)
			}
		}
	}
	visit(m.StartAt)
	for name := range m.States {
		if !reached[name] {
			t.Errorf("%s is never reached", name)
		}
	}
	var places []string
	for _, found := range regexp.MustCompile(`"Resource": "\$\{([^}]*)\}"`).FindAllStringSubmatch(RunJobFlow, -1) {
		places = append(places, found[1])
	}
	if !slices.Equal(places, []string{"task", failTask}) {
		t.Errorf("placeholders %v", places)
	}
	for _, code := range []string{op.RuleUnavailable.Code, op.RuleKeyInFlight.Code, op.RuleThrottled.Code} {
		if !slices.Contains(m.States["Step"].Retry[1].ErrorEquals, code) {
			t.Errorf("%s is not tried again", code)
		}
	}
	if !slices.Contains(m.States["Step"].Catch[0].ErrorEquals, RuleStep.Code) {
		t.Errorf("%s is not caught", RuleStep.Code)
	}
}

func nexts(s state) []string {
	var out []string
	for _, c := range s.Choices {
		out = append(out, c.Next)
	}
	for _, c := range s.Catch {
		out = append(out, c.Next)
	}
	return out
}
