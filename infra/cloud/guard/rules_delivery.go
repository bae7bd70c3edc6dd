package guard

import (
	"fmt"
	"slices"
	"strings"
)

// deliveryRules are about what nobody waits for: when it cannot be delivered, it must be kept.
func deliveryRules() []rule {
	return []rule{
		{name: "dead-letters", types: []string{typeMapping}, judge: mappingKeeps},
		{name: "dead-letters", types: []string{typeRule}, judge: targetsKeep},
		need("dead-letters", func(p place) bool { return p.holds("Target", "DeadLetterConfig", "Arn") }, "what it cannot deliver is lost", typeSchedule),
		need("dead-letters", func(p place) bool { return p.holds("RedrivePolicy") || p.takesDeadLetters() },
			"what nobody can take from it is lost", typeQueue),
		need("dead-letters", subscriptionKeeps, "what it cannot deliver is lost", typeSubscription),
		need("dead-letters", func(p place) bool { return p.holds("DestinationConfig", "OnFailure", "Destination") }, "what its function fails at is lost", typeInvokeConfig),
		{name: "dead-letters", types: []string{typePermission}, judge: calledKeeps},
		{name: "dead-letters", types: []string{typeRule, typeSchedule}, judge: aimedKeeps},
		{name: "bounded-retries", types: []string{typeRule, typeSchedule}, judge: aimsBounded},
		need("bounded-retries", func(p place) bool { return p.holds("MaximumRetryAttempts") && p.holds("MaximumEventAgeInSeconds") },
			"it says not how often and how long a call is tried again", typeInvokeConfig),
		need("bounded-retries", func(p place) bool {
			return !p.holds("StartingPosition") || p.holds("MaximumRecordAgeInSeconds") || p.holds("MaximumRetryAttempts")
		}, "it retries without end", typeMapping),
		need("partial-batch", func(p place) bool {
			return slices.Contains(texts(p.get("FunctionResponseTypes")), "ReportBatchItemFailures")
		},
			"one bad record has its whole batch delivered again", typeMapping),
	}
}

// mappingKeeps asks a stream's mapping for a destination of its own; a queue's failures go where the queue sends them.
func mappingKeeps(p place) []string {
	if p.holds("StartingPosition") {
		if !p.holds("DestinationConfig", "OnFailure", "Destination") {
			return []string{"what it cannot deliver is lost"}
		}
		return nil
	}
	queue, ok := p.resources[target(p.get("EventSourceArn"))]
	if ok && queue.Type == typeQueue && !queue.holds("RedrivePolicy") {
		return []string{"its queue has no dead-letter queue"}
	}
	return nil
}

func targetsKeep(p place) []string {
	var out []string
	for _, t := range p.aims() {
		if member(t, "DeadLetterConfig", "Arn") == nil {
			out = append(out, fmt.Sprintf("what it cannot deliver to %v is lost", member(t, "Id")))
		}
	}
	return out
}

// subscriptionKeeps lets e-mail pass, which has nowhere to be kept.
func subscriptionKeeps(p place) bool {
	return slices.Contains([]string{"email", "email-json", "sms"}, text(p.get("Protocol"))) || p.holds("RedrivePolicy")
}

// asynchronous are the services that call a function and do not wait for it.
var asynchronous = []string{"events.amazonaws.com", "s3.amazonaws.com", "sns.amazonaws.com"}

// calledKeeps wants a function that such a service may call to keep what it fails at.
func calledKeeps(p place) []string {
	id := target(p.get("FunctionName"))
	if _, here := p.resources[id]; !slices.Contains(asynchronous, text(p.get("Principal"))) || !here || p.keepsFailures(id) {
		return nil
	}
	return []string{"what its function fails at is lost"}
}

// aims gives what a rule or a schedule calls.
func (p place) aims() []any { return slices.Concat(list(p.get("Targets")), list(p.get("Target"))) }

// aimedKeeps wants a function that a rule or a schedule calls to keep what it fails at. Whoever calls it is content as soon as
// Lambda has taken the call, so its own queue for what it cannot deliver never gets such a failure. The function has to stand in
// the same template: elsewhere nothing can be seen of it.
func aimedKeeps(p place) []string {
	var out []string
	for _, t := range p.aims() {
		id := target(member(t, "Arn"))
		aim, here := p.resources[id]
		switch {
		case here && aim.Type == typeFunction && !p.keepsFailures(id):
			out = append(out, "what "+id+" fails at is lost")
		case !here && strings.Contains(text(member(t, "Arn")), ":function:"):
			out = append(out, "it calls a function of another stack, which may lose what it fails at")
		}
	}
	return out
}

// aimsBounded wants a bound to how often and how long something is tried to be delivered.
func aimsBounded(p place) []string {
	for _, t := range p.aims() {
		if member(t, "RetryPolicy", "MaximumRetryAttempts") == nil || member(t, "RetryPolicy", "MaximumEventAgeInSeconds") == nil {
			return []string{"it says not how often and how long a call is tried again"}
		}
	}
	return nil
}

// keepsFailures tells whether a function has somewhere to put the asynchronous calls that it fails at.
func (p place) keepsFailures(id string) bool {
	if p.resources[id].holds("DeadLetterConfig", "TargetArn") {
		return true
	}
	for _, r := range p.resources {
		if r.Type == typeInvokeConfig && mentions(r.get("FunctionName"), id) {
			return true // what it lacks itself is a breach of its own
		}
	}
	return false
}

// takesDeadLetters tells whether a queue is where something in its template puts what it cannot deliver.
func (p place) takesDeadLetters() bool {
	for _, r := range p.resources {
		for _, v := range []any{r.get("RedrivePolicy"), r.get("DeadLetterConfig"), r.get("DestinationConfig"), r.get("Target", "DeadLetterConfig"), r.get("DeadLetterQueue")} {
			if mentions(v, p.id) {
				return true
			}
		}
		if r.Type != typeRule {
			continue
		}
		for _, t := range list(r.get("Targets")) {
			if mentions(member(t, "DeadLetterConfig"), p.id) {
				return true
			}
		}
	}
	return false
}
