// Package about answers for what a system says of itself to anybody, without a token: whether it is well, the page of each rule,
// to which the type of every problem document leads, and its OpenAPI documents. The host serves it beside the operations; in the
// cloud it is a function of its own (infra/cloud/trigger/about).
package about

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"
	"time"

	"backoffice/docs"
	"backoffice/internal/fault"
	"backoffice/internal/op"
)

const (
	// EnvTables lists, comma separated, the tables that the function must reach to be well.
	EnvTables = "BACKOFFICE_TABLES"

	// HealthPath is the one address whose answer nobody may keep.
	HealthPath = "/health"

	rulesPath    = "/problems"
	documentPath = "/openapi.json"
	// healthWait is how long the store may take to answer before the system is called unwell.
	healthWait = 3 * time.Second
	// fresh is how long an edge or a browser may keep a document, which changes with a deployment only.
	fresh = "public, max-age=300"
)

// Routes are the routes that a system has beside its operations, {domain} standing for each domain's name. What they answer is
// kept by an edge for a while, but for health.
func Routes() []string {
	return []string{"GET " + HealthPath, "GET " + rulesPath, "GET " + rulesPath + "/{code}", "GET " + documentPath, "GET /{domain}/v1" + documentPath}
}

// Rule is a rule as /problems lists it.
type Rule struct {
	Code   string `json:"code"`
	Status int    `json:"status"`
	Text   string `json:"text"`
	Help   string `json:"help"`
}

// RuleList is what /problems answers.
type RuleList struct {
	Data []Rule `json:"data"`
}

// ListRules lists rules by their codes, each once.
func ListRules(rules []fault.Rule) RuleList {
	out := RuleList{Data: []Rule{}}
	for _, r := range rules {
		out.Data = append(out.Data, Rule{Code: r.Code, Status: op.StatusOf(r.Kind), Text: r.Text, Help: r.Help})
	}
	slices.SortFunc(out.Data, func(a, b Rule) int { return cmp.Compare(a.Code, b.Code) })
	out.Data = slices.Compact(out.Data)
	return out
}

// Pages are the answers, made once.
type Pages struct {
	rules     map[string]Rule
	documents map[string][]byte // by path
	reach     func(context.Context) error
}

// New reads the documents that this build carries; reach tells whether the store can be reached.
func New(reach func(context.Context) error) (*Pages, error) {
	p := &Pages{rules: map[string]Rule{}, documents: map[string][]byte{}, reach: reach}
	var list RuleList
	if err := json.Unmarshal(docs.Problems, &list); err != nil {
		return nil, fmt.Errorf("about: the rules: %w", err)
	}
	for _, r := range list.Data {
		p.rules[r.Code] = r
	}
	of := map[string][]byte{rulesPath: docs.Problems, documentPath: docs.OpenAPI}
	for _, name := range docs.Domains() {
		own, err := docs.DomainOpenAPI(name)
		if err != nil {
			return nil, err
		}
		of["/"+name+"/v1"+documentPath] = own
	}
	for path, raw := range of {
		var b bytes.Buffer // without its indentation, which would be half of an answer
		if err := json.Compact(&b, raw); err != nil {
			return nil, fmt.Errorf("about: the document %s: %w", path, err)
		}
		p.documents[path] = b.Bytes()
	}
	return p, nil
}

// Answer answers a GET of one of the routes by its path; what there is no page of is refused.
func (p *Pages) Answer(ctx context.Context, req *op.Request) *op.Response {
	if req.Address == HealthPath {
		return p.health(ctx, req)
	}
	if document, there := p.documents[req.Address]; there {
		return page("application/json", document)
	}
	code, isRule := strings.CutPrefix(req.Address, rulesPath+"/")
	if rule, known := p.rules[code]; isRule && known {
		return rulePage(rule)
	}
	return op.Refuse(op.RuleNotFound.Err(), req.ID)
}

func (p *Pages) health(ctx context.Context, req *op.Request) *op.Response {
	ctx, cancel := context.WithTimeout(ctx, healthWait)
	defer cancel()
	if err := p.reach(ctx); err != nil {
		return op.Refuse(op.RuleUnavailable.Err().Because(err), req.ID)
	}
	resp := page("application/json", []byte(`{"status":"ok"}`+"\n"))
	resp.Header.Set("Cache-Control", "no-store")
	return resp
}

func page(kind string, body []byte) *op.Response {
	return &op.Response{Status: http.StatusOK, Body: body,
		Header: http.Header{"Content-Type": {kind}, "Cache-Control": {fresh}, "X-Content-Type-Options": {"nosniff"}}}
}

// rulePage is for people, who follow the type of a problem document. It has nothing that a browser would load or run.
func rulePage(r Rule) *op.Response {
	resp := page("text/html; charset=utf-8", fmt.Appendf(nil, "<!doctype html><html lang=\"en-GB\"><title>%[1]s</title><h1>%[1]s</h1><p>Status %[2]d</p><p>%[3]s</p><p>%[4]s</p></html>\n",
		html.EscapeString(r.Code), r.Status, html.EscapeString(r.Text), html.EscapeString(r.Help)))
	resp.Header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	return resp
}
