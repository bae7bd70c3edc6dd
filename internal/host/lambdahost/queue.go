package lambdahost

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"

	"backoffice/internal/relay"
)

// queueMessage is what a subscriber needs of a message of its queue.
type queueMessage struct {
	EventSource string `json:"eventSource"`
	ID          string `json:"messageId"`
	Body        string `json:"body"`
}

// envelope is an event as the bus delivers it; the detail is the event as it was published.
type envelope struct {
	Kind   string          `json:"detail-type"`
	Detail json.RawMessage `json:"detail"`
}

// queueMessages gives the messages of a delivery by a queue, none when the payload is something else.
func queueMessages(payload []byte) []queueMessage {
	var delivery struct{ Records []queueMessage }
	if json.Unmarshal(payload, &delivery) != nil || len(delivery.Records) == 0 || delivery.Records[0].EventSource != "aws:sqs" {
		return nil
	}
	return delivery.Records
}

// serveQueue calls a subscriber once for each message. What fails comes again, and is put aside by the queue after some tries:
// a refusal for good, too, so that somebody sees it. Once half of the function's time has gone no further message is begun;
// the rest comes again at once or to another execution.
func (h *Handler) serveQueue(ctx context.Context, requestID string, messages []queueMessage) ([]byte, error) {
	answer := streamAnswer{Failures: []itemFailure{}}
	late := h.halfTime(ctx)
	for _, m := range messages {
		if late() || !h.serveMessage(ctx, requestID, m) {
			answer.Failures = append(answer.Failures, itemFailure{Item: m.ID})
		}
	}
	return json.Marshal(answer)
}

// halfTime tells from now on whether half of the time until the context's deadline has gone.
func (h *Handler) halfTime(ctx context.Context) func() bool {
	deadline, limited := ctx.Deadline()
	half := deadline.Add(-deadline.Sub(h.rt.Clock()) / 2)
	return func() bool { return limited && h.rt.Clock().After(half) }
}

// serveMessage calls the subscriber with the event that a message holds, under the event's id: a repeated delivery is a replay.
func (h *Handler) serveMessage(ctx context.Context, requestID string, m queueMessage) bool {
	var in envelope
	var e relay.Event
	err := json.Unmarshal([]byte(m.Body), &in)
	if err == nil {
		err = json.Unmarshal(in.Detail, &e)
	}
	if err != nil || e.Tenant == "" || e.ID == "" || !slices.Contains(h.op.Describe().On, in.Kind) {
		h.rt.Log.LogAttrs(ctx, slog.LevelError, "no event that this operation takes", slog.String("operation", h.op.Describe().ID),
			slog.String("message", m.ID), slog.String("request", requestID))
		return false
	}
	return h.serve(ctx, requestOfTask(requestID, Invocation{Tenant: e.Tenant, Key: e.ID, Input: in.Detail})).Problem == nil
}
