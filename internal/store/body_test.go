package store_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"backoffice/internal/store/storetest"
)

// late keeps the body of the last request, as net/http does that looks once more whether it has ended.
type late struct {
	http.RoundTripper
	body io.Reader
}

func (l *late) RoundTrip(req *http.Request) (*http.Response, error) {
	l.body = req.Body
	return l.RoundTripper.RoundTrip(req)
}

func TestABodyEndsInGoodOrderAfterTheAnswer(t *testing.T) {
	transport := &late{RoundTripper: storetest.Engine(t).RoundTripper()}
	db := storetest.On(t, transport)
	if _, err := db.Client().DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(db.TableName("finance"))}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, transport.body); err != nil {
		t.Errorf("a body that is looked at after its answer says %v", err)
	}
}
