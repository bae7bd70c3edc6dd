package platform

import (
	"context"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// CreateUser gives a person a way in.
var CreateUser = op.Op[Ports, CreateUserIn, User]{
	Spec: op.Spec{
		ID: "platform.create-user", Kind: op.Command, Route: "POST /platform/v1/users", Status: 201, Permission: "users.create",
		Summary:     "Give a person a user",
		Description: "Makes a user with which a person signs in. It has no rights beyond what is its own until roles are granted to it.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put, AllTenants: "a sign-in is looked up by e-mail before the tenant is known"}},
		Example:     op.Example{Body: `{"email":"mina.patel@example.com","person":"${platform.create-person.id}","password":"copper-lantern-drifts-home"}`},
	},
	Handle: createUser,
	Again:  userAgain[CreateUserIn],
}

// CreateUserIn is the input of CreateUser.
type CreateUserIn struct{ UserFields }

func createUser(ctx context.Context, c *op.Call, d Ports, in CreateUserIn) (User, error) {
	_, err := d.People.Person(ctx, c.Tenant, in.Person)
	if fault.OfKind(err, fault.NotFound) {
		return User{}, RulePersonUnknown.At("/person")
	}
	if err != nil {
		return User{}, err
	}
	hash := "" // no password opens it
	if in.Password != "" {
		if hash, err = d.Passwords.Hash(ctx, in.Password); err != nil {
			return User{}, err
		}
	}
	u := User{ID: c.NewID("usr"), Email: in.Email, Person: in.Person, State: StateActive, PasswordHash: hash, Version: 1}
	d.Users.AddUser(c.Act, c.Tenant, u)
	c.Act.Record(u.ID, u.Version)
	return u, nil
}

// userAgain answers a repeated call about a user.
func userAgain[In any](ctx context.Context, c *op.Call, d Ports, _ In, was op.Recorded) (User, error) {
	return d.Users.User(ctx, c.Tenant, was.Result.ID)
}
