package faults

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

const typePrefix = "com.amazonaws.dynamodb.v20120810#"

// failure is an error as the store words it.
type failure struct {
	Type    string   `json:"__type"`
	Message string   `json:"message"`
	Reasons []reason `json:"CancellationReasons,omitempty"`
}

type reason struct {
	Code    string `json:"Code"`
	Message string `json:"Message,omitempty"`
}

var (
	throttled   = failure{Type: typePrefix + "ProvisionedThroughputExceededException", Message: "The level of configured provisioned throughput for the table was exceeded."}
	serverError = failure{Type: typePrefix + "InternalServerError", Message: "Internal server error"}
)

// conflicts tells whether the store may refuse an operation because of another transaction.
func conflicts(operation string) bool {
	switch operation {
	case "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems":
		return true
	}
	return false
}

// conflict is the refusal because of another transaction; a transaction is told which of its actions met it.
func conflict(operation string, body []byte) failure {
	if operation != "TransactWriteItems" {
		return failure{Type: typePrefix + "TransactionConflictException", Message: "Transaction is ongoing for the item"}
	}
	var call struct {
		Actions []json.RawMessage `json:"TransactItems"`
	}
	if err := json.Unmarshal(body, &call); err != nil {
		panic("faults: a call that is no JSON: " + err.Error())
	}
	f := failure{Type: typePrefix + "TransactionCanceledException", Message: "Transaction cancelled, please refer cancellation reasons for specific reasons"}
	for range call.Actions {
		f.Reasons = append(f.Reasons, reason{Code: "None"})
	}
	f.Reasons[len(f.Reasons)-1] = reason{Code: "TransactionConflict", Message: "Transaction is ongoing for the item"}
	return f
}

// answer makes an answer that the store did not give.
func answer(req *http.Request, status int, content any) *http.Response {
	raw, err := json.Marshal(content)
	if err != nil {
		panic("faults: an answer that cannot be encoded: " + err.Error())
	}
	return &http.Response{Status: strconv.Itoa(status) + " " + http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		ContentLength: int64(len(raw)), Body: io.NopCloser(bytes.NewReader(raw)), Request: req}
}
