package e2e

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"backoffice/internal/boclient"
)

const organisation = "Thistle & Rowan Ltd"

// refuseStrangers asks with no token, with one that nobody signed, and for a path of another's with nothing at all.
func refuseStrangers(ctx context.Context, r *Run) error {
	encode := base64.RawURLEncoding.EncodeToString
	r.tokens["forger@example.com"] = strings.Join([]string{encode([]byte(`{"alg":"RS256","kid":"k"}`)), encode([]byte(`{"tenant":"ten_1"}`)), encode([]byte("signed"))}, ".")
	r.tokens["unsigned@example.com"] = encode([]byte(`{"alg":"none"}`)) + "." + encode([]byte(`{"tenant":"ten_1","principal":"usr_1"}`)) + "."
	for _, who := range []string{"", "forger@example.com", "unsigned@example.com"} {
		for _, path := range []string{"/platform/v1/session", "/finance/v1/entities", "/migration/v1/imports"} {
			if err := r.refused(ctx, Person{Email: who}, http.StatusUnauthorized, "", boclient.Call{Method: http.MethodGet, Path: path}); err != nil {
				return err
			}
		}
	}
	return nil
}

// claim makes the first administrator. A wrong code is refused, and so is the right one a second time.
func claim(ctx context.Context, r *Run) error {
	code, err := r.at.Claim(ctx)
	if err != nil {
		return err
	}
	who := Person{Name: "Ailsa Kerr", Email: "ailsa.kerr@example.com", Password: "Slate-otter-winds-n0rth"} //nolint:gosec // G101: of an installation made for the suite
	call := func(code string) boclient.Call {
		return boclient.Call{Method: http.MethodPost, Path: "/platform/v1/first-administrator",
			Body: map[string]any{"code": code, "organisation": organisation, "name": who.Name, "email": who.Email, "password": who.Password}}
	}
	if err := r.refused(ctx, Person{}, http.StatusUnauthorized, "PLT-CLM-001", call(code+"A")); err != nil {
		return fmt.Errorf("a wrong code: %w", err)
	}
	a, err := r.do(ctx, Person{}, http.StatusCreated, call(code))
	if err != nil {
		return err
	}
	var made struct{ Tenant, Person, User string }
	if err := a.Into(&made); err != nil {
		return err
	}
	if err := r.refused(ctx, Person{}, http.StatusUnauthorized, "PLT-CLM-001", call(code)); err != nil {
		return fmt.Errorf("the code a second time: %w", err)
	}
	who.Tenant, who.ID, who.User = made.Tenant, made.Person, made.User
	r.administrator = who
	return r.signIn(ctx, who)
}

// signIn gets somebody's token, and has the platform tell whose it is.
func (r *Run) signIn(ctx context.Context, who Person) error {
	token, err := r.at.SignIn(ctx, who)
	if err != nil {
		return fmt.Errorf("%s signs in: %w", who.Email, err)
	}
	r.tokens[who.Email] = token
	var session struct{ Tenant, Principal, Person, Name string }
	if err := r.get(ctx, who, "/platform/v1/session", nil, &session); err != nil {
		return err
	}
	if session.Tenant != who.Tenant || session.Principal != who.User || session.Person != who.ID || session.Name != who.Name {
		return fmt.Errorf("%s is known as %+v", who.Email, session)
	}
	return nil
}

// hire makes the people of the later steps. Nobody both keeps the books and approves.
func hire(ctx context.Context, r *Run) error {
	var role record
	body := map[string]any{"name": "Journal approver", "rights": []string{"finance.journals.post"}}
	if err := r.create(ctx, r.administrator, "/platform/v1/roles", body, &role); err != nil {
		return err
	}
	for _, h := range []struct {
		into  *Person
		who   Person
		roles []string
	}{
		{&r.accountant, Person{Name: "Mina Patel", Email: "mina.patel@example.com", Password: "Copper-lantern-dr1fts-home"}, []string{"accountant"}},
		{&r.approver, Person{Name: "Owen Rees", Email: "owen.rees@example.com", Password: "Harbour-fennel-qu1et-bell"}, []string{"auditor", role.ID}},
	} {
		who, err := r.appoint(ctx, h.who, h.roles)
		if err != nil {
			return fmt.Errorf("%s: %w", h.who.Name, err)
		}
		*h.into = who
	}
	return nil
}

