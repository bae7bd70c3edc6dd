package ddbtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// rawRequest makes a signed request with any target and any body.
func (s *Suite) rawRequest(ctx context.Context, target, body string) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.target.Endpoint+"/", bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.0")
	if target != "" {
		request.Header.Set("X-Amz-Target", target)
	}
	credentials, err := s.Config.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(body))
	return request, v4.NewSigner().SignHTTP(ctx, credentials, request, hex.EncodeToString(sum[:]),
		"dynamodb", s.Config.Region, time.Now())
}

// raw sends a signed request and returns the answer as it came.
func (c *C) raw(target, body string) rawAnswer {
	request, err := c.rawRequest(c.ctx, target, body)
	c.must(err)
	return c.send(request)
}

func (c *C) send(request *http.Request) rawAnswer {
	response, err := c.Config.HTTPClient.Do(request)
	c.must(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	c.must(err)
	if sum := response.Header.Get("X-Amz-Crc32"); sum != "" {
		c.same("checksum header", sum, strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10))
	}
	return rawAnswer{status: response.StatusCode, body: string(body)}
}

func protocolChecks(s *Suite) {
	rows := []struct{ name, target, body, code string }{
		{"body not JSON", "DynamoDB_20120810.GetItem", `{"TableName":`, serialization},
		{"body with trailing text", "DynamoDB_20120810.ListTables", `{} x`, serialization},
		{"body is a list", "DynamoDB_20120810.GetItem", `[]`, serialization},
		{"body is text", "DynamoDB_20120810.GetItem", `"x"`, serialization},
		{"body is empty", "DynamoDB_20120810.GetItem", ``, serialization},
		{"table name is a number", "DynamoDB_20120810.GetItem", `{"TableName":5,"Key":{}}`, serialization},
		{"key is a list", "DynamoDB_20120810.GetItem", `{"TableName":"abc","Key":[]}`, serialization},
		{"limit is text", "DynamoDB_20120810.Scan", `{"TableName":"abc","Limit":"5"}`, serialization},
		{"unknown operation", "DynamoDB_20120810.Frobnicate", `{}`, unknownAction},
		{"unknown version", "DynamoDB_20991231.GetItem", `{}`, unknownAction},
		{"no operation", "", `{}`, unknownAction},
		{"unknown stream operation", "DynamoDBStreams_20120810.Frobnicate", `{}`, unknownAction},
		{"no table name", "DynamoDB_20120810.GetItem", `{"Key":{"pk":{"S":"x"}}}`, validation},
		{"no key", "DynamoDB_20120810.GetItem", `{"TableName":"ddbtest-plain"}`, validation},
		{"no item", "DynamoDB_20120810.PutItem", `{"TableName":"ddbtest-plain"}`, validation},
		{"table name empty", "DynamoDB_20120810.GetItem", `{"TableName":"","Key":{"pk":{"S":"x"}}}`, validation},
		{"table name with a slash", "DynamoDB_20120810.GetItem", `{"TableName":"a/b/c","Key":{"pk":{"S":"x"}}}`, validation},
		{"unknown return consumed capacity", "DynamoDB_20120810.GetItem",
			`{"TableName":"ddbtest-plain","Key":{"pk":{"S":"x"}},"ReturnConsumedCapacity":"SOME"}`, validation},
	}
	for _, row := range rows {
		s.check(row.name, func(c *C) {
			c.table(plainTable)
			c.wantRaw(c.raw(row.target, row.body), row.code, "")
		})
	}
	s.check("unknown fields are ignored", func(c *C) {
		table := c.table(plainTable)
		answer := c.raw("DynamoDB_20120810.PutItem",
			fmt.Sprintf(`{"TableName":%q,"Item":{"pk":{"S":%q}},"NoSuchField":{"a":[1]}}`, table, c.name))
		c.sameInt("HTTP status", answer.status, http.StatusOK)
		c.stored(table, "{}")
	})
	s.check("escapes in the body", func(c *C) {
		table := c.table(plainTable)
		answer := c.raw("DynamoDB_20120810.PutItem",
			fmt.Sprintf(`{"TableName":%q,"Item":{"pk":{"S":%q},"\u0061":{"S":"\u00e9\ud83c\udf89\/"}}}`, table, c.name))
		c.sameInt("HTTP status", answer.status, http.StatusOK)
		c.stored(table, `{"a":"é🎉/"}`)
	})
	s.check("answer names its content type", func(c *C) {
		request, err := c.rawRequest(c.ctx, "DynamoDB_20120810.ListTables", `{}`)
		c.must(err)
		response, err := c.Config.HTTPClient.Do(request)
		c.must(err)
		defer response.Body.Close()
		c.same("content type", response.Header.Get("Content-Type"), "application/x-amz-json-1.0")
		if response.Header.Get("X-Amzn-Requestid") == "" {
			c.Errorf("the answer has no request id")
		}
	})
}
