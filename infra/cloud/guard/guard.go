// Package guard holds the rules that every stack must keep, whoever wrote it: an Aspect that visits each resource, and a check
// of the templates' sizes. A breach stops the synthesis and names its culprit.
package guard

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
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
		g.need(node, member(node, r.TracingConfig(), "mode") == "Active", "tracing is off")
		g.need(node, member(node, r.LoggingConfig(), "logGroup") != nil, "it writes to a log group of its own making, whose entries never expire")
	case awslambda.CfnEventSourceMapping:
		g.need(node, member(node, r.DestinationConfig(), "onFailure") != nil, "what it cannot deliver is lost")
		g.need(node, r.MaximumRecordAgeInSeconds() != nil || r.MaximumRetryAttempts() != nil, "it retries without end")
	case awsscheduler.CfnSchedule:
		g.need(node, member(node, r.Target(), "deadLetterConfig") != nil, "what it cannot deliver is lost")
	case awsevents.CfnRule:
		g.targets(node, r.Targets())
	case awssqs.CfnQueue:
		g.need(node, r.SqsManagedSseEnabled() == true || r.KmsMasterKeyId() != nil, "its messages are not encrypted")
	case awslogs.CfnLogGroup:
		g.need(node, r.RetentionInDays() != nil, "its entries never expire")
	case awsdynamodb.CfnTable:
		g.need(node, member(node, r.PointInTimeRecoverySpecification(), "pointInTimeRecoveryEnabled") == true, "point-in-time recovery is off")
		g.need(node, member(node, r.SseSpecification(), "sseEnabled") == true, "it is not encrypted with a key of the account")
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

// targets wants a dead-letter queue behind each target of a rule.
func (g *Guard) targets(node constructs.IConstruct, targets any) {
	list, _ := resolved(node, targets).([]any)
	for _, t := range list {
		m, _ := t.(map[string]any)
		g.need(node, m["deadLetterConfig"] != nil, fmt.Sprintf("what it cannot deliver to %v is lost", m["id"]))
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
	raw, err := json.Marshal(resolved(node, policies))
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

// texts flattens one text, a function of texts, or a list of them.
func texts(v any) []string {
	if list, ok := v.([]any); ok {
		var out []string
		for _, e := range list {
			out = append(out, texts(e)...)
		}
		return out
	}
	return []string{flat(v)}
}

// flat renders a text or a Fn::Join; what is known only when deployed stands as <…>.
func flat(v any) string {
	switch t := v.(type) {
	case string:
		return t
	case map[string]any:
		join, ok := t["Fn::Join"].([]any)
		if !ok || len(join) != 2 {
			return "<…>"
		}
		parts, _ := join[1].([]any)
		separator, _ := join[0].(string)
		out := make([]string, 0, len(parts))
		for _, p := range parts {
			out = append(out, flat(p))
		}
		return strings.Join(out, separator)
	}
	return fmt.Sprint(v)
}

// resolved gives a property as plain maps and lists.
func resolved(node constructs.IConstruct, property any) any {
	if property == nil {
		return nil
	}
	return awscdk.Stack_Of(node).Resolve(property)
}

// member gives one member of a property.
func member(node constructs.IConstruct, property any, name string) any {
	m, _ := resolved(node, property).(map[string]any)
	return m[name]
}
