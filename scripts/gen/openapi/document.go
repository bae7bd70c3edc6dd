// Package openapi makes the OpenAPI 3.1 documents from the catalogue: the same schemas that the pipeline holds a request
// against, the same headers and parameters that it takes, real answers as examples, and the problems that a call can meet.
package openapi

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
	"backoffice/scripts/gen/recording"
)

const (
	version     = "1"
	bearer      = "bearer"
	jsonMedia   = "application/json"
	patchMedia  = "application/merge-patch+json"
	csvMedia    = "text/csv"
	problemType = "application/problem+json"
)

// Material is what the documents show that does not stand in the catalogue itself, by operation.
type Material struct {
	Recordings map[string]recording.Recording
	// Problems are the codes of the rules by which an operation may refuse.
	Problems map[string][]string
}

// Build makes one document of all operations of some domains that are called over HTTPS.
func Build(domains []catalog.Domain, m Material) *huma.OpenAPI {
	b := &builder{registry: op.NewRegistry(), material: m}
	doc := &huma.OpenAPI{OpenAPI: "3.1.0", Paths: map[string]*huma.PathItem{}, Info: info(domains), Components: &huma.Components{
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
	return doc
}

// Address is where a host serves a domain's own document.
func Address(domain string) string { return "/" + domain + "/v" + version + "/openapi.json" }

func info(domains []catalog.Domain) *huma.Info {
	title := "Back Office"
	text := []string{
		"Every write takes an Idempotency-Key: repeating a call with the same key gives the first answer again, also when that answer was lost.",
		"With dryRun=true a write is checked in full and answered, and nothing is kept.",
		"Every refusal is a problem document (RFC 9457) with the permanent code of the rule, which /problems explains. `x-problems` lists those that an operation can meet.",
		"Money and quantities are decimal strings; dates are civil dates; instants are UTC.",
		"Examples are recorded answers of the real system; what is secret in them is replaced.",
	}
	if len(domains) == 1 {
		title += ": " + domains[0].Title
		text = append(text, "The document of the whole system is /openapi.json.")
	} else {
		var each []string
		for _, d := range domains {
			each = append(each, "- "+d.Title+": "+Address(d.Name))
		}
		text = append(text, "Each domain has a document of its own:\n\n"+strings.Join(each, "\n"))
	}
	return &huma.Info{Title: title, Version: version, Description: strings.Join(text, "\n\n")}
}

type builder struct {
	registry huma.Registry
	material Material
}

func (b *builder) operation(tag string, o op.Operation) *huma.Operation {
	spec := o.Describe()
	params, body, answer := o.Shapes(b.registry)
	traits, said := traitsOf(o), b.material.Recordings[spec.ID]
	out := &huma.Operation{Method: spec.Method(), Path: spec.Path(), OperationID: spec.ID, Tags: []string{tag}, Summary: spec.Summary,
		Description: describe(spec), Deprecated: spec.Deprecated != nil, Parameters: parameters(spec, params, o.Tabular(), traits, said),
		Responses: b.responses(spec, body != nil, answer, o.Tabular(), traits), Extensions: b.extensions(spec)}
	if body != nil {
		media := jsonMedia
		if spec.Method() == http.MethodPatch {
			media = patchMedia
		}
		content := &huma.MediaType{Schema: body}
		if said.Body != nil {
			content.Example = said.Body
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

// extensions name what OpenAPI has no member for: the right that a call needs, and the codes of the problems it can meet.
func (b *builder) extensions(spec *op.Spec) map[string]any {
	out := map[string]any{"x-kind": string(spec.Kind)}
	if spec.Public == "" {
		out["x-permission"] = spec.Right()
	}
	if codes := b.material.Problems[spec.ID]; len(codes) > 0 {
		out["x-problems"] = codes
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
		parts = append(parts, "Deprecated since "+spec.Deprecated.Since+"; it goes on "+spec.Deprecated.Sunset+". Use "+spec.Deprecated.Instead+".")
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
