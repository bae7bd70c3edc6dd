package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"text/template"
	"time"

	"backoffice/internal/boclient"
	"backoffice/internal/e2e"
)

// stay makes an administrator, says how to go on by hand, and gives out tokens, until it is interrupted.
func stay(ctx context.Context, at *cloud) error {
	who, err := firstAdministrator(ctx, at)
	if err != nil {
		return err
	}
	if _, err := at.SignIn(ctx, who); err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /token", func(w http.ResponseWriter, r *http.Request) {
		token, err := at.SignIn(r.Context(), who)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		_, _ = fmt.Fprint(w, token)
	})
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: callWait}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	view := map[string]any{"Emulator": at.emulator.url, "Who": who, "Tokens": "http://" + l.Addr().String() + "/token", "URLs": at.urls,
		"Domains": slices.Sorted(maps.Keys(at.urls))}
	if err := greeting.Execute(os.Stdout, view); err != nil {
		return err
	}
	select {
	case err = <-served:
	case <-ctx.Done():
		err = srv.Close()
	}
	return err
}

// firstAdministrator claims the deployed system.
func firstAdministrator(ctx context.Context, at *cloud) (e2e.Person, error) {
	who := e2e.Person{Name: "Ailsa Kerr", Email: "ailsa.kerr@example.com", Password: "Slate-otter-winds-n0rth"} //nolint:gosec // G101: of an installation on the emulator
	code, err := at.Claim(ctx)
	if err != nil || code == "" {
		return who, errors.Join(errors.New("the system has an administrator already"), err)
	}
	client := &boclient.Client{Base: at.Base("platform"), HTTP: at.Client()}
	var made struct{ Tenant, Person, User string }
	err = client.Post(ctx, "/platform/v1/first-administrator", map[string]any{"code": code, "organisation": "Thistle & Rowan Ltd", "name": who.Name, "email": who.Email,
		"password": who.Password}, &made)
	who.Tenant, who.ID, who.User = made.Tenant, made.Person, made.User
	return who, err
}

// tokensLast is how long an access token of the pool is good.
const tokensLast = 15 * time.Minute

var greeting = template.Must(template.New("greeting").Funcs(template.FuncMap{"lasts": func() string { return tokensLast.String() }}).Parse(`
The system is deployed on the emulator at {{.Emulator}} (any AWS command line: --endpoint-url, with the keys test and test).
{{range .Domains}}
  {{.}}: {{index $.URLs .}}{{end}}

Its administrator is {{.Who.Name}} ({{.Who.Email}}, {{.Who.Password}}), whose authenticator this program holds. A token is good for {{lasts}}:

TOKEN=$(curl -s {{.Tokens}})

Tell who I am, set an entity up, and list the entities:

curl -s {{index .URLs "platform"}}/platform/v1/session -H "Authorization: Bearer $TOKEN"
curl -s {{index .URLs "finance"}}/finance/v1/entities -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -H "Idempotency-Key: entity-$RANDOM$RANDOM" -d '{"name":"Thistle & Rowan Ltd","companyNumber":"SC123456","baseCurrency":"GBP","fiscalYearStart":4,"chart":"uk-frs102-small"}'
curl -s {{index .URLs "finance"}}/finance/v1/entities -H "Authorization: Bearer $TOKEN"

Interrupt (Ctrl-C) to end it; nothing is kept.
`))
