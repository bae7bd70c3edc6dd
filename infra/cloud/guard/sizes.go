package guard

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2/cxapi"
)

const (
	// StackResourcesMax is how many resources a stack may have; CloudFormation takes 500.
	StackResourcesMax = 450
	// TemplateBytesMax is how large a template may be; CloudFormation takes 1 MB.
	TemplateBytesMax = 900_000
	// RolePolicyBytesMax is how large a role's inline policies may be; IAM takes 10,240 characters.
	RolePolicyBytesMax = 9_000
)

// Sizes holds every template of an assembly against CloudFormation's limits, with room to grow.
func Sizes(assembly cxapi.CloudAssembly) error {
	var all []error
	for _, stack := range *assembly.Stacks() {
		raw, err := os.ReadFile(*stack.TemplateFullPath())
		if err != nil {
			return err
		}
		all = append(all, size(*stack.StackName(), raw))
	}
	return errors.Join(all...)
}

func size(name string, template []byte) error {
	var t struct {
		Resources map[string]struct {
			Type       string
			Properties struct{ Policies json.RawMessage }
		}
	}
	if err := json.Unmarshal(template, &t); err != nil {
		return fmt.Errorf("guard: %s: %w", name, err)
	}
	var all []error
	if len(t.Resources) > StackResourcesMax {
		all = append(all, fmt.Errorf("guard: stack %s has %d resources, more than %d", name, len(t.Resources), StackResourcesMax))
	}
	if len(template) > TemplateBytesMax {
		all = append(all, fmt.Errorf("guard: stack %s has a template of %d bytes, more than %d", name, len(template), TemplateBytesMax))
	}
	for id, r := range t.Resources {
		if r.Type == "AWS::IAM::Role" && len(r.Properties.Policies) > RolePolicyBytesMax {
			all = append(all, fmt.Errorf("guard: stack %s: the policies of %s have %d bytes, more than %d", name, id, len(r.Properties.Policies), RolePolicyBytesMax))
		}
	}
	return errors.Join(all...)
}
