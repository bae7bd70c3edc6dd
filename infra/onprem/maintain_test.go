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
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/store"
)

// served puts the store of a stopped system's data directory behind a signed port, as any other store would be reached, and gives a
// client of it.
func served(t *testing.T, data string) (url string, db *store.DB, stop func()) {
	t.Helper()
	engine, err := ddb.Open(ddb.Options{Dir: filepath.Join(data, "store")})
	if err != nil {
		t.Fatal(err)
	}
	const keyID, secret = "maintain", "a secret of the test"
	srv := httptest.NewServer(engine.Handler(keyID, secret))
	t.Setenv("AWS_ACCESS_KEY_ID", keyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secret)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	cfg := aws.Config{Region: "eu-west-2", BaseEndpoint: aws.String(srv.URL), Credentials: credentials.NewStaticCredentialsProvider(keyID, secret, "")}
	return srv.URL, store.Open(cfg, "backoffice"), func() {
		srv.Close()
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Tables of a store are shut, fenced, rebuilt and opened as a data directory is. Nothing else happens to them meanwhile: what
// waited goes on waiting for whoever serves them, and a name that is mistaken makes no tables.
func TestTablesOfAStoreAreMaintained(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := start(t, "-demo", "-data", data)
	p.end()
	url, db, stop := served(t, data)
	tables := []string{"-prefix", "backoffice", "-endpoint", url, "-region", "eu-west-2"}
	lost := forgetBalance(t, db)
	if out, err := onprem(t, append([]string{"verify"}, tables...)...); err == nil || !strings.Contains(out, "DEFECT finance ") {
		t.Fatalf("a balance is lost: %v\n%s", err, out)
	}
	must(t, "Writes are shut since ", append([]string{"maintenance", "on", "-by", "Rona Muir", "-reason", "Restore"}, tables...)...)
	if m, err := platformdb.New(db).Maintenance(t.Context()); err != nil || !m.On || m.By != "Rona Muir" {
		t.Errorf("the switch of the tables is %+v, %v", m, err)
	}
	must(t, "Fenced 0 jobs.", append([]string{"fence"}, tables...)...)
	waited := pending(t, db)
	must(t, "Rebuilt finance of ten_", append([]string{"rebuild", "-reason", "Restored"}, tables...)...)
	if it, err := db.Client().GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("backoffice-finance"), Key: lost}); err != nil || len(it.Item) == 0 {
		t.Errorf("the balance is not there again: %v", err)
	}
	if n := pending(t, db); n <= waited {
		t.Errorf("the acts of the rebuild do not wait for whoever serves the tables: %d before it, %d now", waited, n)
	}
	must(t, "Writes are open since ", append([]string{"maintenance", "off", "-by", "Rona Muir", "-reason", "Verified"}, tables...)...)
	must(t, "is in order", append([]string{"verify"}, tables...)...)

	for want, args := range map[string][]string{
		"table backoffice-prod-platform": {"fence", "-prefix", "backoffice-prod", "-endpoint", url, "-region", "eu-west-2"},
		"name them with -prefix":         {"rebuild", "-data", data, "-endpoint", url},
	} {
		if out, err := onprem(t, args...); err == nil || !strings.Contains(out, want) {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
	names, err := db.Client().ListTables(t.Context(), &dynamodb.ListTablesInput{})
	if err != nil || strings.Contains(strings.Join(names.TableNames, " "), "prod") {
		t.Errorf("a mistaken name made tables: %v, %v", names, err)
	}
	stop()
	must(t, "is in order", "verify", "-data", data)
}

// pending is how many acts of the ledger wait to be taken up.
func pending(t *testing.T, db *store.DB) int {
	t.Helper()
	page, err := db.Client().Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String("backoffice-finance"), IndexName: aws.String("pending")})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Items)
}

// forgetBalance takes a balance away, and gives its key.
func forgetBalance(t *testing.T, db *store.DB) map[string]types.AttributeValue {
	t.Helper()
	page, err := db.Client().Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String("backoffice-finance"), FilterExpression: aws.String("contains(pk, :balance)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":balance": &types.AttributeValueMemberS{Value: "|BAL|"}}})
	if err != nil || len(page.Items) == 0 {
		t.Fatal(err, len(page.Items))
	}
	lost := map[string]types.AttributeValue{"pk": page.Items[0]["pk"], "sk": page.Items[0]["sk"]}
	if _, err := db.Client().DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String("backoffice-finance"), Key: lost}); err != nil {
		t.Fatal(err)
	}
	return lost
}
