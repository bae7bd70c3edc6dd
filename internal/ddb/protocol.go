package ddb

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/wire"
)

// The services and versions that X-Amz-Target may name.
const (
	targetItems   = "DynamoDB_20120810."
	targetStreams = "DynamoDBStreams_20120810."
)

// requestBytesMax bounds a body.
const requestBytesMax = 16<<20 + 1<<20

// operation answers one call.
type operation func(e *Engine, ctx context.Context, body string) ([]byte, error)

// lookup finds the operation of a target, and its name.
func lookup(target string) (operation, string) {
	if name, ok := strings.CutPrefix(target, targetItems); ok {
		return itemOperation(name), name
	}
	if name, ok := strings.CutPrefix(target, targetStreams); ok {
		return streamOperation(name), name
	}
	return nil, ""
}

func itemOperation(name string) operation {
	switch name {
	case "PutItem":
		return (*Engine).putItem
	case "GetItem":
		return (*Engine).getItem
	case "UpdateItem":
		return (*Engine).updateItem
	case "DeleteItem":
		return (*Engine).deleteItem
	case "Query":
		return (*Engine).query
	case "Scan":
		return (*Engine).scan
	case "BatchGetItem":
		return (*Engine).batchGet
	case "BatchWriteItem":
		return (*Engine).batchWrite
	case "TransactWriteItems":
		return (*Engine).transactWrite
	case "TransactGetItems":
		return (*Engine).transactGet
	}
	return tableOperation(name)
}

func tableOperation(name string) operation {
	switch name {
	case "CreateTable":
		return (*Engine).createTable
	case "DescribeTable":
		return (*Engine).describeTable
	case "UpdateTable":
		return (*Engine).updateTable
	case "ListTables":
		return (*Engine).listTables
	case "DeleteTable":
		return (*Engine).deleteTable
	case "UpdateTimeToLive":
		return (*Engine).updateTimeToLive
	case "DescribeTimeToLive":
		return (*Engine).describeTimeToLive
	case "TagResource":
		return (*Engine).tagResource
	case "UntagResource":
		return (*Engine).untagResource
	case "ListTagsOfResource":
		return (*Engine).listTags
	}
	return nil
}

func streamOperation(name string) operation {
	switch name {
	case "ListStreams":
		return (*Engine).listStreams
	case "DescribeStream":
		return (*Engine).describeStream
	case "GetShardIterator":
		return (*Engine).getShardIterator
	case "GetRecords":
		return (*Engine).getRecords
	}
	return nil
}

// call answers a request; the error is always an *awserr.Error, or the
// context's.
func (e *Engine) call(ctx context.Context, target, body string) (out []byte, err error) {
	op, name := lookup(target)
	if op == nil {
		return nil, awserr.New(awserr.TypeUnknownOperation, "")
	}
	if err := e.enter(); err != nil {
		return nil, storageError(err)
	}
	defer e.gate.RUnlock()
	defer func() {
		if p := recover(); p != nil {
			e.opt.Logger.Error("panic in the store", "operation", name, "panic", fmt.Sprint(p))
			out, err = nil, awserr.Internal("The store failed: %v", p)
		}
	}()
	if err := e.opt.Faults.before(ctx, name, body); err != nil {
		return nil, err
	}
	out, err = op(e, ctx, body)
	if err == nil {
		err = e.opt.Faults.after(name)
	}
	if err != nil {
		return nil, answerable(err)
	}
	return out, nil
}

// answerable makes an error one that can be answered with, or one of those
// that are no answer.
func answerable(err error) error {
	var known *awserr.Error
	if errors.As(err, &known) || noAnswer(err) {
		return err
	}
	return storageError(err)
}

// noAnswer reports whether the caller gets no answer at all: it went away, or
// the answer was lost.
func noAnswer(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errAnswerLost)
}

// errorBody gives the answer to a call that failed: its status and its body.
func errorBody(err error) (status int, body []byte) {
	var e *awserr.Error
	if !errors.As(err, &e) {
		e = awserr.Internal("%v", err)
	}
	space := "com.amazonaws.dynamodb.v20120810#"
	switch e.Type {
	case awserr.TypeValidation:
		space = "com.amazon.coral.validate#"
	case awserr.TypeSerialization, awserr.TypeUnknownOperation, awserr.TypeMissingAuth, awserr.TypeBadClient,
		awserr.TypeBadSignature, awserr.TypeAccessDenied:
		space = "com.amazon.coral.service#"
	}
	out := wire.AppendString([]byte(`{"__type":`), space+e.Type)
	key := "message"
	if e.Reasons != nil || e.Type == awserr.TypeSerialization {
		key = "Message"
	}
	if e.Message != "" {
		out = wire.AppendString(wire.AppendKey(out, key), e.Message)
	}
	if e.Item != nil {
		out = append(wire.AppendKey(out, "Item"), e.Item...)
	}
	if e.Reasons != nil {
		out = appendReasons(out, e.Reasons)
	}
	status = e.Status
	if status == 0 {
		status = http.StatusBadRequest
	}
	return status, append(out, '}')
}

func appendReasons(out []byte, reasons []awserr.Reason) []byte {
	out = append(wire.AppendKey(out, "CancellationReasons"), '[')
	for _, r := range reasons {
		out = append(wire.AppendComma(out), '{')
		out = wire.AppendString(wire.AppendKey(out, "Code"), r.Code)
		if r.Message != "" {
			out = wire.AppendString(wire.AppendKey(out, "Message"), r.Message)
		}
		if r.Item != nil {
			out = append(wire.AppendKey(out, "Item"), r.Item...)
		}
		out = append(out, '}')
	}
	return append(out, ']')
}
