package stacks

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"backoffice/internal/host/lambdahost/claim"
	"backoffice/internal/id"
)

const (
	// servicesMax keeps the parameter that maps machine clients to principals under SSM's 4 KB, and the authorizer's audiences
	// under API Gateway's 50.
	servicesMax  = 24
	providersMax = 20
	callbacksMax = 20
)

// Identity is how people and machines sign in at a stage's user pool. The zero value is sound: a pool with a second factor and
// nobody federated.
type Identity struct {
	// DomainName is where people sign in, with its certificate in us-east-1; without it the pool has a name of Cognito's own
	// that begins with DomainPrefix (the stage and the account unless given).
	DomainName     string `json:"domainName"`
	CertificateArn string `json:"certificateArn"`
	DomainPrefix   string `json:"domainPrefix"`
	// CallbackURLs are where the web client is sent back to with a code; LogoutURLs where it may end.
	CallbackURLs []string `json:"callbackUrls"`
	LogoutURLs   []string `json:"logoutUrls"`
	// EmailFrom and EmailIdentityArn have invitations sent by SES; without them Cognito sends a few a day under its own name.
	EmailFrom        string `json:"emailFrom"`
	EmailIdentityArn string `json:"emailIdentityArn"`
	// ThreatProtection takes the pool's dearer plan, which judges each sign-in by its risk.
	ThreatProtection bool `json:"threatProtection"`
	// AdministratorSignIn lets whoever holds the account's rights sign people in by the API; for tests of a deployed stage.
	AdministratorSignIn bool `json:"administratorSignIn"`
	// Services are the machine clients.
	Services []Service `json:"services"`
	// Providers are the tenants' own issuers.
	Providers []Provider `json:"providers"`
}

// Service is a machine client. It acts as one of a tenant's service keys, with that key's roles, and loses them with it.
type Service struct {
	Name      string   `json:"name"`
	Tenant    string   `json:"tenant"`    // ten_…
	Principal string   `json:"principal"` // key_…
	Scopes    []string `json:"scopes"`    // names of domains
}

// Provider is a tenant's own issuer, by OpenID Connect or SAML. It can only sign in people of its tenant.
type Provider struct {
	Name   string `json:"name"`
	Tenant string `json:"tenant"` // ten_…
	Type   string `json:"type"`   // OIDC or SAML
	// Issuer, ClientID and ClientSecret are OpenID Connect's; the secret is named, as it is called in Secrets Manager.
	Issuer       string `json:"issuer"`
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
	// MetadataURL is where a SAML issuer describes itself.
	MetadataURL string `json:"metadataUrl"`
	// Attributes map the pool's standard attributes to the issuer's; e-mail to e-mail unless given.
	Attributes map[string]string `json:"attributes"`
}

var (
	serviceName  = regexp.MustCompile(`^[a-z][a-z0-9-]{1,38}[a-z0-9]$`)
	providerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{2,31}$`) // the first _ of a federated user's name ends it
	domainPrefix = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	secretName   = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,200}$`)
	reserved     = []string{"aws", "amazon", "cognito"}
)

// validate names every value that Cognito would refuse, or that would let somebody in who should not be.
func (i Identity) validate(domains []string) error {
	all := []error{checkDomain("identity", i.DomainName, i.CertificateArn), i.checkMail()}
	if i.DomainPrefix != "" && (!domainPrefix.MatchString(i.DomainPrefix) || slices.ContainsFunc(reserved, func(w string) bool { return strings.Contains(i.DomainPrefix, w) })) {
		all = append(all, fmt.Errorf("identity.domainPrefix %q is not one that Cognito takes", i.DomainPrefix))
	}
	all = append(all, checkURLs("identity.callbackUrls", i.CallbackURLs), checkURLs("identity.logoutUrls", i.LogoutURLs))
	if len(i.Services) > servicesMax || len(i.Providers) > providersMax {
		all = append(all, fmt.Errorf("identity: at most %d services and %d providers", servicesMax, providersMax))
	}
	seen := map[string]bool{}
	for _, s := range i.Services {
		all = append(all, s.validate(domains), once(seen, "service", s.Name))
	}
	for _, p := range i.Providers {
		all = append(all, p.validate(), once(seen, "provider", p.Name))
	}
	return errors.Join(all...)
}

