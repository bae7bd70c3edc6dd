package platform

import (
	"context"

	"backoffice/internal/op"
)

// UpdatePerson changes a person.
var UpdatePerson = op.Op[Ports, UpdatePersonIn, Person]{
	Spec: op.Spec{
		ID: "platform.update-person", Kind: op.Command, Route: "PATCH /platform/v1/people/{personId}", Permission: "people.update",
		Summary: "Change a person",
		Access:  []op.Access{{Table: Table, Do: op.Get | op.Put | op.Delete}},
		IfMatch: true,
		Example: op.Example{Path: "personId=${platform.create-person.id}", Body: `{"name":"Mina Patel-Grant"}`},
	},
	Handle: updatePerson,
	Again:  personAgain[UpdatePersonIn],
}

// UpdatePersonIn is the input of UpdatePerson.
type UpdatePersonIn struct {
	PersonRef
	Patch op.Merge[PersonFields] `body:"merge" json:"-"`
}

func updatePerson(ctx context.Context, c *op.Call, d Ports, in UpdatePersonIn) (Person, error) {
	p, err := d.People.Person(ctx, c.Tenant, in.PersonID)
	if err != nil {
		return Person{}, err
	}
	if err := c.Match(p.Version); err != nil {
		return Person{}, err
	}
	f, err := in.Patch.Apply(p.fields())
	if err != nil {
		return Person{}, err
	}
	after := p.with(f)
	if err := checkManager(ctx, c, d, after); err != nil {
		return Person{}, err
	}
	d.People.SavePerson(c.Act, after, p)
	c.Act.Changed(p.ID, after.Version, p, after)
	return after, nil
}
