package demo

import (
	"context"
	"errors"
	"net/http"

	"backoffice/internal/boclient"
)

// person is one of the company's people. Their passwords stand here for all to read: they exist in demo companies only, which
// listen on the machine's own addresses only.
type person struct{ name, email, password, does string }

var (
	administrator = person{"Ailsa Kerr", "ailsa@marlpit.example", "slate-otter-winds-north", "administrator: may do everything"}
	accountant    = person{"Mina Patel", "mina@marlpit.example", "copper-lantern-drifts-home", "accountant: keeps the books, may not post her own drafts"}
	approver      = person{"Owen Rees", "owen@marlpit.example", "harbour-fennel-quiet-bell", "approver and auditor: reads all, posts others' drafts, locks periods"}
)

// Person is how a visitor signs in.
type Person struct{ Name, Email, Password, Does string }

// People lists who can sign in to the demo company.
func People() []Person {
	var out []Person
	for _, p := range []person{administrator, accountant, approver} {
		out = append(out, Person{Name: p.name, Email: p.email, Password: p.password, Does: p.does})
	}
	return out
}

const organisation = "Marlpit & Wren Ltd"

// enter claims the installation, unless an earlier run has, and signs the administrator in.
func (s *setup) enter(ctx context.Context) error {
	err := s.signIn(ctx, administrator)
	if p, ok := errors.AsType[*boclient.Problem](err); !ok || p.Status != http.StatusUnauthorized {
		return err
	}
	if s.code == "" {
		if s.code, err = s.options.Claim(ctx); err != nil {
			return err
		}
		if s.code == "" {
			return ErrTaken
		}
	}
	body := map[string]any{"code": s.code, "organisation": organisation, "name": administrator.name, "email": administrator.email,
		"password": administrator.password}
	if err := s.api.client.Post(ctx, "/platform/v1/first-administrator", body, nil); err != nil {
		return err
	}
	return s.signIn(ctx, administrator)
}

func (s *setup) signIn(ctx context.Context, who person) error {
	s.api.client.Bearer = ""
	var tokens struct {
		AccessToken string `json:"accessToken"`
	}
	if err := s.api.client.Post(ctx, "/platform/v1/sessions", map[string]any{"email": who.email, "password": who.password}, &tokens); err != nil {
		return err
	}
	s.api.bearers[who.email] = tokens.AccessToken
	return nil
}

// appoint makes the other two people, their users and their roles: nobody both keeps the books and approves.
func (s *setup) appoint(ctx context.Context) error {
	var role struct {
		ID string `json:"id"`
	}
	rights := []string{"finance.journals.post", "finance.periods.lock", "finance.periods.reopen"}
	if err := s.api.post(ctx, administrator, "/platform/v1/roles", map[string]any{"name": "Journal approver", "rights": rights}, &role); err != nil {
		return err
	}
	if err := s.hire(ctx, accountant, "accountant"); err != nil {
		return err
	}
	return s.hire(ctx, approver, "auditor", "approver", role.ID)
}

func (s *setup) hire(ctx context.Context, who person, roles ...string) error {
	var human, user struct {
		ID string `json:"id"`
	}
	if err := s.api.post(ctx, administrator, "/platform/v1/people", map[string]any{"name": who.name}, &human); err != nil {
		return err
	}
	body := map[string]any{"email": who.email, "person": human.ID, "password": who.password}
	if err := s.api.post(ctx, administrator, "/platform/v1/users", body, &user); err != nil {
		return err
	}
	for _, role := range roles {
		if err := s.api.post(ctx, administrator, "/platform/v1/principals/"+user.ID+"/role-assignments", map[string]any{"role": role, "scope": "all"}, nil); err != nil {
			return err
		}
	}
	return s.signIn(ctx, who)
}