func (i Identity) checkMail() error {
	if (i.EmailFrom == "") != (i.EmailIdentityArn == "") {
		return errors.New("identity.emailFrom and identity.emailIdentityArn belong together")
	}
	if i.EmailFrom != "" && !strings.HasPrefix(i.EmailIdentityArn, "arn:aws") {
		return fmt.Errorf("identity.emailIdentityArn %q is no ARN", i.EmailIdentityArn)
	}
	return nil
}

func once(seen map[string]bool, kind, name string) error {
	if seen[kind+name] {
		return fmt.Errorf("identity: two times the %s %q", kind, name)
	}
	seen[kind+name] = true
	return nil
}

// checkURLs wants https, or http on the developer's own machine, and no fragment, which would carry a code to where no server
// sees it.
func checkURLs(of string, all []string) error {
	var errs []error
	for _, text := range all {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.Fragment != "" || u.User != nil || u.Scheme != "https" && !here(u) {
			errs = append(errs, fmt.Errorf("%s: %q is no address of the form https://host/path", of, text))
		}
	}
	if len(all) > callbacksMax {
		errs = append(errs, fmt.Errorf("%s: %d are more than %d", of, len(all), callbacksMax))
	}
	return errors.Join(errs...)
}

// here tells whether an address is http on the developer's own machine.
func here(u *url.URL) bool {
	return u.Scheme == "http" && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1")
}

func (s Service) validate(domains []string) error {
	switch {
	case !serviceName.MatchString(s.Name):
		return fmt.Errorf("identity.services: %q is no name of small letters, digits and hyphens", s.Name)
	case !id.Valid("ten", s.Tenant):
		return fmt.Errorf("service %s: tenant %q is no ten_…", s.Name, s.Tenant)
	case !id.Valid("key", s.Principal):
		return fmt.Errorf("service %s: principal %q is no service key (key_…)", s.Name, s.Principal)
	case len(s.Scopes) == 0:
		return fmt.Errorf("service %s has no scopes: name the domains it calls", s.Name)
	}
	for _, scope := range s.Scopes {
		if !slices.Contains(domains, scope) {
			return fmt.Errorf("service %s: there is no domain %q", s.Name, scope)
		}
	}
	return nil
}

func (p Provider) validate() error {
	if !providerName.MatchString(p.Name) || strings.EqualFold(p.Name, "cognito") {
		return fmt.Errorf("identity.providers: %q is no name of 3 to 32 letters, digits and hyphens", p.Name)
	}
	if !id.Valid("ten", p.Tenant) {
		return fmt.Errorf("provider %s: tenant %q is no ten_…", p.Name, p.Tenant)
	}
	for attribute := range p.Attributes {
		if slices.Contains([]string{claim.AttributeTenant, claim.AttributePrincipal, claim.AttributePerson}, attribute) {
			return fmt.Errorf("provider %s: an issuer may not say %s, which is the system's own to say", p.Name, attribute)
		}
	}
	switch p.Type {
	case "OIDC":
		return p.validateOIDC()
	case "SAML":
		if checkURLs("", []string{p.MetadataURL}) != nil || !strings.HasPrefix(p.MetadataURL, "https://") {
			return fmt.Errorf("provider %s: metadataUrl %q is no https address", p.Name, p.MetadataURL)
		}
		return nil
	}
	return fmt.Errorf("provider %s: type %q is neither OIDC nor SAML", p.Name, p.Type)
}

func (p Provider) validateOIDC() error {
	switch {
	case checkURLs("", []string{p.Issuer}) != nil || !strings.HasPrefix(p.Issuer, "https://"):
		return fmt.Errorf("provider %s: issuer %q is no https address", p.Name, p.Issuer)
	case p.ClientID == "":
		return fmt.Errorf("provider %s lacks clientId", p.Name)
	case !secretName.MatchString(p.ClientSecret):
		return fmt.Errorf("provider %s: clientSecret must be the name of a secret in Secrets Manager, not the secret", p.Name)
	}
	return nil
}
