// Package guard holds the rules that every stack must keep, whoever wrote it: an Aspect that visits each resource, and a check
// of the templates' sizes. A breach stops the synthesis and names its culprit.
package guard

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
)

// Guard is the Aspect.
type Guard struct {
	public   map[string]string // routes that need no token -> the reason why
	breaches []error
}

// New makes a guard; public gives the routes that need no token, each with its reason.
func New(public map[string]string) *Guard { return &Guard{public: public} }

// Err gives every breach that the synthesis met, nil for none.
func (g *Guard) Err() error { return errors.Join(g.breaches...) }

// Visit judges one resource.
func (g *Guard) Visit(node constructs.IConstruct) {
	switch r := node.(type) {
	case awslambda.CfnFunction:
		g.need(node, text(r.TracingConfig(), "mode") == "Active", "tracing is off")
		g.need(node, text(r.LoggingConfig(), "logGroup") != "", "it writes to a log group of its own making, whose entries never expire")
	case awslogs.CfnLogGroup:
		g.need(node, r.RetentionInDays() != nil, "its entries never expire")
	case awsdynamodb.CfnTable:
		g.need(node, is(r.PointInTimeRecoverySpecification(), "pointInTimeRecoveryEnabled"), "point-in-time recovery is off")
		g.need(node, is(r.SseSpecification(), "sseEnabled"), "it is not encrypted with a key of the account")
		g.need(node, r.DeletionProtectionEnabled() == true, "it can be deleted")
	case awsiam.CfnRole:
		g.policies(node, r.Policies())
		g.need(node, r.ManagedPolicyArns() == nil, "a managed policy grants more than is declared")
	case awsapigatewayv2.CfnRoute:
		g.route(node, r)
	}
}

func (g *Guard) need(node constructs.IConstruct, ok bool, breach string) {
	if !ok {
		g.breaches = append(g.breaches, fmt.Errorf("guard: %s: %s", *node.Node().Path(), breach))
	}
}

func (g *Guard) route(node constructs.IConstruct, r awsapigatewayv2.CfnRoute) {
	if reason := g.public[*r.RouteKey()]; reason != "" {
		return
	}
	g.need(node, r.AuthorizationType() != nil && *r.AuthorizationType() == "JWT" && r.AuthorizerId() != nil, *r.RouteKey()+" is open to all, and no reason is declared")
	g.need(node, r.AuthorizationScopes() != nil && len(*r.AuthorizationScopes()) > 0, *r.RouteKey()+" asks for no scope")
}

// policies refuses wildcards, but for those that Suppressions explains.
func (g *Guard) policies(node constructs.IConstruct, policies any) {
	var list []struct {
		PolicyDocument struct {
			Statement []struct{ Action, Resource any }
		}
	}
	raw, err := json.Marshal(policies)
	if err == nil {
		err = json.Unmarshal(raw, &list)
	}
	if err != nil {
		g.breaches = append(g.breaches, fmt.Errorf("guard: %s: its policies cannot be read: %w", *node.Node().Path(), err))
		return
	}
	for _, p := range list {
		for _, s := range p.PolicyDocument.Statement {
			actions := texts(s.Action)
			for _, a := range actions {
				g.need(node, !strings.Contains(a, "*"), "the action "+a+" is a wildcard")
			}
			for _, r := range texts(s.Resource) {
				g.need(node, !strings.Contains(r, "*") || suppressed(actions, r), "the resource "+r+" is a wildcard for "+strings.Join(actions, ", "))
			}
		}
	}
}

// texts flattens one text or a list of texts.
func texts(v any) []string {
	switch t := v.(type) {
	case string:
		return []string{t}
	case []any:
		var out []string
		for _, e := range t {
			out = append(out, texts(e)...)
		}
		return out
	}
	raw, err := json.Marshal(v) // a function such as Fn::Join: its text is judged as a whole
	if err != nil {
		return []string{"*"}
	}
	return []string{string(raw)}
}

// member reads a member of a property, in whatever form the property came back.
func member(v any, name string) any {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var m map[string]any
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	return m[name]
}

func text(v any, name string) string { s, _ := member(v, name).(string); return s }

func is(v any, name string) bool { return member(v, name) == true }
