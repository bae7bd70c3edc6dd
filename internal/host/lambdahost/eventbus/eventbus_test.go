package eventbus_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"backoffice/internal/host/lambdahost/eventbus"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

type recorder struct {
	calls  [][]types.PutEventsRequestEntry
	failed int32
	err    error
}

func (r *recorder) PutEvents(_ context.Context, in *eventbridge.PutEventsInput, _ ...func(*eventbridge.Options)) (*eventbridge.PutEventsOutput, error) {
	r.calls = append(r.calls, in.Entries)
	return &eventbridge.PutEventsOutput{FailedEntryCount: r.failed}, r.err
}

func act(events int) store.PendingAct {
	a := store.PendingAct{ID: "act_1", Tenant: "ten_1", At: "2026-04-30T09:00:00.000Z", Key: store.Key{Table: "finance"}}
	for i := range events {
		a.Events = append(a.Events, op.Emitted{Type: "finance.journal.posted.v1", Subject: fmt.Sprintf("jrn_%d", i), Version: 1, Data: json.RawMessage(`{"n":1}`)})
	}
	return a
}

func TestEventsArePutTenAtATimeAsCloudEvents(t *testing.T) {
	r := &recorder{}
	if err := eventbus.New(r, "bus").Publish(t.Context(), act(21)); err != nil {
		t.Fatal(err)
	}
	if len(r.calls) != 3 || len(r.calls[0]) != 10 || len(r.calls[2]) != 1 {
		t.Fatalf("calls of %d", len(r.calls))
	}
	e := r.calls[2][0]
	var detail map[string]any
	if err := json.Unmarshal([]byte(*e.Detail), &detail); err != nil {
		t.Fatal(err)
	}
	if *e.EventBusName != "bus" || *e.Source != "backoffice.finance" || *e.DetailType != "finance.journal.posted.v1" || detail["id"] != "act_1-20" ||
		detail["type"] != "backoffice.finance.journal.posted.v1" || detail["subject"] != "jrn_20" || detail["tenant"] != "ten_1" || detail["specversion"] != "1.0" {
		t.Errorf("entry %+v, detail %v", e, detail)
	}
}

func TestARefusedEntryIsAnError(t *testing.T) {
	if err := eventbus.New(&recorder{failed: 1}, "bus").Publish(t.Context(), act(1)); err == nil || !strings.Contains(err.Error(), "refused 1 of 1") {
		t.Errorf("error %v", err)
	}
	broken := errors.New("no route")
	if err := eventbus.New(&recorder{err: broken}, "bus").Publish(t.Context(), act(1)); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if err := eventbus.New(&recorder{}, "bus").Publish(t.Context(), act(0)); err != nil {
		t.Errorf("an act without events: %v", err)
	}
}
