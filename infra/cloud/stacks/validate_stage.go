package stacks

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"backoffice/internal/catalog"
)

const (
	// stageNameCharsMax leaves room for the longest name that holds the stage's: a bucket's, with the account, of 63 characters.
	stageNameCharsMax = 27
	// routesMax is how many routes and integrations an HTTP API takes; the second cannot be raised.
	routesMax = 300
)

// stageName is what buckets, queues and functions may all be called after.
var stageName = regexp.MustCompile(`^[a-z]([a-z0-9-]*[a-z0-9])?$`)

// logRetentions are the days that CloudWatch Logs can keep entries for.
var logRetentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

// validateStage names what some service would refuse in the midst of a deployment.
func (s Settings) validateStage() error {
	var all []error
	if !stageName.MatchString(s.Name) || len(s.Name) > stageNameCharsMax {
		all = append(all, fmt.Errorf("stage %q is no name of at most %d small letters, digits and hyphens, a letter first", s.Name, stageNameCharsMax))
	}
	own := s.Stage.Issuer != "" || s.Stage.Identity.DomainName != "" || s.Stage.Identity.DomainPrefix != ""
	if !own && slices.ContainsFunc(reserved, func(w string) bool { return strings.Contains(s.Name, w) }) {
		all = append(all, fmt.Errorf("stage %s: the sign-in pages would be called after it, and Cognito takes no name with %s in it: give it an identity.domainPrefix", s.Name, strings.Join(reserved, ", ")))
	}
	if s.Stage.LogDays != 0 && !slices.Contains(logRetentions, s.Stage.LogDays) {
		all = append(all, fmt.Errorf("stage %s: logDays %d is none of %v, which CloudWatch Logs knows", s.Name, s.Stage.LogDays, logRetentions))
	}
	if s.Stage.AuditDays < 0 || s.Stage.Reserved < 0 {
		all = append(all, fmt.Errorf("stage %s: auditDays or reserved is less than nought", s.Name))
	}
	return errors.Join(all...)
}

// validateRoutes holds a domain to what its HTTP API takes.
func validateRoutes(d catalog.Domain) error {
	routes := 0
	for _, o := range d.Operations {
		if o.Describe().HTTP() {
			routes++
		}
	}
	if routes > routesMax {
		return fmt.Errorf("domain %s has %d routes, and an HTTP API takes %d: part the domain", d.Name, routes, routesMax)
	}
	return nil
}
