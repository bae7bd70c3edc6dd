package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"backoffice/internal/boclient"
)

// signIn opens a session, or keeps a service key, in a profile, which becomes the current one.
func (a *app) signIn() *cobra.Command {
	var p profile
	var tenant, code string
	var stdin, key bool
	c := &cobra.Command{Use: "sign-in", Short: "Sign in with e-mail and password, or keep a service key", Args: cobra.NoArgs,
		Long: "Signs in and keeps what that gave in the profile, which becomes the current one. The password is read without being shown, or from standard input\n" +
			"with --password-stdin; a service key is read from standard input with --service-key-stdin. Whoever has an authenticator is asked for\n" +
			"what it shows, or a recovery code, unless --code says it or it is the second line of standard input.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ps, err := a.load()
			if err != nil {
				return err
			}
			before := ps.All[a.name(ps)]
			if p.Address == "" {
				p.Address = before.Address
			}
			if p.CA == "" {
				p.CA = before.CA
			}
			if key {
				return a.keepKey(cmd.Context(), p)
			}
			if p.Email == "" {
				p.Email = before.Email
			}
			return a.openSession(cmd.Context(), p, tenant, code, stdin)
		}}
	f := c.Flags()
	f.StringVar(&p.Address, "address", "", "address of the system, such as https://books.example.com")
	f.StringVar(&p.CA, "ca", "", "file with the certificate authority of an installation that has its own")
	f.StringVar(&p.Email, "email", "", "e-mail of the user")
	f.StringVar(&tenant, "tenant", "", "ten_…, where the e-mail belongs to several")
	f.StringVar(&code, "code", "", "what the authenticator shows, or a recovery code")
	f.BoolVar(&stdin, "password-stdin", false, "read the password from standard input")
	f.BoolVar(&key, "service-key-stdin", false, "read a service key from standard input, and keep it instead of signing in")
	return c
}

func (a *app) openSession(ctx context.Context, p profile, tenant, code string, stdin bool) error {
	if p.Email == "" {
		return errors.New("--email is needed")
	}
	c, err := newClient(p)
	if err != nil {
		return err
	}
	password, err := a.secret("Password of "+p.Email+": ", stdin)
	if err != nil {
		return err
	}
	body := map[string]string{"email": p.Email, "password": password}
	if tenant != "" {
		body["tenant"] = tenant
	}
	if code != "" {
		body["code"] = code
	}
	t, err := a.proven(ctx, c, body, stdin)
	if err != nil {
		return err
	}
	p.AccessToken, p.RefreshToken = t.AccessToken, t.RefreshToken
	return a.keep(ctx, p, "Signed in to "+p.Address+" as "+p.Email+".")
}

// codeFactorNeeded is the rule by which signing in asks for a second factor.
const codeFactorNeeded = "PLT-MFA-001"

// proven signs in, and asks for a code where the system does: only then is it known that the user has a second factor.
func (a *app) proven(ctx context.Context, c *boclient.Client, body map[string]string, stdin bool) (t tokens, err error) {
	err = c.Post(ctx, "/platform/v1/sessions", body, &t)
	if refused, ok := errors.AsType[*boclient.Problem](err); !ok || refused.Code != codeFactorNeeded {
		return t, err
	}
	code, asked := a.secret("Code of the authenticator, or a recovery code: ", stdin)
	if asked != nil {
		return t, fmt.Errorf("%w\nGive it with --code, or as the second line of standard input", err)
	}
	body["code"] = code
	return t, c.Post(ctx, "/platform/v1/sessions", body, &t)
}

// keepKey keeps a service key once it has been seen to work.
func (a *app) keepKey(ctx context.Context, p profile) error {
	c, err := newClient(p)
	if err != nil {
		return err
	}
	if p.ServiceKey, err = a.secret("", true); err != nil {
		return err
	}
	p.Email = ""
	c.Bearer = p.ServiceKey
	if err := c.Get(ctx, "/platform/v1/session", nil, new(map[string]any)); err != nil {
		return err
	}
	return a.keep(ctx, p, "The service key works; calls to "+p.Address+" are made with it.")
}

