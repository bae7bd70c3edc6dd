package platform

import (
	"context"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// CreatePerson records a person.
var CreatePerson = op.Op[Ports, CreatePersonIn, Person]{
	Spec: op.Spec{
		ID: "platform.create-person", Kind: op.Command, Route: "POST /platform/v1/people", Status: 201, Permission: "people.create",
		Summary:     "Record a person",
		Description: "Records a person of the tenant, and whom that person reports to: rights of the scope 'subordinates' follow that line.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Example:     op.Example{Body: `{"name":"Mina Patel","source":"hr-system","externalId":"E-1042"}`},
	},
	Handle: createPerson,
	Again:  personAgain[CreatePersonIn],
}

// CreatePersonIn is the input of CreatePerson.
type CreatePersonIn struct{ PersonFields }

func createPerson(ctx context.Context, c *op.Call, d Ports, in CreatePersonIn) (Person, error) {
	p := Person{ID: c.NewID("per")}.with(in.PersonFields)
	if err := checkManager(ctx, c, d, p); err != nil {
		return Person{}, err
	}
	d.People.AddPerson(c.Act, c.Tenant, p)
	c.Act.Record(p.ID, p.Version)
	return p, nil
}

// checkManager follows a person's line of managers: each must exist, and none may be the person.
func checkManager(ctx context.Context, c *op.Call, d Ports, p Person) error {
	above := p.Manager
	for range managersMax {
		if above == "" {
			return nil
		}
		if above == p.ID {
			return RuleManagerLoop.At("/manager")
		}
		manager, err := d.People.Person(ctx, c.Tenant, above)
		if fault.OfKind(err, fault.NotFound) {
			return RulePersonUnknown.At("/manager")
		}
		if err != nil {
			return err
		}
		above = manager.Manager
	}
	return RuleManagerDeep.At("/manager")
}

// personAgain answers a repeated call about a person.
func personAgain[In any](ctx context.Context, c *op.Call, d Ports, _ In, was op.Recorded) (Person, error) {
	return d.People.Person(ctx, c.Tenant, was.Result.ID)
}
