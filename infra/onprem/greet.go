package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"text/template"

	"backoffice/infra/onprem/demo"
	"backoffice/infra/onprem/system"
	"backoffice/internal/platform/platformwire"
)

// greeter tells whoever starts the system where it is and how to sign in.
type greeter struct {
	out      io.Writer
	sys      *system.System
	address  string
	settings settings
	clock    *demo.Clock
}

// greet sets the demo company up if that is asked for, and prints how to go on: as one of the demo's people, or with the first
// administrator's one-time code.
func (g greeter) greet(ctx context.Context) error {
	view := greeting{Address: g.address, Data: g.settings.data}
	if g.settings.demo {
		company, err := demo.Open(ctx, demo.Options{Handler: g.sys.Host, Dir: g.settings.data, Clock: g.clock, Claim: g.claim})
		switch {
		case errors.Is(err, demo.ErrTaken):
			view.Taken = true
		case err != nil:
			return err
		default:
			view.People, view.Entity, view.Fresh = demo.People(), company.Entity, company.Fresh
		}
	}
	var err error
	if view.Entity == "" {
		if view.Code, err = g.claim(ctx); err != nil {
			return err
		}
	}
	return page.Execute(g.out, view)
}

func (g greeter) claim(ctx context.Context) (string, error) {
	return platformwire.OfferClaim(ctx, g.sys.Env)
}

// greeting is what the page shows.
type greeting struct {
	Address, Data, Entity, Code string
	People                      []demo.Person
	Fresh, Taken                bool
}

// Accountant is the person whose sign-in the page shows.
func (g greeting) Accountant() demo.Person { return g.People[1] }

// The commands need a shell, curl and sed, and nothing else; a test runs what is printed.
var page = template.Must(template.New("greeting").Funcs(template.FuncMap{"pad": pad}).Parse(`
Back Office System at {{.Address}}
  data in {{.Data}}; what it offers: {{.Address}}/openapi.json
{{- if .Taken}}

No demo company was set up: this data directory holds somebody's books. The demo needs an empty one (-data).
{{- end}}
{{- if .Code}}

No administrator yet. Claim the system, once, within a day:

curl -s {{.Address}}/platform/v1/first-administrator -H 'Content-Type: application/json' -H "Idempotency-Key: claim-$RANDOM$RANDOM" -d '{"code":"{{.Code}}","organisation":"YOUR ORGANISATION","name":"YOUR NAME","email":"YOU@EXAMPLE.COM","password":"A LONG PASSWORD"}'
{{- end}}
{{- if .Entity}}

The demo company Marlpit & Wren Ltd {{if .Fresh}}has been set up{{else}}is here{{end}}: books from April 2024 to March 2026. Its people:
{{range .People}}
  {{pad .Email}} {{pad .Password}} {{.Name}}, {{.Does}}{{end}}

Sign in:

TOKEN=$(curl -s {{.Address}}/platform/v1/sessions -H 'Content-Type: application/json' -H "Idempotency-Key: sign-in-$RANDOM$RANDOM" -d '{"email":"{{.Accountant.Email}}","password":"{{.Accountant.Password}}"}' | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')

Read a trial balance, and what was sold by cost centre:

curl -s "{{.Address}}/finance/v1/reports/trial-balance?entity={{.Entity}}&asOf=2026-03-31&format=csv" -H "Authorization: Bearer $TOKEN"
curl -s "{{.Address}}/finance/v1/reports/profit-and-loss?entity={{.Entity}}&asOf=2026-03-31&dimension=cost-centre:SALES&format=csv" -H "Authorization: Bearer $TOKEN"

Record a journal:

curl -s {{.Address}}/finance/v1/journals/record -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -H "Idempotency-Key: journal-$RANDOM$RANDOM" -d '{"entity":"{{.Entity}}","date":"2026-03-31","description":"Stationery","lines":[{"account":"7300","debit":{"amount":"24.60","currency":"GBP"}},{"account":"1200","credit":{"amount":"24.60","currency":"GBP"}}]}'
{{- end}}

`))

const padChars = 30

func pad(text string) string { return text + strings.Repeat(" ", max(padChars-len(text), 0)) }
