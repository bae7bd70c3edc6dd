package flow_test

import (
	"slices"
	"strings"
	"testing"

	"backoffice/internal/flow"
)

const sound = `{"StartAt":"Paint","States":{
	"Paint":{"Type":"Task","Resource":"${box.paint-box}","TimeoutSeconds":60,"Catch":[{"ErrorEquals":["States.ALL"],"Next":"Again"}],"Next":"Each"},
	"Each":{"Type":"Map","ItemProcessor":{"StartAt":"Close","States":{"Close":{"Type":"Task","Resource":"${what}","TimeoutSeconds":30,"End":true}}},"Next":"Right"},
	"Right":{"Type":"Choice","Choices":[{"Variable":"$.ok","BooleanEquals":true,"Next":"Done"}],"Default":"Again"},
	"Again":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution","Parameters":{"StateMachineArn.$":"$$.StateMachine.Id"},"TimeoutSeconds":60,"End":true},
	"Done":{"Type":"Succeed"}}}`

func machine(definition string) flow.Machine {
	return flow.Machine{Name: "paint", Definition: definition, With: map[string]string{"what": "box.close-box"}}
}

func TestCallsAreReadFromTheFile(t *testing.T) {
	m := machine(sound)
	calls, err := m.Calls()
	if err != nil || !slices.Equal(calls.Operations, []string{"box.close-box", "box.paint-box"}) || !calls.Itself {
		t.Errorf("%+v, %v", calls, err)
	}
	tasks, err := m.Tasks()
	if err != nil || !slices.Equal(tasks["box.paint-box"], []int{60}) || !slices.Equal(tasks["box.close-box"], []int{30}) {
		t.Errorf("%v, %v", tasks, err)
	}
	filled := m.Fill(func(id string) string { return "arn:of:" + id })
	if strings.Contains(filled, "${") || !strings.Contains(filled, `"Resource":"arn:of:box.close-box"`) {
		t.Errorf("filled %s", filled)
	}
}

// Whatever is wrong with a file is said with the machine's name, and the state's.
func TestWhatIsNotSoundIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"no JSON":             {`{"StartAt"`, `"StartAt"`, "machine paint is not JSON"},
		"missing state":       {`"Next":"Each"`, `"Next":"Every"`, "machine paint: state Every is not there"},
		"state never reached": {`"Default":"Again"}`, `"Default":"Done"},"Lost":{"Type":"Succeed"}`, "state Lost is never reached"},
		"dead end": {`"End":true},
	"Done"`, `"X":1},
	"Done"`, "state Again neither leads on nor ends"},
		"no time-out":              {`"TimeoutSeconds":30,`, ``, "state Each/Close has no time-out"},
		"placeholder elsewhere":    {`"$.ok"`, `"${what}"`, "has the placeholder ${what} elsewhere"},
		"placeholder without use":  {`"${what}"`, `"${box.lock-box}"`, "has no use for ${what}"},
		"unknown call":             {`"${box.paint-box}"`, `"arn:aws:states:::sqs:sendMessage"`, "state Paint calls arn:aws:states:::sqs:sendMessage"},
		"starting another machine": {`$$.StateMachine.Id`, `$.machine`, "state Again calls arn:aws:states:::states:startExecution"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(sound, c.old, c.new, 1)
			if bad == sound {
				t.Fatal("nothing was made wrong")
			}
			if _, err := machine(bad).Calls(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}
