package catalog_test

import (
	"testing"
	"time"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

// answerGrace is what a function may take beyond its operation's limit before it is stopped.
const answerGrace = 3 * time.Second

// Every state machine is sound, calls tasks that there are, waits for each as long as its function may take, and is started by
// an event that something emits.
func TestFlowsAreSound(t *testing.T) {
	emitted := map[string]bool{}
	for _, o := range catalog.Operations() {
		for _, e := range o.Describe().AllEmits() {
			emitted[e.Type] = true
		}
	}
	machines := 0
	for _, d := range catalog.Domains() {
		for _, m := range d.Flows {
			machines++
			if _, err := m.Calls(); err != nil {
				t.Error(err)
			}
			if m.On != "" && !emitted[m.On] {
				t.Errorf("machine %s is started by %s, which nothing emits", m.Name, m.On)
			}
			tasks, err := m.Tasks()
			if err != nil {
				t.Error(err)
			}
			for id, seconds := range tasks {
				checkTask(t, m.Name, id, seconds)
			}
		}
	}
	if machines == 0 {
		t.Error("no domain has a state machine")
	}
}

func checkTask(t *testing.T, machine, id string, seconds []int) {
	t.Helper()
	o, err := catalog.Find(id)
	if err != nil {
		t.Errorf("machine %s: %v", machine, err)
		return
	}
	s := o.Describe()
	if s.Kind != op.Task || !s.Deployed() {
		t.Errorf("machine %s calls %s, which is a %s", machine, id, s.Kind)
	}
	for _, n := range seconds {
		if time.Duration(n)*time.Second <= s.TimeLimit()+answerGrace {
			t.Errorf("machine %s waits %d s for %s, which may take %s", machine, n, id, s.TimeLimit())
		}
	}
}
