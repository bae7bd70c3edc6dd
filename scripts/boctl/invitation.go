package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"backoffice/internal/boclient"
)

// users lists users, and invites them.
func (a *app) users() *cobra.Command {
	all := a.lists(listing{use: "list", short: "List the users", path: "/platform/v1/users",
		columns: []column{{"user", "id"}, {"e-mail", "email"}, {"person", "person"}, {"state", "state"}}})
	invite := &cobra.Command{Use: "invite USER", Short: "Make a one-time code with which a user sets a password, the first or another", Args: cobra.ExactArgs(1),
		Long: "Makes a code with which the user, named by id or e-mail, sets a password, once, within 72 hours: boctl accept. It voids the one before.\n" +
			"Hand it over by a way that you trust. It never stands in for a second factor.",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, _, err := a.connect()
			if err != nil {
				return err
			}
			id, err := userID(cmd.Context(), c, args[0])
			if err != nil {
				return err
			}
			code, err := oneTimeCode(cmd.Context(), c, id)
			if err != nil {
				return err
			}
			return a.show(code, table{})
		}}
	return group("users", "Add, list and invite users", a.addUser(), all, invite)
}

// oneTimeCode makes the code with which a user sets a password.
func oneTimeCode(ctx context.Context, c *boclient.Client, user string) (code any, err error) {
	answer, err := c.Do(ctx, boclient.Call{Method: http.MethodPost, Path: "/platform/v1/users/" + user + "/one-time-code"})
	if err == nil {
		err = answer.Into(&code)
	}
	if err == nil && cell(code, "code") == "" {
		err = errLost
	}
	return code, err
}

// errLost is an answer that was lost on its way: what it showed once, the repeated call shows no more.
var errLost = errors.New("the answer was lost on its way, and what it showed is not shown again: run the command once more")

// userID finds a user by id or e-mail; "" is whoever is signed in.
func userID(ctx context.Context, c *boclient.Client, user string) (string, error) {
	if user == "" {
		var session struct{ Principal string }
		err := c.Get(ctx, "/platform/v1/session", nil, &session)
		return session.Principal, err
	}
	if !strings.Contains(user, "@") {
		return user, nil
	}
	u, err := userByEmail(ctx, c, user)
	if err == nil && u == nil {
		err = fmt.Errorf("there is no user with the e-mail %s whom you can see", user)
	}
	return cell(u, "id"), err
}

// userByEmail finds a user whom the caller can see; nil is none.
func userByEmail(ctx context.Context, c *boclient.Client, email string) (any, error) {
	all, err := every(ctx, c, "/platform/v1/users", nil)
	if err != nil {
		return nil, err
	}
	for _, u := range list(all, "data") {
		if strings.EqualFold(cell(u, "email"), email) {
			return u, nil
		}
	}
	return nil, nil
}

// newcomer is what a command asks of somebody who cannot sign in yet.
type newcomer struct {
	p     profile
	stdin bool
}

func (n *newcomer) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&n.p.Address, "address", "", "address of the system, such as https://books.example.com")
	f.StringVar(&n.p.CA, "ca", "", "file with the certificate authority of an installation that has its own")
	f.StringVar(&n.p.Email, "email", "", "e-mail of the user")
	f.BoolVar(&n.stdin, "stdin", false, "read the code and then the new password, a line each, from standard input")
}

// admit reads the code and the new password, twice at a terminal, and makes a call with them that needs no token.
func (a *app) admit(ctx context.Context, n newcomer, path string, body map[string]string) error {
	if n.p.Email == "" {
		return errors.New("--email is needed")
	}
	c, err := newClient(n.p)
	if err != nil {
		return err
	}
	code, err := a.secret("Code: ", n.stdin)
	if err != nil {
		return err
	}
	password, err := a.secret("New password: ", n.stdin)
	if err != nil {
		return err
	}
	if !n.stdin {
		again, err := a.secret("The same again: ", false)
		if err != nil {
			return err
		}
		if again != password {
			return errors.New("the two passwords differ; nothing was sent")
		}
	}
	body["email"], body["code"], body["password"] = n.p.Email, code, password
	var answer struct{ Tenant string }
	if err := c.Post(ctx, path, body, &answer); err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.out, "The password is set. Sign in: boctl sign-in --address", n.p.Address, "--email", n.p.Email, "--tenant", answer.Tenant)
	return err
}

// accept takes an invitation, or a way back in.
func (a *app) accept() *cobra.Command {
	var n newcomer
	var tenant string
	c := &cobra.Command{Use: "accept", Short: "Set a password with the one-time code that an administrator gave", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		body := map[string]string{}
		if tenant != "" {
			body["tenant"] = tenant
		}
		return a.admit(cmd.Context(), n, "/platform/v1/passwords", body)
	}}
	n.flags(c)
	c.Flags().StringVar(&tenant, "tenant", "", "ten_…, where the e-mail belongs to several")
	return c
}

// claim makes the first administrator.
func (a *app) claim() *cobra.Command {
	var n newcomer
	var organisation, name string
	c := &cobra.Command{Use: "claim", Short: "Become an installation's first administrator, with the code that it showed", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return a.admit(cmd.Context(), n, "/platform/v1/first-administrator", map[string]string{"organisation": organisation, "name": name})
	}}
	n.flags(c)
	c.Flags().StringVar(&organisation, "organisation", "", "name of the organisation whose books are kept")
	c.Flags().StringVar(&name, "name", "", "your name")
	return c
}