func (r *Run) appoint(ctx context.Context, who Person, roles []string) (Person, error) {
	var person, user record
	if err := r.create(ctx, r.administrator, "/platform/v1/people", map[string]any{"name": who.Name}, &person); err != nil {
		return who, err
	}
	body := map[string]any{"email": who.Email, "person": person.ID, "password": who.Password}
	if err := r.create(ctx, r.administrator, "/platform/v1/users", body, &user); err != nil {
		return who, err
	}
	who.Tenant, who.ID, who.User = r.administrator.Tenant, person.ID, user.ID
	for _, role := range roles {
		if err := r.create(ctx, r.administrator, assignments(who), map[string]any{"role": role, "scope": "all"}, nil); err != nil {
			return who, err
		}
	}
	return who, r.signIn(ctx, who)
}

func assignments(who Person) string {
	return "/platform/v1/principals/" + who.User + "/role-assignments"
}

// grantAndRevoke shows a role at work. What somebody may do is known for a minute, so that it is gone is for a later step to see.
func grantAndRevoke(ctx context.Context, r *Run) error {
	who, err := r.appoint(ctx, Person{Name: "Tess Moran", Email: "tess.moran@example.com", Password: "Walnut-ferry-slow-r1ver"}, []string{"auditor"})
	if err != nil {
		return err
	}
	r.visitor = who
	if may, err := r.mayRead(ctx, who); !may || err != nil {
		return errors.Join(errors.New("the granted role does not give its rights"), err)
	}
	posting := boclient.Call{Method: http.MethodPost, Path: "/finance/v1/journals/record", Body: r.agency("10.00")}
	if err := r.refused(ctx, r.visitor, http.StatusForbidden, "API-018", posting); err != nil {
		return fmt.Errorf("beyond the role: %w", err)
	}
	self := boclient.Call{Method: http.MethodPost, Path: assignments(r.administrator), Body: map[string]any{"role": "auditor", "scope": "all"}}
	if err := r.refused(ctx, r.administrator, http.StatusForbidden, "", self); err != nil {
		return fmt.Errorf("to oneself: %w", err)
	}
	var granted struct{ Data []record }
	if err := r.get(ctx, r.administrator, assignments(who), nil, &granted); err != nil {
		return err
	}
	if len(granted.Data) != 1 {
		return fmt.Errorf("the visitor's roles are %v", granted.Data)
	}
	revoke := boclient.Call{Method: http.MethodPost, Path: assignments(who) + "/" + granted.Data[0].ID + "/revoke", IfMatch: `"v1"`}
	if _, err := r.do(ctx, r.administrator, http.StatusOK, revoke); err != nil {
		return err
	}
	r.revokedAt = time.Now()
	return nil
}

// mayRead tells whether somebody may read the entity.
func (r *Run) mayRead(ctx context.Context, who Person) (bool, error) {
	err := r.get(ctx, who, r.entityPath(), nil, nil)
	if p, ok := errors.AsType[*boclient.Problem](err); ok && p.Status == http.StatusForbidden {
		return false, nil
	}
	return err == nil, err
}

const rightsKnownMax = time.Minute

// revoked lets the minute end for which rights may be known, and asks once: what is allowed then would be a breach.
func revoked(ctx context.Context, r *Run) error {
	if err := r.at.Later(ctx, rightsKnownMax-time.Since(r.revokedAt)); err != nil {
		return err
	}
	if may, err := r.mayRead(ctx, r.visitor); may || err != nil {
		return errors.Join(errors.New("may still read"), err)
	}
	if may, err := r.mayRead(ctx, r.approver); !may || err != nil {
		return errors.Join(errors.New("somebody else may not read any more"), err)
	}
	return nil
}
