package store_test

import (
	"slices"
	"strings"
	"testing"

	"backoffice/internal/store/storetest"
)

// Tables that are there are reached; one that is not is named.
func TestTablesAreReached(t *testing.T) {
	db := storetest.Open(t)
	if err := db.Reach(t.Context(), storetest.Tables...); err != nil {
		t.Error(err)
	}
	if err := db.Reach(t.Context(), slices.Concat(storetest.Tables, []string{"nowhere"})...); err == nil || !strings.Contains(err.Error(), "the table nowhere") {
		t.Errorf("error %v", err)
	}
}
