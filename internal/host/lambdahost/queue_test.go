package lambdahost_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/op"
)

// opened is the event that the subscriber takes, as it comes from the bus.
type opened struct {
	SpecVersion string `json:"specversion" maxLength:"8"`
	ID          string `json:"id" maxLength:"80"`
	Source      string `json:"source" maxLength:"80"`
	Type        string `json:"type" maxLength:"80"`
	Subject     string `json:"subject" maxLength:"80"`
	Time        string `json:"time" maxLength:"40"`
	Tenant      string `json:"tenant" maxLength:"40"`
	Version     int    `json:"recordversion" required:"false"`
	Data        struct {
		Colour string `json:"colour" maxLength:"12"`
	} `json:"data"`
}

// noteOpened notes whom it was called for, and fails where a box is broken.
func noteOpened(noted *[]string) *op.Op[ports, opened, op.None] {
	return &op.Op[ports, opened, op.None]{
		Spec: op.Spec{ID: "sample.note-opened", Kind: op.Subscriber, On: []string{"sample.box.opened.v1"}},
		Handle: func(_ context.Context, c *op.Call, _ ports, in opened) (op.None, error) {
			if in.Data.Colour == "broken" {
				return op.None{}, errors.New(secretText)
			}
			*noted = append(*noted, c.Tenant+" "+in.Subject+" "+in.Data.Colour)
			return op.None{}, nil
		},
		Again: func(context.Context, *op.Call, ports, opened, op.Recorded) (op.None, error) { return op.None{}, nil },
	}
}

func sqsEvents(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/sqs-events.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// failed gives the messages that are to come again.
func failed(t *testing.T, raw []byte, err error) string {
	t.Helper()
	var answer struct {
		BatchItemFailures []struct{ ItemIdentifier string }
	}
	if err != nil || json.Unmarshal(raw, &answer) != nil || !strings.Contains(string(raw), `"batchItemFailures":[`) {
		t.Fatalf("%s, %v", raw, err)
	}
	out := make([]string, len(answer.BatchItemFailures))
	for i, f := range answer.BatchItemFailures {
		out[i] = f.ItemIdentifier[:4]
	}
	return strings.Join(out, " ")
}

// Each message is one call, in its event's tenant and under its event's id; of a batch only what failed comes again.
func TestSubscriberTakesTheEventsOfItsQueue(t *testing.T) {
	r, noted := newRig(t), []string{}
	raw, err := r.handler(noteOpened(&noted)).Invoke(t.Context(), []byte(sqsEvents(t)))
	if have := failed(t, raw, err); have != "2e14" {
		t.Errorf("failed: %s", have)
	}
	if len(noted) != 1 || noted[0] != "ten_1 box_1 blue" {
		t.Errorf("noted %v", noted)
	}
	if len(r.acts.committed) != 1 || r.acts.committed[0].Tenant != "ten_1" || r.acts.committed[0].Key == "" {
		t.Errorf("acts %+v", r.acts.committed)
	}
	if strings.Contains(string(raw), "hunter2") {
		t.Error("the text of an error left the function")
	}
}

// A second delivery of an event is the same call: it has the same key.
func TestARepeatedDeliveryHasTheSameKey(t *testing.T) {
	r, noted := newRig(t), []string{}
	h := r.handler(noteOpened(&noted))
	for range 2 {
		raw, err := h.Invoke(t.Context(), []byte(sqsEvents(t)))
		failed(t, raw, err)
	}
	if len(r.acts.committed) != 2 || r.acts.committed[0].Key != r.acts.committed[1].Key {
		t.Errorf("acts %+v", r.acts.committed)
	}
}

func TestMessagesThatAreNoEventsAreKept(t *testing.T) {
	for name, c := range map[string]struct{ old, new string }{
		"no JSON":       {`"{\"version\":\"0\",\"id\":\"6a7e`, `"}\"version\":\"0\",\"id\":\"6a7e`},
		"another event": {`\"detail-type\":\"sample.box.opened.v1\"`, `\"detail-type\":\"sample.box.closed.v1\"`},
		"no tenant":     {`\"tenant\":\"ten_1\"`, `\"tenant\":\"\"`},
		"no id":         {`\"id\":\"act_1-0\"`, `\"id\":\"\"`},
		"unknown field": {`\"colour\":\"blue\"`, `\"color\":\"blue\"`},
	} {
		t.Run(name, func(t *testing.T) {
			payload := strings.Replace(sqsEvents(t), c.old, c.new, 1)
			if payload == sqsEvents(t) {
				t.Fatal("nothing was changed")
			}
			noted := []string{}
			raw, err := newRig(t).handler(noteOpened(&noted)).Invoke(t.Context(), []byte(payload))
			if have := failed(t, raw, err); have != "059f 2e14" || len(noted) != 0 {
				t.Errorf("failed: %s, noted %v", have, noted)
			}
		})
	}
}

// A batch that takes longer than half of the function's time is handed back from there on, rather than cut off in the middle.
func TestABatchStopsAtHalfTime(t *testing.T) {
	r, noted := newRig(t), []string{}
	begin := time.Now()
	reads := 0
	r.rt.Clock = clock.Clock(func() time.Time {
		if reads++; len(noted) > 0 {
			return begin.Add(40 * time.Minute) // what the first message took
		}
		return begin
	})
	ctx, cancel := context.WithDeadline(t.Context(), begin.Add(time.Hour))
	defer cancel()
	payload := strings.ReplaceAll(sqsEvents(t), `\"colour\":\"broken\"`, `\"colour\":\"green\"`)
	raw, err := r.handler(noteOpened(&noted)).Invoke(ctx, []byte(payload))
	if have := failed(t, raw, err); have != "2e14" || len(noted) != 1 || reads == 0 {
		t.Errorf("failed: %s, noted %v", have, noted)
	}
}
