package platform

import (
	"context"
	"time"

	"backoffice/internal/fault"
	"backoffice/internal/id"
	"backoffice/internal/op"
)

// GetSession tells who the caller is.
var GetSession = op.Op[Ports, op.None, SessionView]{
	Spec: op.Spec{
		ID: "platform.get-session", Kind: op.Query, Route: "GET /platform/v1/session", Permission: "session.read",
		Summary: "Tell who I am",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Narrows: true,
	},
	Handle: getSession,
}

// SessionView is what a caller is told of itself.
type SessionView struct {
	Tenant    string   `json:"tenant" doc:"ten_…"`
	Principal string   `json:"principal" doc:"usr_… or key_…"`
	Person    string   `json:"person,omitempty" doc:"per_…; none for a machine"`
	Session   string   `json:"session,omitempty" doc:"ses_…; none where another provider signed the caller in"`
	Email     string   `json:"email,omitempty"`
	Name      string   `json:"name,omitempty" doc:"Of the person or the service key"`
	Scopes    []string `json:"scopes" doc:"Domains that the token reaches"`
	Methods   []string `json:"methods" doc:"How the caller signed in"`
	AuthTime  string   `json:"authTime,omitempty" format:"date-time" doc:"When the caller last proved it"`
}

func getSession(ctx context.Context, c *op.Call, d Ports, _ op.None) (SessionView, error) {
	v := SessionView{Tenant: c.Tenant, Principal: c.Principal, Person: c.Person, Session: c.Session, Scopes: c.Scopes, Methods: c.Methods}
	if v.Scopes == nil {
		v.Scopes = []string{}
	}
	if v.Methods == nil {
		v.Methods = []string{}
	}
	if !c.AuthTime.IsZero() {
		v.AuthTime = c.AuthTime.UTC().Format(time.RFC3339)
	}
	if id.Prefix(c.Principal) == "key" {
		k, err := d.Keys.Key(ctx, c.Tenant, c.Principal)
		v.Name = k.Name
		return v, optional(err)
	}
	u, err := d.Users.User(ctx, c.Tenant, c.Principal)
	if err != nil {
		return v, optional(err)
	}
	v.Email = u.Email
	p, err := d.People.Person(ctx, c.Tenant, u.Person)
	v.Name = p.Name
	return v, optional(err)
}

// optional lets a record be absent.
func optional(err error) error {
	if fault.OfKind(err, fault.NotFound) {
		return nil
	}
	return err
}
