package stacks

import (
	"fmt"
	"slices"

	"backoffice/infra/cloud/construct"
	"backoffice/internal/files"
	"backoffice/internal/op"
)

// validateOperation refuses a spec from which no sound function can be made. Each complaint names the operation.
func (s Settings) validateOperation(spec *op.Spec, tables map[string]bool) error {
	if spec.HTTP() && (spec.Method() == "" || spec.Path() == "") {
		return fmt.Errorf("operation %s has no route", spec.ID)
	}
	if spec.HTTP() && spec.Public == "" && spec.Permission == "" {
		return fmt.Errorf("operation %s has neither a permission nor a reason for being public", spec.ID)
	}
	if s.Numbers[spec.ID] == 0 {
		return fmt.Errorf("operation %s has no stack: run `make gen`", spec.ID)
	}
	for _, check := range []func(*op.Spec) error{validateFiles, s.validateEvents} {
		if err := check(spec); err != nil {
			return err
		}
	}
	if err := validateAccess(spec, tables); err != nil {
		return err
	}
	return construct.CheckLimits(spec, s.Prefix())
}

func validateFiles(spec *op.Spec) error {
	for _, f := range spec.Files {
		if !slices.Contains(files.Folders(), f.Folder) {
			return fmt.Errorf("operation %s declares files in the folder %q, which no bucket has", spec.ID, f.Folder)
		}
		if f.Do == 0 {
			return fmt.Errorf("operation %s declares the folder %s, but does nothing there", spec.ID, f.Folder)
		}
	}
	return nil
}

// validateEvents wants of each event that is emitted its struct, from which its schema is made, and for each that is taken
// somebody who emits it.
func (s Settings) validateEvents(spec *op.Spec) error {
	for _, e := range spec.AllEmits() {
		if e.Type == "" || e.Data == nil || e.Example == "" {
			return fmt.Errorf("operation %s emits the event %q, which has no schema: it lacks its type, its struct or its example", spec.ID, e.Type)
		}
	}
	if (spec.Kind == op.Subscriber) != (len(spec.On) > 0) {
		return fmt.Errorf("operation %s is a %s, and takes %d kinds of event: subscribers take some, and nothing else does", spec.ID, spec.Kind, len(spec.On))
	}
	for _, kind := range spec.On {
		if !s.emits(kind) {
			return fmt.Errorf("operation %s takes the event %s, which no operation emits", spec.ID, kind)
		}
	}
	return nil
}

const writing = op.Put | op.Update | op.Delete

// validateAccess holds what an operation declares of tables against the tables that there are. A domain's table is written by
// its own operations, and by others through a contribution only: what writes it otherwise has not declared what it does.
func validateAccess(spec *op.Spec, tables map[string]bool) error {
	for _, a := range spec.AllAccess() {
		if !tables[a.Table] {
			return fmt.Errorf("operation %s uses the table %q, which no domain has", spec.ID, a.Table)
		}
		if a.Indexes != "" && a.Do&(op.List|op.Sweep) == 0 {
			return fmt.Errorf("operation %s names indexes of %s, but neither lists nor sweeps", spec.ID, a.Table)
		}
	}
	for _, a := range spec.Access {
		if a.Table != spec.Domain() && a.Do&writing != 0 {
			return fmt.Errorf("operation %s writes the table %s, which is another domain's, and declares no contribution of that domain", spec.ID, a.Table)
		}
	}
	return nil
}
