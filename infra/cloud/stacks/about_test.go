package stacks_test

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
	"testing"

	"backoffice/internal/catalog"
	"backoffice/internal/config"
	"backoffice/internal/host/about"
	"backoffice/internal/op"
)

// The function that needs no token is called for its own routes, and may read of each table one partition, in which nothing is
// kept; no other grant, no secret but the edge's.
func TestAnybodyMayAskForHealthAndDocuments(t *testing.T) {
	tpl := templates(t)["backoffice-test-about"]
	var routes []string
	for id, r := range tpl.OfType("AWS::ApiGatewayV2::Route") {
		routes = append(routes, r.Text("RouteKey"))
		if r.Text("AuthorizationType") != "NONE" || r.Properties["AuthorizerId"] != nil {
			t.Errorf("%s asks for a token", id)
		}
	}
	want := about.Routes()
	slices.Sort(routes)
	slices.Sort(want)
	if !slices.Equal(routes, want) {
		t.Errorf("routes %v, want %v", routes, want)
	}
	var tables []string
	for _, d := range catalog.Domains() {
		tables = append(tables, d.Name)
	}
	slices.Sort(tables)
	role := only(t, tpl, "AWS::IAM::Role").Properties
	grant := at(role, "Policies", 0, "PolicyDocument", "Statement", 2)
	for _, table := range tables {
		if !strings.Contains(grant, "table/backoffice-test-"+table+`"`) {
			t.Errorf("%s is not reached: %s", table, grant)
		}
	}
	if at(role, "Policies", 0, "PolicyDocument", "Statement", 2, "Action") != `["dynamodb:GetItem"]` && at(role, "Policies", 0, "PolicyDocument", "Statement", 2, "Action") != "dynamodb:GetItem" ||
		at(role, "Policies", 0, "PolicyDocument", "Statement", 2, "Condition") != `{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["reach"]}}` ||
		at(role, "Policies", 0, "PolicyDocument", "Statement", 3) != "" {
		t.Errorf("grants %s", at(role, "Policies"))
	}
	variables := only(t, tpl, "AWS::Lambda::Function").Properties["Environment"]
	if at(variables, "Variables", about.EnvTables) != strings.Join(tables, ",") || strings.Contains(at(variables), config.EnvCursorKey) {
		t.Errorf("variables %s", at(variables))
	}
}

// behaviourOf gives the number of the first behaviour whose pattern a path fits, as CloudFront looks for it; -1 for the default.
func behaviourOf(t *testing.T, patterns []string, address string) int {
	t.Helper()
	return slices.IndexFunc(patterns, func(pattern string) bool {
		// An asterisk of CloudFront's takes slashes, too: as one of path.Match takes anything else.
		fits, err := path.Match(strings.ReplaceAll(pattern, "/", "|"), strings.ReplaceAll(address, "/", "|"))
		if err != nil {
			t.Fatal(err)
		}
		return fits
	})
}

// Every address that the system gives out leads to the API that answers it: operations, the types of problem documents, the links
// between pages of a list, which repeat the path that was asked, health, and the documents.
func TestAddressesThatAreGivenOutLeadThroughTheFrontDoor(t *testing.T) {
	made := only(t, guardedTemplate(t, "edge"), "AWS::CloudFront::Distribution").Properties["DistributionConfig"]
	var patterns, targets []string
	for i := 0; at(made, "CacheBehaviors", i) != ""; i++ {
		patterns = append(patterns, at(made, "CacheBehaviors", i, "PathPattern"))
		targets = append(targets, at(made, "CacheBehaviors", i, "TargetOriginId"))
	}
	leads := func(address, to string, kept bool) {
		n := behaviourOf(t, patterns, address)
		const cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"
		if n < 0 || targets[n] != to || (at(made, "CacheBehaviors", n, "CachePolicyId") == cachingOptimized) != kept {
			t.Errorf("%s leads to behaviour %d of %v", address, n, patterns)
		}
		// What is kept for everybody must not depend on what one viewer sends.
		if n >= 0 && kept && (at(made, "CacheBehaviors", n, "OriginRequestPolicyId") != "null" || !strings.Contains(at(made, "CacheBehaviors", n, "ResponseHeadersPolicyId"), "DocumentHeaders")) {
			t.Errorf("%s: %s", address, at(made, "CacheBehaviors", n))
		}
	}
	for _, rule := range catalog.Rules() {
		var p op.Problem
		if err := json.Unmarshal(op.Refuse(rule.Err(), "req_1").Body, &p); err != nil {
			t.Fatal(err)
		}
		leads(p.Type, "about", true)
	}
	for _, route := range about.Routes() {
		_, address, _ := strings.Cut(route, " ")
		leads(strings.ReplaceAll(address, "{domain}", "box"), "about", address != "/health")
	}
	for _, d := range boxes() {
		for _, o := range d.Operations {
			leads(o.Describe().Path(), d.Name, false)
		}
	}
}
