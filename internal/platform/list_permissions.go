package platform

import (
	"context"
	"slices"

	"backoffice/internal/op"
)

// ListPermissions tells what the caller may do.
var ListPermissions = op.Op[Ports, op.None, Permissions]{
	Spec: op.Spec{
		ID: "platform.list-permissions", Kind: op.Query, Route: "GET /platform/v1/permissions", Permission: "permissions.read",
		Summary:     "Tell what I may do",
		Description: "Lists every right of the system, and for each whether and how far the caller has it with the present token.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List}},
		Narrows:     true,
	},
	Handle: listPermissions,
}

// Permissions are a caller's rights among all that there are.
type Permissions struct {
	Held   []Permission `json:"held" doc:"The rights that the caller has"`
	Rights []string     `json:"rights" doc:"Every right of the system"`
}

// Permission is a right that a caller has.
type Permission struct {
	Right    string             `json:"right"`
	Scope    string             `json:"scope,omitempty" enum:"own,subordinates,all" doc:"How far it reaches in all entities; left out for not at all"`
	Roles    []string           `json:"roles" doc:"The roles that give it"`
	Entities []EntityPermission `json:"entities,omitempty" doc:"Where it reaches further than in all entities"`
}

// EntityPermission is how far a right reaches in one entity.
type EntityPermission struct {
	Entity string `json:"entity" doc:"ent_…"`
	Scope  string `json:"scope" enum:"own,subordinates,all"`
}

func listPermissions(ctx context.Context, c *op.Call, d Ports, _ op.None) (Permissions, error) {
	out := Permissions{Held: []Permission{}, Rights: slices.Clone(d.Rights)}
	if out.Rights == nil {
		out.Rights = []string{}
	}
	slices.Sort(out.Rights)
	held, err := d.Authorizer.May(ctx, c.Identity, out.Rights, c.At)
	if err != nil {
		return Permissions{}, err
	}
	out.Held = append(out.Held, held...)
	return out, nil
}
