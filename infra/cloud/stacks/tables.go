package stacks

import (
	"fmt"
	"regexp"

	"backoffice/infra/cloud/construct"
)

// generation is what restored tables are called: r1 after the first restore that was gone over to.
var generation = regexp.MustCompile(`^r[1-9][0-9]{0,2}$`)

// endsInGeneration finds a stage whose tables could be taken for another stage's restored ones.
var endsInGeneration = regexp.MustCompile(`-r[1-9][0-9]{0,2}$`)

func (s Settings) validateTables() error {
	if g := s.Stage.Tables; g != "" && !generation.MatchString(g) {
		return fmt.Errorf("stage %s: tables %q is no generation of tables: it is r1, r2, …, or left out for the tables that the stage began with", s.Name, g)
	}
	if endsInGeneration.MatchString(s.Name) {
		return fmt.Errorf("stage %s ends as restored tables do, which begin with their stage's name: call it otherwise", s.Name)
	}
	return nil
}

// TablePrefix begins the names of the stage's tables, and of nothing else: a stage that has gone over to restored tables keeps
// every other name that it has.
func (s Settings) TablePrefix() string {
	if s.Stage.Tables == "" {
		return s.Prefix()
	}
	return s.Prefix() + "-" + s.Stage.Tables
}

// tableID is the logical id of a table. Restored tables have another one than those before them, so that CloudFormation takes
// them into the stack as they are, and lets go of the former ones, which are retained. With the same id it would see one table
// with another name, which it replaces by a new and empty one.
func (s Settings) tableID() string { return construct.LogicalName("table-" + s.Stage.Tables) }
