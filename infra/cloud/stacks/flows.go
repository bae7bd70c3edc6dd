package stacks

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

// flows makes the stack of a domain's state machines, with what starts them; after are the stacks of its operations, which must
// be there before anything calls them.
func flows(app awscdk.App, s Settings, d catalog.Domain, after []awscdk.Stack) error {
	if len(d.Flows) == 0 {
		return nil
	}
	stack := s.newStack(app, d.Name+"-flows", "State machines of "+d.Title)
	tag(stack, "domain", d.Name)
	for _, operations := range after {
		stack.AddStackDependency(operations, jsii.String("its state machines call them"))
	}
	queue := construct.DeadLetters(stack)
	p := construct.MachineProps{Prefix: s.Prefix(), Domain: d.Name, LogDays: s.Stage.LogDays, DeadLetters: queue.AttrArn(), Find: s.spec}
	var rules []*string
	for _, m := range d.Flows {
		if m.On != "" && !s.emits(m.On) {
			return fmt.Errorf("domain %s: machine %s is started by the event %s, which no operation emits", d.Name, m.Name, m.On)
		}
		rule, err := construct.Machine(stack, m, p)
		if err != nil {
			return err
		}
		if rule != nil {
			rules = append(rules, rule)
		}
	}
	construct.Deliveries(stack, "DeadLettersPolicy", queue, rules...)
	return nil
}

// spec gives an operation of any domain, nil when there is none.
func (s Settings) spec(id string) *op.Spec {
	for _, d := range s.Domains {
		for _, o := range d.Operations {
			if o.Describe().ID == id {
				return o.Describe()
			}
		}
	}
	return nil
}

// emits tells whether any operation emits a kind of event.
func (s Settings) emits(kind string) bool {
	for _, d := range s.Domains {
		for _, o := range d.Operations {
			for _, e := range o.Describe().AllEmits() {
				if e.Type == kind {
					return true
				}
			}
		}
	}
	return false
}
