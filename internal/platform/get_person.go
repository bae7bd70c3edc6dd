package platform

import (
	"context"

	"backoffice/internal/op"
)

// GetPerson reads a person within the caller's reach.
var GetPerson = op.Op[Ports, PersonRef, Person]{
	Spec: op.Spec{
		ID: "platform.get-person", Kind: op.Query, Route: "GET /platform/v1/people/{personId}", Permission: "people.read",
		Summary: "Read a person",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Narrows: true,
		Example: op.Example{Path: "personId=${platform.create-person.id}"},
	},
	Handle: getPerson,
}

// PersonRef names a person in the path.
type PersonRef struct {
	PersonID string `path:"personId" json:"-" doc:"per_…"`
}

func getPerson(ctx context.Context, c *op.Call, d Ports, in PersonRef) (Person, error) {
	within := reach(c)
	if !covers(within, in.PersonID) {
		return Person{}, op.RuleNotFound.Err()
	}
	return d.People.Person(ctx, c.Tenant, in.PersonID)
}
