package main_test

import (
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/ddb"
)

// The tables of any store that speaks DynamoDB's protocol are proved as a directory is, by what their names begin with, and
// nothing in them changes.
func TestTablesOfAStoreAreVerified(t *testing.T) {
	const keyID, secret = "verify", "a secret of the test"
	data := filepath.Join(t.TempDir(), "data")
	p := start(t, "-demo", "-data", data)
	p.end()
	must(t, "Backup of", "backup", "-data", data, "-to", data+"-copy")
	engine, err := ddb.Open(ddb.Options{Dir: filepath.Join(data, "store")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	srv := httptest.NewServer(engine.Handler(keyID, secret))
	t.Cleanup(srv.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", keyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secret)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	tables := []string{"verify", "-prefix", "backoffice", "-endpoint", srv.URL, "-region", "eu-west-2"}
	must(t, "backoffice is in order: 1 tenants", tables...)
	must(t, "hold equal books", append(tables, "-against", data+"-copy")...)
	must(t, "hold equal books", append(tables, "-against-prefix", "backoffice")...)

	client := dynamodb.New(dynamodb.Options{Region: "eu-west-2", BaseEndpoint: &srv.URL, Credentials: credentials.NewStaticCredentialsProvider(keyID, secret, "")})
	page, err := client.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String("backoffice-finance"), FilterExpression: aws.String("contains(pk, :balance)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":balance": &types.AttributeValueMemberS{Value: "|BAL|"}}})
	if err != nil || len(page.Items) == 0 {
		t.Fatal(err, len(page.Items))
	}
	lost := map[string]types.AttributeValue{"pk": page.Items[0]["pk"], "sk": page.Items[0]["sk"]}
	if _, err := client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String("backoffice-finance"), Key: lost}); err != nil {
		t.Fatal(err)
	}
	if out, err := onprem(t, tables...); err == nil || !strings.Contains(out, "DEFECT finance ") {
		t.Errorf("a balance is lost: %v\n%s", err, out)
	}
	for want, args := range map[string][]string{
		"copy table backoffice-prod-platform": {"verify", "-prefix", "backoffice-prod", "-endpoint", srv.URL, "-region", "eu-west-2"},
		"name them with -prefix":              {"verify", "-data", data, "-endpoint", srv.URL},
	} {
		if out, err := onprem(t, args...); err == nil || !strings.Contains(out, want) {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}
