package main

import "text/template"

func parsed(text string) *template.Template { return template.Must(template.New("").Parse(text)) }

const head = `package {{.Domain}}

import (
	"context"
{{- if eq .Kind "job"}}
	"time"
{{- end}}

	"backoffice/internal/op"
)

`

const input = `
// {{.Value}}In is the input of {{.Value}}.
type {{.Value}}In struct {
	Name string ` + "`json:\"name\" minLength:\"1\" maxLength:\"120\" example:\"A {{.Noun}}\" doc:\"Name of the {{.Noun}}\"`" + `
}
`

const output = `
// {{.Value}}Out is the answer of {{.Value}}.
type {{.Value}}Out struct {
	ID      string ` + "`json:\"id\"`" + `
	Name    string ` + "`json:\"name\"`" + `
	Version int    ` + "`json:\"version\"`" + `
}

// RecordVersion gives the version for the ETag.
func (o {{.Value}}Out) RecordVersion() int { return o.Version }

func {{.Handler}}(_ context.Context, c *op.Call, _ Ports, in {{.Value}}In) ({{.Value}}Out, error) {
	out := {{.Value}}Out{ID: c.NewID("rec"), Name: in.Name, Version: 1}
	c.Act.Record(out.ID, out.Version)
	return out, nil
}

// {{.Handler}}Again answers a repeated call with what the first one did.
func {{.Handler}}Again(_ context.Context, _ *op.Call, _ Ports, in {{.Value}}In, was op.Recorded) ({{.Value}}Out, error) {
	return {{.Value}}Out{ID: was.Result.ID, Name: in.Name, Version: was.Result.Version}, nil
}
`

// bodies are the operation's file, by kind. An act is all that a scaffolded command keeps, so it needs no access of its own.
var bodies = map[string]string{
	"command": head + `// {{.Value}} {{.Verb}}s a {{.Noun}}.
var {{.Value}} = op.Op[Ports, {{.Value}}In, {{.Value}}Out]{
	Spec: op.Spec{
		ID: "{{.Domain}}.{{.Name}}", Kind: op.Command, Route: "POST {{.Route}}", Status: 201, Permission: "{{.Path}}.{{.Verb}}",
		Summary: "{{.Verb}} a {{.Noun}}",
		Example: op.Example{Body: ` + "`{\"name\":\"A {{.Noun}}\"}`" + `},
	},
	Handle: {{.Handler}},
	Again:  {{.Handler}}Again,
}
` + input + output,

	"task": head + `// {{.Value}} {{.Verb}}s a {{.Noun}}.
var {{.Value}} = op.Op[Ports, {{.Value}}In, {{.Value}}Out]{
	Spec: op.Spec{
		ID: "{{.Domain}}.{{.Name}}", Kind: op.Task, Permission: "{{.Path}}.{{.Verb}}",
		Summary: "{{.Verb}} a {{.Noun}}",
		Example: op.Example{Body: ` + "`{\"name\":\"A {{.Noun}}\"}`" + `},
	},
	Handle: {{.Handler}},
	Again:  {{.Handler}}Again,
}
` + input + output,

	"query": head + `// {{.Value}} {{.Verb}}s {{.Nouns}}.
var {{.Value}} = op.Op[Ports, {{.Value}}In, {{.Value}}Out]{
	Spec: op.Spec{
		ID: "{{.Domain}}.{{.Name}}", Kind: op.Query, Route: "GET {{.Route}}", Permission: "{{.Path}}.read",
		Summary: "{{.Verb}} {{.Nouns}}",
		Example: op.Example{Query: "name=sample"},
	},
	Handle: {{.Handler}},
}

// {{.Value}}In is the input of {{.Value}}.
type {{.Value}}In struct {
	Name string ` + "`query:\"name\" json:\"-\" maxLength:\"120\" doc:\"Name of the {{.Noun}}\"`" + `
}

// {{.Value}}Out is the answer of {{.Value}}.
type {{.Value}}Out struct {
	Name string ` + "`json:\"name\"`" + `
}

func {{.Handler}}(_ context.Context, _ *op.Call, _ Ports, in {{.Value}}In) ({{.Value}}Out, error) {
	return {{.Value}}Out{Name: in.Name}, nil
}
`,

	"subscriber": head + `// {{.Value}} {{.Verb}}s a {{.Noun}} when {{.On}} has happened.
var {{.Value}} = op.Op[Ports, {{.Value}}In, {{.Value}}Out]{
	Spec: op.Spec{
		ID: "{{.Domain}}.{{.Name}}", Kind: op.Subscriber, On: []string{"{{.On}}"}, Permission: "{{.Path}}.{{.Verb}}",
		Summary: "{{.Verb}} a {{.Noun}}",
		Example: op.Example{Body: ` + "`{\"name\":\"A {{.Noun}}\"}`" + `},
	},
	Handle: {{.Handler}},
	Again:  {{.Handler}}Again,
}
` + input + output,

	"job": head + `// {{.Value}} {{.Verb}}s {{.Nouns}}, again and again.
var {{.Value}} = op.Op[Ports, op.None, op.None]{
	Spec: op.Spec{
		ID: "{{.Domain}}.{{.Name}}", Kind: op.Job, Every: time.Hour, Permission: "{{.Path}}.{{.Verb}}",
		Summary:  "{{.Verb}} {{.Nouns}}",
		NoRecord: "It changes nothing.",
	},
	Handle: {{.Handler}},
}

func {{.Handler}}(context.Context, *op.Call, Ports, op.None) (op.None, error) {
	return op.None{}, nil
}
`,
}

const testBody = `package {{.Domain}}_test

import (
	"testing"

	"backoffice/internal/{{.Domain}}"
	"backoffice/internal/{{.Domain}}/{{.Domain}}wire"
	"backoffice/internal/op/optest"
	"backoffice/internal/store/storetest"
)

func Test{{.Value}}(t *testing.T) {
	k := optest.New(t, storetest.Open(t), nil)
	ports, err := {{.Domain}}wire.Open(t.Context(), k.Env)
	if err != nil {
		t.Fatal(err)
	}
	k.Ports = ports
{{- if eq .Kind "job"}}
	k.Do(optest.Call{Op: &{{.Domain}}.{{.Value}}}).Must(nil)
{{- else if eq .Kind "query"}}
	var out {{.Domain}}.{{.Value}}Out
	k.Do(optest.Call{Op: &{{.Domain}}.{{.Value}}, Query: "name=sample"}).Must(&out)
	if out.Name != "sample" {
		t.Errorf("got %+v", out)
	}
{{- else}}
	var first, second {{.Domain}}.{{.Value}}Out
	call := optest.Call{Op: &{{.Domain}}.{{.Value}}, Body: ` + "`{\"name\":\"A {{.Noun}}\"}`" + `, Key: "the-same"}
	k.Do(call).Must(&first)
	k.Do(call).Must(&second)
	if first.Name != "A {{.Noun}}" || first != second {
		t.Errorf("got %+v, then %+v", first, second)
	}
	k.Do(optest.Call{Op: &{{.Domain}}.{{.Value}}, Body: ` + "`{\"name\":\"\"}`" + `}).Refused(422, "API-006:/name")
{{- end}}
}
`
