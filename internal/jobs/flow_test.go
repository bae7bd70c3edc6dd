package jobs

import (
	"encoding/json"
	"slices"
	"testing"

	"backoffice/internal/op"
)

// state is as much of a state as the tests look at.
type state struct {
	Next       string
	Parameters map[string]any
	Retry      []struct {
		ErrorEquals []string
		MaxAttempts int
	}
	Catch []struct {
		ErrorEquals []string
		Next        string
	}
}

func flowStates(t *testing.T) map[string]state {
	t.Helper()
	var m struct{ States map[string]state }
	if err := json.Unmarshal([]byte(runJob), &m); err != nil {
		t.Fatal(err)
	}
	return m.States
}

var doWalls = &op.Op[struct{}, StepIn, Outcome]{Spec: op.Spec{ID: "paint.do-walls", Kind: op.Task, Uses: []*op.Contribution{&Stepping}}}

// An operation that does steps has a machine of its own, started by the jobs that are its; no other operation has.
func TestEachTaskOfJobsHasItsMachine(t *testing.T) {
	start := &op.Op[struct{}, op.None, View]{Spec: op.Spec{ID: "paint.begin-walls", Kind: op.Command, Uses: []*op.Contribution{&Starting}}}
	made := Flows([]op.Operation{start, doWalls})
	if len(made) != 1 || made[0].Name != "run-do-walls" || made[0].On != Waiting.Type || !slices.Equal(made[0].Where["task"], []string{"paint.do-walls"}) {
		t.Fatalf("machines %+v", made)
	}
	calls, err := made[0].Calls()
	if err != nil || !slices.Equal(calls.Operations, []string{"paint.do-walls", failTask}) || !calls.Itself {
		t.Errorf("%+v, %v", calls, err)
	}
}

// What the runner tries again is tried again here, and what it lets be is let be.
func TestTheMachineTriesAgainWhatTheRunnerDoes(t *testing.T) {
	step := flowStates(t)["Step"]
	for _, code := range []string{op.RuleUnavailable.Code, op.RuleKeyInFlight.Code, op.RuleThrottled.Code} {
		if !slices.Contains(step.Retry[1].ErrorEquals, code) {
			t.Errorf("%s is not tried again", code)
		}
	}
	// A function that ran out of time or memory said nothing itself; this is what Lambda says, in older and newer words.
	for _, word := range []string{"Lambda.Unknown", "Sandbox.Timedout", "Runtime.ExitError", "Lambda.TooManyRequestsException"} {
		if !slices.Contains(step.Retry[1].ErrorEquals, word) {
			t.Errorf("%s is not tried again", word)
		}
	}
	if step.Retry[1].MaxAttempts != stepAttemptsMax {
		t.Errorf("the machine tries %d times, the runner %d times", step.Retry[1].MaxAttempts, stepAttemptsMax)
	}
	for name, code := range map[string]string{"Step": RuleStep.Code, "GiveUp": RuleState.Code, "HandOver": "StepFunctions.ExecutionAlreadyExistsException"} {
		s := flowStates(t)[name]
		if !slices.Contains(s.Retry[0].ErrorEquals, code) || s.Retry[0].MaxAttempts != 0 || !slices.Contains(s.Catch[0].ErrorEquals, code) || s.Catch[0].Next != "Taken" {
			t.Errorf("%s: %s does not end it in peace: %+v", name, code, s)
		}
	}
	for _, name := range []string{"Step", "GiveUp"} {
		s := flowStates(t)[name]
		if !slices.Contains(s.Retry[0].ErrorEquals, op.RuleMaintenance.Code) || !slices.Contains(s.Catch[1].ErrorEquals, op.RuleMaintenance.Code) || s.Catch[1].Next != "Shut" {
			t.Errorf("%s: while writes are shut the job does not stay as it is: %+v", name, s)
		}
	}
}

// An execution takes the event that announces a job, and hands over in the same form.
func TestTheMachineTakesTheAnnouncement(t *testing.T) {
	raw, err := json.Marshal(Job{ID: "job_1", Task: "paint.do-walls", Step: 7}.Announcement())
	if err != nil {
		t.Fatal(err)
	}
	var data map[string]any
	if err := json.Unmarshal(raw, &data); err != nil || data["step"] != 7.0 || data["task"] != "paint.do-walls" {
		t.Errorf("%s, %v", raw, err)
	}
	s := flowStates(t)
	begin := s["Begin"].Parameters
	if begin["tenant.$"] != "$.tenant" || begin["job.$"] != "$.subject" || begin["step.$"] != "$.data.step" {
		t.Errorf("begins with %v", begin)
	}
	input, _ := s["HandOver"].Parameters["Input"].(map[string]any)
	next, _ := input["data"].(map[string]any)
	if input["tenant.$"] != "$.tenant" || input["subject.$"] != "$.job" || next["step.$"] != "$.step" {
		t.Errorf("hands over %v", input)
	}
}
