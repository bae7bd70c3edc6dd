package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// users is a pool in memory; it keeps what was linked.
type users struct {
	all    []types.UserType
	linked []string
	broken error
}

func (p *users) ListUsers(_ context.Context, in *cognitoidentityprovider.ListUsersInput, _ ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.ListUsersOutput, error) {
	out := &cognitoidentityprovider.ListUsersOutput{}
	for _, u := range p.all {
		if strings.EqualFold(`email = "`+attribute(u, "email")+`"`, *in.Filter) {
			out.Users = append(out.Users, u)
		}
	}
	return out, p.broken
}

func (p *users) AdminLinkProviderForUser(_ context.Context, in *cognitoidentityprovider.AdminLinkProviderForUserInput, _ ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AdminLinkProviderForUserOutput, error) {
	p.linked = append(p.linked, *in.SourceUser.ProviderName+" "+*in.SourceUser.ProviderAttributeValue+" to "+*in.DestinationUser.ProviderAttributeValue)
	return nil, p.broken
}

func user(name, email, tenant string) types.UserType {
	return types.UserType{Username: aws.String(name), Enabled: true, UserStatus: types.UserStatusTypeConfirmed, Attributes: []types.AttributeType{
		{Name: aws.String("email"), Value: aws.String(email)}, {Name: aws.String("custom:tenant"), Value: aws.String(tenant)}}}
}

func signedUp(source, name, email string) events.CognitoEventUserPoolsPreSignup {
	var e events.CognitoEventUserPoolsPreSignup
	e.TriggerSource, e.UserName, e.UserPoolID = source, name, "pool"
	e.Request.UserAttributes = map[string]string{"email": email}
	return e
}

var tenants = map[string]string{"ThistleSSO": "ten_1", "KelsoSSO": "ten_2"}

func TestIssuersUserIsLinkedToThePoolsOwn(t *testing.T) {
	p := &users{all: []types.UserType{user("u1", "mina@example.com", "ten_1")}}
	for _, email := range []string{"mina@example.com", "Mina@Example.com"} {
		p.linked = nil
		if err := link(t.Context(), signedUp(federatedSource, "ThistleSSO_00u_1", email), tenants, p); err != nil || len(p.linked) != 1 || p.linked[0] != "ThistleSSO 00u_1 to u1" {
			t.Errorf("%v, %v", p.linked, err)
		}
	}
}

// An issuer opens the door of its own tenant, to people who are users there; nobody else gets in, by whatever way.
func TestNobodyElseGetsIn(t *testing.T) {
	disabled, federated := user("u3", "disabled@example.com", "ten_1"), user("u4", "federated@example.com", "ten_1")
	disabled.Enabled, federated.UserStatus = false, types.UserStatusTypeExternalProvider
	p := &users{all: []types.UserType{user("u1", "mina@example.com", "ten_1"), disabled, federated}}
	for name, c := range map[string]struct {
		event events.CognitoEventUserPoolsPreSignup
		want  error
	}{
		"another tenant's issuer": {signedUp(federatedSource, "KelsoSSO_1", "mina@example.com"), errNobody},
		"an unknown issuer":       {signedUp(federatedSource, "Google_1", "mina@example.com"), errProvider},
		"no issuer":               {signedUp(federatedSource, "mina", "mina@example.com"), errProvider},
		"no subject":              {signedUp(federatedSource, "ThistleSSO_", "mina@example.com"), errProvider},
		"an unknown person":       {signedUp(federatedSource, "ThistleSSO_1", "zoe@example.com"), errNobody},
		"no e-mail":               {signedUp(federatedSource, "ThistleSSO_1", ""), errNobody},
		"another filter":          {signedUp(federatedSource, "ThistleSSO_1", `x" or email = "mina@example.com`), errNobody},
		"somebody disabled":       {signedUp(federatedSource, "ThistleSSO_1", "disabled@example.com"), errNobody},
		"somebody federated":      {signedUp(federatedSource, "ThistleSSO_1", "federated@example.com"), errNobody},
		"signing oneself up":      {signedUp("PreSignUp_SignUp", "mina", "mina@example.com"), errSignUp},
	} {
		t.Run(name, func(t *testing.T) {
			if err := link(t.Context(), c.event, tenants, p); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
	if len(p.linked) > 0 {
		t.Errorf("linked %v", p.linked)
	}
}

func TestAdministratorsMakeUsers(t *testing.T) {
	if err := link(t.Context(), signedUp(createdSource, "mina", "mina@example.com"), tenants, &users{}); err != nil {
		t.Error(err)
	}
}

func TestPoolThatDoesNotAnswerLetsNobodyIn(t *testing.T) {
	p := &users{all: []types.UserType{user("u1", "mina@example.com", "ten_1")}, broken: errors.New("throttled")}
	if err := link(t.Context(), signedUp(federatedSource, "ThistleSSO_1", "mina@example.com"), tenants, p); !errors.Is(err, p.broken) {
		t.Errorf("error %v", err)
	}
}
