// Command link is the user pool's trigger before somebody whom an issuer signed in becomes a user: it links them to the pool's
// own user with the same e-mail, who has tenant, principal and person. An issuer can bring in people of its own tenant only,
// and only those who are users already; an issuer's word alone makes nobody a user.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"backoffice/internal/host/lambdahost/claim"
)

const (
	federatedSource = "PreSignUp_ExternalProvider"
	createdSource   = "PreSignUp_AdminCreateUser"
	emailAttribute  = "email"
)

var (
	errSignUp   = errors.New("nobody signs themselves up")
	errProvider = errors.New("the issuer is none of this stage's")
	errNobody   = errors.New("this person is no user of the issuer's tenant")
)

// directory is a user pool as far as linking goes.
type directory interface {
	ListUsers(ctx context.Context, in *cognitoidentityprovider.ListUsersInput, options ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.ListUsersOutput, error)
	AdminLinkProviderForUser(ctx context.Context, in *cognitoidentityprovider.AdminLinkProviderForUserInput, options ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AdminLinkProviderForUserOutput, error)
}

func main() {
	lambda.Start(func(ctx context.Context, e events.CognitoEventUserPoolsPreSignup) (events.CognitoEventUserPoolsPreSignup, error) {
		tenants := map[string]string{}
		if err := json.Unmarshal([]byte(os.Getenv(claim.EnvProviders)), &tenants); err != nil {
			return e, fmt.Errorf("the list of issuers: %w", err)
		}
		cloud, err := awsconfig.LoadDefaultConfig(ctx)
		if err != nil {
			return e, err
		}
		return e, link(ctx, e, tenants, cognitoidentityprovider.NewFromConfig(cloud))
	})
}

// link lets administrators make users, links those whom a tenant's issuer signed in, and refuses everybody else.
func link(ctx context.Context, e events.CognitoEventUserPoolsPreSignup, tenants map[string]string, pool directory) error {
	switch e.TriggerSource {
	case createdSource:
		return nil
	case federatedSource:
	default:
		return errSignUp
	}
	provider, subject, found := strings.Cut(e.UserName, "_")
	tenant := tenants[provider]
	if !found || tenant == "" || subject == "" {
		return errProvider
	}
	own, err := userOf(ctx, pool, e.UserPoolID, e.Request.UserAttributes[emailAttribute], tenant)
	if err != nil {
		return err
	}
	_, err = pool.AdminLinkProviderForUser(ctx, &cognitoidentityprovider.AdminLinkProviderForUserInput{UserPoolId: aws.String(e.UserPoolID),
		DestinationUser: &types.ProviderUserIdentifierType{ProviderName: aws.String("Cognito"), ProviderAttributeValue: own},
		SourceUser:      &types.ProviderUserIdentifierType{ProviderName: aws.String(provider), ProviderAttributeName: aws.String("Cognito_Subject"), ProviderAttributeValue: aws.String(subject)}})
	if err != nil {
		return fmt.Errorf("link to the pool's user: %w", err)
	}
	return nil
}

// userOf finds the pool's own user with an e-mail in a tenant. Whoever is disabled, in another tenant or federated themselves
// counts as nobody, and the refusal is the same for all of them.
func userOf(ctx context.Context, pool directory, id, email, tenant string) (*string, error) {
	if email == "" || strings.ContainsAny(email, `"\`) { // the filter has no way to write these
		return nil, errNobody
	}
	found, err := pool.ListUsers(ctx, &cognitoidentityprovider.ListUsersInput{UserPoolId: aws.String(id), Filter: aws.String(`email = "` + email + `"`)})
	if err != nil {
		return nil, fmt.Errorf("look for the pool's user: %w", err)
	}
	for _, u := range found.Users {
		if u.Enabled && u.UserStatus != types.UserStatusTypeExternalProvider && attribute(u, claim.AttributeTenant) == tenant && strings.EqualFold(attribute(u, emailAttribute), email) {
			return u.Username, nil
		}
	}
	return nil, errNobody
}

func attribute(u types.UserType, name string) string {
	for _, a := range u.Attributes {
		if aws.ToString(a.Name) == name {
			return aws.ToString(a.Value)
		}
	}
	return ""
}
