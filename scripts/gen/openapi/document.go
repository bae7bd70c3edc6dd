// Package openapi makes the OpenAPI 3.1 document of the whole system from the catalogue: the same schemas that the pipeline
// holds a request against, and the same headers and parameters that it takes.
package openapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

const (
	version     = "1"
	bearer      = "bearer"
	jsonMedia   = "application/json"
	patchMedia  = "application/merge-patch+json"
	csvMedia    = "text/csv"
	problemType = "application/problem+json"
)

// Build makes the document of all operations that are called over HTTPS. It fails naming every example that cannot be right.
func Build(domains []catalog.Domain) (*huma.OpenAPI, error) {
	b := &builder{registry: op.NewRegistry(), answers: answersOf(domains)}
	doc := &huma.OpenAPI{OpenAPI: "3.1.0", Paths: map[string]*huma.PathItem{}, Info: info(), Components: &huma.Components{
		Schemas: b.registry, Responses: problems(b.registry), Headers: headers(),
		SecuritySchemes: map[string]*huma.SecurityScheme{bearer: {Type: "http", Scheme: "bearer", BearerFormat: "JWT",
			Description: "An access token of the configured issuer. It says who calls; each domain asks for one scope."}},
	}, Servers: []*huma.Server{{URL: "/", Description: "The host, or the domain name of a deployed stage"}}}
	for _, d := range domains {
		doc.Tags = append(doc.Tags, &huma.Tag{Name: d.Title, Description: "Scope backoffice/" + d.Name})
		for _, o := range d.Operations {
			if o.Describe().HTTP() {
				doc.AddOperation(b.operation(d.Title, o))
			}
		}
	}
	return doc, errors.Join(b.faults...)
}

func info() *huma.Info {
	return &huma.Info{Title: "Back Office", Version: version, Description: strings.Join([]string{
		"Every write takes an Idempotency-Key: repeating a call with the same key gives the first answer again, also when that answer was lost.",
		"With dryRun=true a write is checked in full and answered, and nothing is kept.",
		"Every refusal is a problem document (RFC 9457) with the permanent code of the rule.",
		"Money and quantities are decimal strings; dates are civil dates; instants are UTC.",
	}, "\n\n")}
}

type builder struct {
	registry huma.Registry
	answers  map[string]answerOf // by operation id: where examples' placeholders find their values
	faults   []error
}

func (b *builder) fail(format string, args ...any) {
	b.faults = append(b.faults, fmt.Errorf("openapi: "+format, args...))
}

func (b *builder) operation(tag string, o op.Operation) *huma.Operation {
	spec := o.Describe()
	params, body, answer := o.Shapes(b.registry)
	traits := traitsOf(o)
	out := &huma.Operation{Method: spec.Method(), Path: spec.Path(), OperationID: spec.ID, Tags: []string{tag}, Summary: spec.Summary,
		Description: describe(spec), Deprecated: spec.Deprecated != nil, Parameters: b.parameters(spec, params, o.Tabular(), traits),
		Responses: b.responses(spec, body != nil, answer, o.Tabular(), traits)}
	if body != nil {
		media := jsonMedia
		if spec.Method() == http.MethodPatch {
			media = patchMedia
		}
		content := &huma.MediaType{Schema: body}
		if spec.Example.Body != "" {
			content.Example = b.exampleBody(spec)
		}
		out.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{media: content}}
	}
	if spec.Public == "" {
		out.Security = []map[string][]string{{bearer: {"backoffice/" + spec.Domain()}}}
	} else {
		out.Security = []map[string][]string{}
	}
	return out
}

// describe is the operation's own text and what every caller asks next: the right, and how it behaves when repeated.
func describe(spec *op.Spec) string {
	var parts []string
	if spec.Description != "" {
		parts = append(parts, spec.Description)
	}
	if spec.Public != "" {
		parts = append(parts, "Needs no token: "+spec.Public)
	} else {
		parts = append(parts, "Permission: `"+spec.Right()+"`.")
	}
	if spec.StepUp > 0 {
		parts = append(parts, "The person must have signed in within the last "+spec.StepUp.String()+".")
	}
	if spec.Deprecated != nil {
		parts = append(parts, "Deprecated since "+spec.Deprecated.Since+"; it goes on "+spec.Deprecated.Sunset+".")
	}
	if spec.Kind == op.Command && spec.NoRecord != "" {
		parts = append(parts, "Leaves no act: "+spec.NoRecord)
	}
	if events := spec.AllEmits(); len(events) > 0 {
		names := make([]string, len(events))
		for i, e := range events {
			names[i] = "`" + e.Type + "`"
		}
		parts = append(parts, "Emits "+strings.Join(names, ", ")+".")
	}
	return strings.Join(parts, "\n\n")
}
