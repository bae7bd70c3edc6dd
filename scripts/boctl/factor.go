package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"backoffice/internal/boclient"
)

// factor sets up, shows and takes away second factors.
func (a *app) factor() *cobra.Command {
	return group("factor", "Set up, show or remove an authenticator, the second factor at sign-in", a.factorShow(), a.factorAdd(), a.factorConfirm(), a.factorRemove())
}

// userFlag names the user that a command is about; without it that is whoever is signed in.
func userFlag(c *cobra.Command, user *string) {
	c.Flags().StringVar(user, "user", "", "usr_… or e-mail of another user; your own unless given")
}

// factorOf gives the address of a user's second factor.
func factorOf(ctx context.Context, c *boclient.Client, user string) (string, error) {
	id, err := userID(ctx, c, user)
	return "/platform/v1/users/" + id + "/second-factor", err
}

func (a *app) factorShow() *cobra.Command {
	var user string
	c := &cobra.Command{Use: "show", Short: "Tell whether there is a second factor, and how many recovery codes are left", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		c, _, err := a.connect()
		if err != nil {
			return err
		}
		path, err := factorOf(cmd.Context(), c, user)
		if err != nil {
			return err
		}
		var f any
		if err := c.Get(cmd.Context(), path, nil, &f); err != nil {
			return err
		}
		return a.show(f, table{})
	}}
	userFlag(c, &user)
	return c
}

// factorAdd begins an authenticator. What it shows is shown once.
func (a *app) factorAdd() *cobra.Command {
	return &cobra.Command{Use: "add", Short: "Set up an authenticator: shows its secret, once", Args: cobra.NoArgs,
		Long: "Makes a new secret for an authenticator and shows it, once: type it in, or make a QR code of the address. Then confirm it by the\n" +
			"first code that the authenticator shows: boctl factor confirm. Until then sign-in goes on without it.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.changeFactor(cmd.Context(), "", "", nil)
			if err != nil {
				return err
			}
			if cell(f, "secret") == "" {
				return errLost
			}
			_, _ = fmt.Fprintln(a.errs, "Shown once. Type the secret into the authenticator, and confirm it: boctl factor confirm CODE")
			return a.show(f, table{})
		}}
}

func (a *app) factorConfirm() *cobra.Command {
	return &cobra.Command{Use: "confirm CODE", Short: "Confirm the authenticator by its first code: shows the recovery codes, once", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := a.changeFactor(cmd.Context(), "", "/confirm", map[string]string{"code": args[0]})
			if err != nil {
				return err
			}
			if len(list(f, "recoveryCodes")) == 0 {
				return errors.New("the authenticator is confirmed, but the answer with the recovery codes was lost: remove it, and set it up again")
			}
			_, _ = fmt.Fprintln(a.errs, "Sign-in asks for a code from now on. Keep the recovery codes where only you find them: they are shown once, and each signs in once.")
			return a.show(f, table{})
		}}
}

func (a *app) factorRemove() *cobra.Command {
	var user string
	c := &cobra.Command{Use: "remove [CODE]", Short: "Remove your authenticator by a code of it, or, as an administrator, that of another user", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			body := map[string]string{}
			if len(args) == 1 {
				body["code"] = args[0]
			}
			f, err := a.changeFactor(cmd.Context(), user, "/remove", body)
			if err != nil {
				return err
			}
			return a.show(f, table{})
		}}
	userFlag(c, &user)
	return c
}

// changeFactor makes one call about a user's second factor. None is a dry run: what it would show would be of no use.
func (a *app) changeFactor(ctx context.Context, user, action string, body any) (any, error) {
	c, _, err := a.connect()
	if err != nil {
		return nil, err
	}
	path, err := factorOf(ctx, c, user)
	if err != nil {
		return nil, err
	}
	answer, err := c.Do(ctx, boclient.Call{Method: http.MethodPost, Path: path + action, Body: body})
	if err != nil {
		return nil, err
	}
	var f any
	return f, answer.Into(&f)
}
