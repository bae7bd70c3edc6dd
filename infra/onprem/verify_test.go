package main_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// The tables of any store that speaks DynamoDB's protocol are proved as a directory is, by what their names begin with, and
// nothing in them changes.
func TestTablesOfAStoreAreVerified(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := start(t, "-demo", "-data", data)
	p.end()
	must(t, "Backup of", "backup", "-data", data, "-to", data+"-copy")
	url, db, stop := served(t, data)
	t.Cleanup(stop)
	tables := []string{"verify", "-prefix", "backoffice", "-endpoint", url, "-region", "eu-west-2"}
	must(t, "backoffice is in order: 1 tenants", tables...)
	must(t, "hold equal books", append(tables, "-against", data+"-copy")...)
	must(t, "hold equal books", append(tables, "-against-prefix", "backoffice")...)

	forgetBalance(t, db)
	if out, err := onprem(t, tables...); err == nil || !strings.Contains(out, "DEFECT finance ") {
		t.Errorf("a balance is lost: %v\n%s", err, out)
	}
	for want, args := range map[string][]string{
		"copy table backoffice-prod-platform": {"verify", "-prefix", "backoffice-prod", "-endpoint", url, "-region", "eu-west-2"},
		"name them with -prefix":              {"verify", "-data", data, "-endpoint", url},
	} {
		if out, err := onprem(t, args...); err == nil || !strings.Contains(out, want) {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}
