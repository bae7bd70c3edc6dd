package main

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"backoffice/internal/op"
)

func TestMedianIsNotMovedByOneBusyMoment(t *testing.T) {
	times := []time.Duration{5, 900, 4, 6, 5}
	i := 0
	got, err := median(len(times), func() (time.Duration, error) { i++; return times[i-1], nil })
	if err != nil || got != 5 {
		t.Errorf("%d, %v", got, err)
	}
	broken := errors.New("it does not start")
	if _, err := median(3, func() (time.Duration, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

func TestRequestIsOfTheOperationsRoute(t *testing.T) {
	raw, err := request(&op.Spec{ID: "box.open-box", Kind: op.Command, Route: "POST /box/v1/boxes"})
	if err != nil {
		t.Fatal(err)
	}
	var event struct {
		RouteKey       string
		RequestContext struct{ HTTP struct{ Method, Path string } }
	}
	if err := json.Unmarshal(raw, &event); err != nil {
		t.Fatal(err)
	}
	if event.RouteKey != "POST /box/v1/boxes" || event.RequestContext.HTTP.Method != "POST" || event.RequestContext.HTTP.Path != "/box/v1/boxes" {
		t.Errorf("%s", raw)
	}
	if _, err := request(&op.Spec{ID: "box.sweep", Kind: op.Job}); err == nil {
		t.Error("a job has a request")
	}
}

// The smallest function is started for real: it must be seen to ask and to answer, and to have used some time.
func TestAFunctionIsMeasured(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	s, err := newSurroundings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	bin, err := program(t.Context(), t.TempDir(), "scripts/coldstart/lambda")
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.measure(t.Context(), bin, []byte("{}"), 1)
	if err != nil || f.ready <= 0 || f.answered <= 0 {
		t.Errorf("%+v, %v", f, err)
	}
}
