package lambdahost

import (
	"context"
	"encoding/json"
	"strings"

	"backoffice/internal/op"
	"backoffice/internal/store"
)

// streamRecord is what a task needs of a record of a table's stream.
type streamRecord struct {
	EventSource string `json:"eventSource"`
	DynamoDB    struct {
		SequenceNumber string `json:"SequenceNumber"`
		Keys           map[string]struct {
			S string `json:"S"`
		} `json:"Keys"`
	} `json:"dynamodb"`
}

// streamAnswer names the records that must be delivered again (partial batch response).
type streamAnswer struct {
	Failures []itemFailure `json:"batchItemFailures"`
}

type itemFailure struct {
	Item string `json:"itemIdentifier"`
}

// streamRecords gives the records of a delivery by a table's stream, none when the payload is something else.
func streamRecords(payload []byte) []streamRecord {
	var delivery struct{ Records []streamRecord }
	if json.Unmarshal(payload, &delivery) != nil || len(delivery.Records) == 0 || delivery.Records[0].EventSource != "aws:dynamodb" {
		return nil
	}
	return delivery.Records
}

// serveStream calls the task once for each tenant whose items have changed: what changed, the task finds in the store. A
// tenant whose call fails has its records delivered again, from its first one on.
func (h *Handler) serveStream(ctx context.Context, requestID string, records []streamRecord) ([]byte, error) {
	first := map[string]string{}
	var tenants []string
	for _, r := range records {
		tenant, _, ok := strings.Cut(r.DynamoDB.Keys["pk"].S, "|")
		if _, seen := first[tenant]; ok && !seen {
			first[tenant] = r.DynamoDB.SequenceNumber
			tenants = append(tenants, tenant)
		}
	}
	answer := streamAnswer{Failures: []itemFailure{}}
	for _, t := range tenants {
		if resp := h.serve(ctx, requestOfTask(requestID, Invocation{Tenant: t})); resp.Problem != nil {
			answer.Failures = append(answer.Failures, itemFailure{Item: first[t]})
		}
	}
	return json.Marshal(answer)
}

// TakesUp tells whether an operation takes up waiting acts: it settles what stands in a table's index of them, and so
// publishes their events. Such a task is called by its domain's table's stream.
func TakesUp(spec *op.Spec) bool {
	if spec.HTTP() {
		return false
	}
	for _, a := range spec.AllAccess() {
		if a.Do&op.Update != 0 && a.HasIndex(store.IndexPending) {
			return true
		}
	}
	return false
}

// Publishes tells whether an operation's function puts events on the bus: it takes up acts that hold some, or it leaves no act
// of its own and so has to announce itself what its spec says it emits.
func Publishes(spec *op.Spec) bool {
	return TakesUp(spec) || !spec.HTTP() && !spec.Writes() && len(spec.AllEmits()) > 0
}
