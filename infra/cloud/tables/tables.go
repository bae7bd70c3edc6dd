// Package tables says what a stage's tables are called, and what they have beside their items. The stacks make them so; who
// restores one has to set it anew, since a restore brings items and indexes back and nothing else.
package tables

import (
	"fmt"
	"regexp"
)

// ExpiryAttribute holds the second after which the store may drop an item.
const ExpiryAttribute = "ttl"

// generation is what restored tables are called: r1 after the first restore, then r2.
var generation = regexp.MustCompile(`^r[1-9][0-9]{0,2}$`)

// CheckGeneration refuses what is no generation of restored tables.
func CheckGeneration(g string) error {
	if !generation.MatchString(g) {
		return fmt.Errorf("tables %q is no generation of tables: it is r1, r2, …", g)
	}
	return nil
}

// Prefix begins the names of the tables of a generation, and of nothing else; prefix begins every other name of the stage. The
// tables that a stage began with have no generation.
func Prefix(prefix, generation string) string {
	if generation == "" {
		return prefix
	}
	return prefix + "-" + generation
}
