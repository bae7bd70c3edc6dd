package stacks

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

const (
	requestsPerAddressDefault = 2_000
	requestsPerAddressMin     = 100 // WAF counts no fewer for CloudFront than this of ours
	requestsPerAddressMax     = 2_000_000
)

// Edge is the front door of a stage: CloudFront with a web ACL before all HTTP APIs. A stage without one is called at the
// APIs' own addresses.
type Edge struct {
	// DomainName is the one name of the system; without it CloudFront's own name serves. CertificateArn is its certificate,
	// which must stand in us-east-1.
	DomainName     string `json:"domainName"`
	CertificateArn string `json:"certificateArn"`
	// RequestsPerAddress is how many requests one address may send in five minutes; 0 for the default.
	RequestsPerAddress int `json:"requestsPerAddress"`
	// SecretGeneration counts the secrets between edge and functions; raising it by one replaces the present one without a
	// gap. 0 counts as 1.
	SecretGeneration int `json:"secretGeneration"`
}

func (e *Edge) requests() int {
	if e.RequestsPerAddress == 0 {
		return requestsPerAddressDefault
	}
	return e.RequestsPerAddress
}

func (e *Edge) generation() int { return max(e.SecretGeneration, 1) }

var (
	hostName       = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)
	edgeArn        = regexp.MustCompile(`^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/[0-9a-f-]{36}$`)
	errWithoutName = errors.New("domainName and certificateArn belong together")
)

// validate names every value that CloudFront or WAF would refuse.
func (e *Edge) validate() error {
	if e == nil {
		return nil
	}
	all := []error{checkDomain("edge", e.DomainName, e.CertificateArn)}
	if n := e.requests(); n < requestsPerAddressMin || n > requestsPerAddressMax {
		all = append(all, fmt.Errorf("edge.requestsPerAddress %d is not between %d and %d", n, requestsPerAddressMin, requestsPerAddressMax))
	}
	if e.SecretGeneration < 0 {
		all = append(all, fmt.Errorf("edge.secretGeneration %d is negative", e.SecretGeneration))
	}
	return errors.Join(all...)
}

// checkDomain holds a domain name of one's own and its certificate to their forms; both may be left out.
func checkDomain(of, name, certificate string) error {
	switch {
	case (name == "") != (certificate == ""):
		return fmt.Errorf("%s: %w", of, errWithoutName)
	case name == "":
		return nil
	case !hostName.MatchString(name):
		return fmt.Errorf("%s.domainName %q is no host name", of, name)
	case !edgeArn.MatchString(certificate):
		return fmt.Errorf("%s.certificateArn %q is no certificate in us-east-1", of, certificate)
	}
	return nil
}

// originSecrets name the secrets that functions take: the present one first, then the former.
func (s Settings) originSecrets() []string {
	if s.Stage.Edge == nil {
		return nil
	}
	var out []string
	for n := s.Stage.Edge.generation(); n > 0 && len(out) < originSecretsMax; n-- {
		out = append(out, fmt.Sprintf("%s-origin-%d", s.Prefix(), n))
	}
	return out
}

// resolved is how a template refers to a secret: it is looked up when the stack is deployed, and no template holds it.
func resolved(secret string) string { return "{{resolve:secretsmanager:" + secret + ":SecretString}}" }

// originSecretValues is what functions read, in the form that internal/config takes.
func (s Settings) originSecretValues() string {
	secrets := s.originSecrets()
	for i, name := range secrets {
		secrets[i] = resolved(name)
	}
	return strings.Join(secrets, ",")
}
