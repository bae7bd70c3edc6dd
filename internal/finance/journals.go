package finance

import (
	"context"

	"backoffice/internal/op"
)

// JournalRef names a journal in the path.
type JournalRef struct {
	JournalID string `path:"journalId" json:"-" doc:"jrn_…"`
}

func (d Ports) journal(ctx context.Context, c *op.Call, ref JournalRef) (Journal, error) {
	j, err := d.Journals.Journal(ctx, c.Tenant, ref.JournalID)
	if err != nil {
		return j, err
	}
	if err := c.Within(j.Entity); err != nil {
		return j, err
	}
	if err := c.Concerns(j.Maker); err != nil {
		return j, err
	}
	return j, c.Match(j.Version)
}

// fields gives a journal back in the form in which it is sent.
func (j Journal) fields() JournalFields {
	f := JournalFields{Entity: j.Entity, Date: j.Date, Description: j.Description, Series: j.Series, Source: j.Source, ExternalID: j.ExternalID}
	for _, l := range j.Lines {
		f.Lines = append(f.Lines, LineFields(l.view()))
	}
	return f
}
