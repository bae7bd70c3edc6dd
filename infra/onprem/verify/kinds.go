package verify

import (
	"strings"

	"backoffice/internal/store"
)

// class says what answers for an item.
type class int

const (
	// recorded items are written by acts only: the last act that wrote one holds its hash.
	recorded class = iota
	// fleeting items are written by acts and removed again in the end.
	fleeting
	// derived items follow from others, and are computed anew.
	derived
	// momentary items are of the running system: sessions, counts of failures, numbers that a process has leased.
	momentary
	// act is an act itself; the audit chain answers for it.
	act
)

// classOf sorts an item by its key. A kind that nobody named here counts as recorded: it must have its act.
func classOf(p place) class {
	switch p.kind() {
	case "ACT":
		return act
	case "BAL", "DAY", "LED", "REG", "NO", "CHAIN":
		return derived
	case "NUM":
		return momentary
	case "PTYNAME", "REP":
		return fleeting
	case "PRN":
		if strings.HasPrefix(p.sk, "S|") || p.sk == "F" {
			return momentary
		}
	}
	switch {
	case p.table == "migration" && p.kind() == "EXT": // let go of when an import is rolled back
		return fleeting
	case p.pk == "claim", p.pk == store.InstallationSpace, strings.HasPrefix(p.pk, "login|") && p.sk == "F":
		return momentary
	case strings.HasPrefix(p.pk, "login|"):
		return fleeting
	}
	return recorded
}

// tenantless tells whether an item belongs to no tenant: signing in has to find one first.
func tenantless(p place) bool {
	return p.table == "platform" && (p.pk == "claim" || p.pk == store.InstallationSpace || strings.HasPrefix(p.pk, "login|"))
}

// cleared are the imports of which what they were made from has been deleted: an act leaves no trace of a row that it deletes,
// and the import itself says so.
type cleared map[string]bool

// read takes note of an import that was cleared.
func (c cleared) read(p place, it item) {
	if p.table == "migration" && p.kind() == "IMP" && it["clr"] != nil {
		c[p.pk+"|"+p.sk] = true
	}
}

// has tells whether an item is a part of an import that was cleared.
func (c cleared) has(p place) bool {
	parts := strings.SplitN(p.pk, "|", 4)
	return p.table == "migration" && p.kind() == "IMP" && len(parts) > 2 && c[strings.Join(parts[:3], "|")]
}
