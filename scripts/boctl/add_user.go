package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"backoffice/internal/boclient"
)

// newUser is a user who is to be there, with roles.
type newUser struct {
	email, name, person string
	roles               []string
	scope, entity       string
	dryRun              bool
}

// addUser is the everyday case of a colleague who begins: a person, a user, roles and a one-time code by one command.
func (a *app) addUser() *cobra.Command {
	var n newUser
	c := &cobra.Command{Use: "add E-MAIL", Short: "Add a user with roles, and make the one-time code to hand over", Args: cobra.ExactArgs(1),
		Long: "Records the person, makes the user, grants the roles, and makes a code with which the user sets a password: boctl accept. What is there already is\n" +
			"left as it is, so a run that was cut short is simply repeated; each run makes a new code, which voids the one before. Granting and making the code\n" +
			"ask for a fresh sign-in. --dry-run looks up what is there, tries the first write that is missing, and says what would follow.",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, p, err := a.connect()
			if err != nil {
				return err
			}
			n.email = args[0]
			if n.entity != "" {
				if n.entity, err = entity(cmd.Context(), c, p, n.entity); err != nil {
					return err
				}
			}
			add := adding{newUser: n, c: c, out: map[string]any{"email": n.email, "roles": strings.Join(n.roles, ", ")}}
			if err := add.run(cmd.Context()); err != nil {
				return err
			}
			return a.done(add.out, write{dryRun: n.dryRun}, table{})
		}}
	f := c.Flags()
	f.StringVar(&n.name, "name", "", "name of the person; needed unless the user is there or --person names one who is")
	f.StringVar(&n.person, "person", "", "per_… who is recorded already")
	f.StringSliceVar(&n.roles, "role", nil, "role to grant: the name of a built-in one, or rol_…; several by commas, or repeated")
	f.StringVar(&n.scope, "scope", "all", "how far the roles reach: own, subordinates or all")
	f.StringVar(&n.entity, "entity", "", "id or name of the one entity for which the roles hold; all unless given")
	f.BoolVar(&n.dryRun, "dry-run", false, "say what would happen, and keep nothing")
	return c
}

// adding is one run: it looks before each write, and says in out what it found and made.
type adding struct {
	newUser

	c    *boclient.Client
	out  map[string]any
	done []any
	made bool // the user was not there
}

func (n *adding) run(ctx context.Context) error {
	if len(n.roles) == 0 {
		return errors.New("--role is needed: boctl call platform.list-roles shows them")
	}
	if err := n.knownRoles(ctx); err != nil { // before anything is half done
		return err
	}
	user, err := n.user(ctx)
	if err != nil {
		return err
	}
	n.out["user"], n.out["person"] = cell(user, "id"), cell(user, "person")
	for _, role := range n.roles {
		if err := n.grant(ctx, cell(user, "id"), role); err != nil {
			return err
		}
	}
	if n.dryRun {
		n.say("would make a one-time code")
	} else {
		code, err := oneTimeCode(ctx, n.c, cell(user, "id"))
		if err != nil {
			return err
		}
		n.out["code"], n.out["until"] = cell(code, "code"), cell(code, "until")
	}
	n.out["did"] = n.done
	return nil
}

func (n *adding) say(what string) { n.done = append(n.done, what) }

// knownRoles refuses a role that is mistyped or archived.
func (n *adding) knownRoles(ctx context.Context) error {
	all, err := every(ctx, n.c, "/platform/v1/roles", nil)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, r := range list(all, "data") {
		there[cell(r, "id")] = cell(r, "state") == "active"
	}
	for _, role := range n.roles {
		if !there[role] {
			return fmt.Errorf("there is no active role %q; nothing was changed", role)
		}
	}
	return nil
}

// user finds the user or makes one, with the person.
func (n *adding) user(ctx context.Context) (any, error) {
	u, err := userByEmail(ctx, n.c, n.email)
	switch {
	case err != nil:
		return nil, err
	case u != nil && cell(u, "state") != "active":
		return nil, fmt.Errorf("the user %s is %s: enable it first; nothing was changed", n.email, cell(u, "state"))
	case u != nil && n.person != "" && n.person != cell(u, "person"):
		return nil, fmt.Errorf("the user %s is another person, %s; nothing was changed", n.email, cell(u, "person"))
	case u != nil:
		n.say("the user is there")
		return u, nil
	case n.person == "" && n.name == "":
		return nil, errors.New("--name is needed: there is no user with this e-mail")
	}
	n.made = true
	if n.person == "" {
		p, err := n.write(ctx, "record the person", "/platform/v1/people", map[string]any{"name": n.name}, n.email)
		if err != nil {
			return nil, err
		}
		if n.dryRun { // whose id is not kept, so that no user can be tried with it
			n.say("would make the user")
			return map[string]any{}, nil
		}
		n.person = cell(p, "id")
	}
	return n.write(ctx, "make the user", "/platform/v1/users", map[string]any{"email": n.email, "person": n.person}, "")
}

// grant gives the user a role, unless an assignment like it holds.
func (n *adding) grant(ctx context.Context, user, role string) error {
	if n.made && n.dryRun { // there is nobody to try it with
		n.say("would grant " + role)
		return nil
	}
	path, revoked := "/platform/v1/principals/"+user+"/role-assignments", 0
	all, err := every(ctx, n.c, path, nil)
	if err != nil {
		return err
	}
	for _, g := range list(all, "data") {
		if cell(g, "role") != role || cell(g, "scope") != n.scope || cell(g, "entity") != n.entity || cell(g, "from")+cell(g, "to") != "" {
			continue
		}
		if cell(g, "state") == "active" {
			n.say(role + " is granted")
			return nil
		}
		revoked++
	}
	body := map[string]any{"role": role, "scope": n.scope}
	if n.entity != "" {
		body["entity"] = n.entity
	}
	_, err = n.write(ctx, "grant "+role, path, body, strconv.Itoa(revoked))
	return err
}

// write makes one call under a key that is made of what it asks for: a run that is repeated, or that runs beside another, asks for
// nothing twice. Of is what else the call is about; a role that was revoked meanwhile is granted anew.
func (n *adding) write(ctx context.Context, what, path string, body map[string]any, of string) (any, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q", path, body, of) // maps are printed in the order of their keys
	w := write{dryRun: n.dryRun, key: "users-add-" + base64.RawURLEncoding.EncodeToString(h.Sum(nil))}
	answer, err := w.call(ctx, n.c, boclient.Call{Method: http.MethodPost, Path: path, Body: body})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if n.dryRun {
		what = "would " + what
	}
	n.say(what)
	return answer, nil
}
