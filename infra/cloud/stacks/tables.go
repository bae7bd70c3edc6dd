package stacks

import (
	"fmt"
	"strings"

	"backoffice/infra/cloud/construct"
	"backoffice/infra/cloud/tables"
)

func (s Settings) validateTables() error {
	if g := s.Stage.Tables; g != "" {
		if err := tables.CheckGeneration(g); err != nil {
			return fmt.Errorf("stage %s: %w, or left out for the tables that the stage began with", s.Name, err)
		}
	}
	if last := s.Name[strings.LastIndexByte(s.Name, '-')+1:]; last != s.Name && tables.CheckGeneration(last) == nil {
		return fmt.Errorf("stage %s ends as restored tables do, which begin with their stage's name: call it otherwise", s.Name)
	}
	return nil
}

// TablePrefix begins the names of the stage's tables, and of nothing else: a stage that has gone over to restored tables keeps
// every other name that it has.
func (s Settings) TablePrefix() string { return tables.Prefix(s.Prefix(), s.Stage.Tables) }

// tableID is the logical id of a table. Restored tables have another one than those before them, so that CloudFormation takes
// them into the stack as they are, and lets go of the former ones, which are retained. With the same id it would see one table
// with another name, which it replaces by a new and empty one.
func (s Settings) tableID() string { return construct.LogicalName("table-" + s.Stage.Tables) }
