package platformdb

import (
	"slices"
	"testing"
	"time"

	"backoffice/internal/platform"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
)

// The past of the switch names who moved it, and nobody who came too late.
func TestTheSwitchKeepsItsPast(t *testing.T) {
	db := storetest.Open(t)
	s := New(db)
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	set := func(by string, was int, want bool) {
		t.Helper()
		moved, err := s.SetMaintenance(t.Context(), platform.Maintenance{On: was%2 == 0, By: by, Reason: "Restore", Since: at, Version: was + 1}, was)
		if err != nil || moved != want {
			t.Fatalf("%s: %v, %v", by, moved, err)
		}
	}
	set("Rona Muir", 0, true)
	set("Late Comer", 0, false)
	set("Ailsa Kerr", 1, true)
	set("Late Comer", 1, false)
	set("Mina Patel", 2, true)
	set("Early Bird", 9, false)
	now, err := s.Maintenance(t.Context())
	if err != nil || now.By != "Mina Patel" || now.Version != 3 || !now.On {
		t.Errorf("%+v, %v", now, err)
	}
	prefix := store.At("SWITCH", "")
	past, _, err := store.Scan[switchRow](t.Context(), db, store.Range{Table: table, PK: switchKey().PK, Prefix: &prefix})
	var by []string
	for _, r := range past {
		by = append(by, r.By)
	}
	if err != nil || !slices.Equal(by, []string{"Rona Muir", "Ailsa Kerr"}) || past[1].On {
		t.Errorf("moved by %v before: %v", by, err)
	}
}
