package finance

import (
	"errors"
	"time"

	"backoffice/internal/fault"
)

// Validation is the outcome of a check: postable, or every rule that stands in the way.
type Validation struct {
	Postable bool          `json:"postable"`
	Errors   []fault.Field `json:"errors"`
}

// validate runs the checks of drafting and of posting, and gathers what both find.
func (b Books) validate(j Journal, f JournalFields) Validation {
	v := Validation{Errors: []fault.Field{}}
	seen := map[fault.Field]bool{}
	note := func(err error) {
		var e *fault.Error
		if !errors.As(err, &e) {
			return
		}
		for _, f := range e.Fields {
			if !seen[f] {
				seen[f] = true
				v.Errors = append(v.Errors, f)
			}
		}
	}
	c := fault.Collect()
	f.Validate(c)
	note(c.Err())
	_, err := b.Draft(j.ID, f, j.Kind, Hand{j.CreatedBy, j.Maker})
	note(err)
	_, err = b.Post(j, j.CreatedBy, time.Time{})
	note(err)
	v.Postable = len(v.Errors) == 0
	return v
}