func (a *app) keep(ctx context.Context, p profile, said string) error {
	err := a.change(ctx, func(ps *profiles) error {
		name := a.name(*ps)
		p.Entity = ps.All[name].Entity
		if ps.All[name].Address != p.Address {
			p.Entity = ""
		}
		ps.All[name], ps.Current = p, name
		return nil
	})
	if err == nil {
		_, _ = fmt.Fprintln(a.out, said)
	}
	return err
}

const secretCharsMax = 4096

// secret reads a line that must not be seen: from the terminal without echo, or from standard input.
func (a *app) secret(prompt string, stdin bool) (string, error) {
	if f, ok := a.in.(*os.File); ok && !stdin && term.IsTerminal(int(f.Fd())) {
		_, _ = fmt.Fprint(a.errs, prompt)
		raw, err := term.ReadPassword(int(f.Fd()))
		_, _ = fmt.Fprintln(a.errs)
		return string(raw), err
	}
	if !stdin {
		return "", errors.New("no terminal to ask at: give it on standard input, and say so")
	}
	if a.lines == nil {
		a.lines = bufio.NewReader(io.LimitReader(a.in, secretCharsMax))
	}
	line, err := a.lines.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.New("standard input holds no further line")
	}
	return line, nil
}

// signOut ends the session, and forgets what the profile kept.
func (a *app) signOut() *cobra.Command {
	return &cobra.Command{Use: "sign-out", Short: "End the session, and forget it", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		c, p, err := a.connect()
		if err != nil {
			return err
		}
		if p.ServiceKey == "" {
			_, err := c.Do(cmd.Context(), boclient.Call{Method: http.MethodPost, Path: "/platform/v1/session/end", Body: map[string]any{}})
			if refused, ok := errors.AsType[*boclient.Problem](err); err != nil && (!ok || refused.Status != http.StatusUnauthorized) {
				return err
			}
		}
		return a.change(cmd.Context(), func(ps *profiles) error {
			name := a.name(*ps)
			kept := ps.All[name]
			kept.AccessToken, kept.RefreshToken, kept.ServiceKey = "", "", ""
			ps.All[name] = kept
			return nil
		})
	}}
}

func (a *app) whoami() *cobra.Command {
	var rights bool
	c := &cobra.Command{Use: "whoami", Short: "Tell who is signed in, and with --rights what they may do", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		c, _, err := a.connect()
		if err != nil {
			return err
		}
		path, list := "/platform/v1/session", table{}
		if rights {
			path = "/platform/v1/permissions"
			list = table{rows: "held", columns: []column{{"right", "right"}, {"scope", "scope"}, {"roles", "roles"}}}
		}
		var answer any
		if err := c.Get(cmd.Context(), path, nil, &answer); err != nil {
			return err
		}
		return a.show(answer, list)
	}}
	c.Flags().BoolVar(&rights, "rights", false, "list the rights")
	return c
}

// profiles lists the profiles, and chooses the current one.
func (a *app) profiles() *cobra.Command {
	list := &cobra.Command{Use: "list", Short: "List the profiles", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		ps, err := a.load()
		if err != nil {
			return err
		}
		var rows []any
		for name, p := range ps.All {
			rows = append(rows, map[string]any{"name": name, "address": p.Address, "email": p.Email, "entity": p.Entity, "current": name == a.name(ps), "signedIn": p.bearer() != ""})
		}
		slices.SortFunc(rows, func(x, y any) int { return strings.Compare(cell(x, "name"), cell(y, "name")) })
		return a.show(map[string]any{"data": rows}, table{rows: "data", columns: []column{{"name", "name"}, {"address", "address"}, {"email", "email"},
			{"entity", "entity"}, {"current", "current"}, {"signed in", "signedIn"}}})
	}}
	use := &cobra.Command{Use: "use NAME", Short: "Make a profile the current one", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		return a.change(cmd.Context(), func(ps *profiles) error {
			if _, ok := ps.All[args[0]]; !ok {
				return fmt.Errorf("there is no profile %q", args[0])
			}
			ps.Current = args[0]
			return nil
		})
	}}
	return group("profiles", "List profiles and choose one", list, use)
}
