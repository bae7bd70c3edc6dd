package main_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/infra/onprem/verify"
)

// tear takes a journal away from a data directory whose system is stopped, and gives its id.
func tear(t *testing.T, data string) string {
	t.Helper()
	set, err := verify.Open(filepath.Join(data, "store"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := set.Close(); err != nil {
			t.Error(err)
		}
	}()
	table := aws.String(set.DB.TableName("finance"))
	page, err := set.DB.Client().Scan(t.Context(), &dynamodb.ScanInput{TableName: table, FilterExpression: aws.String("contains(pk, :journal)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":journal": &types.AttributeValueMemberS{Value: "|JRN|"}}})
	if err != nil || len(page.Items) == 0 {
		t.Fatal(err, len(page.Items))
	}
	lost := map[string]types.AttributeValue{"pk": page.Items[0]["pk"], "sk": page.Items[0]["sk"]}
	if _, err := set.DB.Client().DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: table, Key: lost}); err != nil {
		t.Fatal(err)
	}
	return page.Items[0]["id"].(*types.AttributeValueMemberS).Value
}

// What an act wrote is put back from a later copy, after a dry run that only says so; asked again, there is nothing to do.
func TestMendingADataDirectory(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := start(t, "-demo", "-data", data)
	p.end()
	must(t, "Backup of", "backup", "-data", data, "-to", data+"-copy")
	journal := tear(t, data)
	if out, err := onprem(t, "verify", "-data", data); err == nil || !strings.Contains(out, journal) {
		t.Fatalf("the lost journal %s is not found: %v\n%s", journal, err, out)
	}
	mend := []string{"mend", "-data", data, "-from", data + "-copy", "-by", "Rona Muir", "-reason", "Restore"}
	must(t, "WOULD MEND finance ", append(mend, "-dry-run")...)
	out, err := onprem(t, mend...)
	if err != nil || !strings.Contains(out, "MENDED finance ") || !strings.Contains(out, journal) || !strings.Contains(out, "1 items to mend, 0 left.") || !strings.Contains(out, "is in order") {
		t.Error(err, out)
	}
	must(t, "0 items to mend, 0 left.", mend...)
	must(t, "is in order", "verify", "-data", data)

	tear(t, data) // and the same of the tables of a store
	url, _, stop := served(t, data)
	must(t, "1 items to mend, 0 left.\nbackoffice is in order", "mend", "-prefix", "backoffice", "-endpoint", url, "-region", "eu-west-2",
		"-from", data+"-copy", "-by", "Rona Muir", "-reason", "Restore", "-work", t.TempDir())
	stop()

	for want, args := range map[string][]string{
		"-from or -from-prefix is needed": {"mend", "-data", data, "-by", "x", "-reason", "y"},
		"-by and -reason are needed":      {"mend", "-data", data, "-from", data + "-copy"},
		"is a backup":                     {"mend", "-data", data + "-copy", "-from", data, "-by", "x", "-reason", "y"},
	} {
		if out, err := onprem(t, args...); err == nil || !strings.Contains(out, want) {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}
