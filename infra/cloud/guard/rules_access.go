package guard

import "strings"

// accessRules are about who may do what.
func accessRules() []rule {
	return []rule{
		{name: "wildcard", types: []string{typeRole, typePolicy, typeManaged}, judge: wildcards},
		need("managed-policy", func(p place) bool { return !p.holds("ManagedPolicyArns") }, "a managed policy grants more than is declared", typeRole),
		{name: "open-policy", types: []string{typeKey, typeQueuePolicy, typeTopicPolicy, typeBucketPolicy}, judge: open},
		need("source", sourced, "a service may call it on behalf of anyone", typePermission),
		{name: "token", types: []string{typeRoute}, judge: token},
		{name: "scope", types: []string{typeRoute}, judge: scope},
		need("edge", func(p place) bool { return p.holds("DistributionConfig", "WebACLId") }, "no web application firewall stands before it", typeDistribution),
	}
}

// documents gives the policies of a role, or the one of a policy.
func documents(p place) []any {
	if p.Type != typeRole {
		return []any{p.get("PolicyDocument")}
	}
	var out []any
	for _, inline := range list(p.get("Policies")) {
		out = append(out, member(inline, "PolicyDocument"))
	}
	return out
}

// wildcards refuses what grants more than it names. A refusal may name as much as it likes.
func wildcards(p place) []string {
	var out []string
	for _, d := range documents(p) {
		for _, s := range list(member(d, "Statement")) {
			if member(s, "Effect") == "Deny" {
				continue
			}
			out = append(out, statementWildcards(s)...)
		}
	}
	return out
}

func statementWildcards(s any) []string {
	var out []string
	if member(s, "NotAction") != nil || member(s, "NotResource") != nil {
		out = append(out, "all but what is named is granted")
	}
	actions := texts(member(s, "Action"))
	for _, a := range actions {
		if strings.Contains(a, "*") {
			out = append(out, "action "+a)
		}
	}
	for _, r := range texts(member(s, "Resource")) {
		if strings.Contains(r, "*") {
			out = append(out, "resource "+r+" for "+strings.Join(actions, ", "))
		}
	}
	return out
}

// open refuses policies that allow everybody in, whatever the circumstances.
func open(p place) []string {
	document := "PolicyDocument"
	if p.Type == typeKey {
		document = "KeyPolicy"
	}
	var out []string
	for _, s := range list(p.get(document, "Statement")) {
		everybody := member(s, "Principal") == "*" || member(s, "Principal", "AWS") == "*"
		if everybody && member(s, "Effect") == "Allow" && member(s, "Condition") == nil {
			out = append(out, "everybody may "+strings.Join(texts(member(s, "Action")), ", "))
		}
	}
	return out
}

// sourced wants a service that calls a function to say on whose behalf.
func sourced(p place) bool {
	return !strings.HasSuffix(text(p.get("Principal")), ".amazonaws.com") || p.holds("SourceArn") || p.holds("SourceAccount")
}

func token(p place) []string {
	key := text(p.get("RouteKey"))
	if p.public[key] != "" || p.is("JWT", "AuthorizationType") && p.holds("AuthorizerId") {
		return nil
	}
	return []string{key + " is open to all, and no reason is declared"}
}

func scope(p place) []string {
	key := text(p.get("RouteKey"))
	if p.public[key] != "" || p.holds("AuthorizationScopes") {
		return nil
	}
	return []string{key + " asks for no scope"}
}
