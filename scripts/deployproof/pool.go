package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/pquerna/otp/totp"

	"backoffice/internal/clock"
	"backoffice/internal/e2e"
)

// inviteWait is how long it may take until somebody who was made a user is one of the pool, too: an event, a queue and a function
// that starts, on a machine that may be busy.
const inviteWait = 10 * time.Minute

// pool is a user pool as its administrators and its client see it.
type pool struct {
	api        *cognitoidentityprovider.Client
	id, client string
	secrets    map[string]string // of authenticators, by e-mail address
}

// settle waits until the person's account has come, which the deployed function that keeps users makes, and gives it the password,
// as whoever is invited does by mail.
func (p *pool) settle(ctx context.Context, who e2e.Person) error {
	ctx, cancel := context.WithTimeout(ctx, inviteWait)
	defer cancel()
	for {
		_, err := p.api.AdminGetUser(ctx, &cognitoidentityprovider.AdminGetUserInput{UserPoolId: &p.id, Username: &who.Email})
		if err == nil {
			break
		}
		if _, absent := errors.AsType[*types.UserNotFoundException](err); !absent {
			return err
		}
		if err := clock.Wait(ctx, pollPause); err != nil {
			return fmt.Errorf("the pool has no user for %s within %s: %w", who.Email, inviteWait, err)
		}
	}
	_, err := p.api.AdminSetUserPassword(ctx, &cognitoidentityprovider.AdminSetUserPasswordInput{UserPoolId: &p.id, Username: &who.Email, Password: &who.Password, Permanent: true})
	return err
}

// signIn gives an access token. The first time it sets up the authenticator; the emulator gives a first token without one,
// where AWS asks for it, so there it is set up with that token, and only the token of the second sign-in counts.
func (p *pool) signIn(ctx context.Context, who e2e.Person) (string, error) {
	start := &cognitoidentityprovider.AdminInitiateAuthInput{UserPoolId: &p.id, ClientId: &p.client, AuthFlow: types.AuthFlowTypeAdminUserPasswordAuth,
		AuthParameters: map[string]string{"USERNAME": who.Email, "PASSWORD": who.Password}}
	first, err := p.api.AdminInitiateAuth(ctx, start)
	if err != nil {
		return "", err
	}
	if p.secrets[who.Email] == "" {
		var token *string
		if first.AuthenticationResult != nil {
			token = first.AuthenticationResult.AccessToken
		}
		if err := p.enrol(ctx, who, token, first.Session); err != nil {
			return "", err
		}
		if first, err = p.api.AdminInitiateAuth(ctx, start); err != nil {
			return "", err
		}
	}
	if first.ChallengeName != types.ChallengeNameTypeSoftwareTokenMfa {
		return "", fmt.Errorf("the pool asks for %q, not for a second factor", first.ChallengeName)
	}
	code, err := totp.GenerateCode(p.secrets[who.Email], time.Now())
	if err != nil {
		return "", err
	}
	second, err := p.api.AdminRespondToAuthChallenge(ctx, &cognitoidentityprovider.AdminRespondToAuthChallengeInput{UserPoolId: &p.id, ClientId: &p.client,
		ChallengeName: first.ChallengeName, Session: first.Session, ChallengeResponses: map[string]string{"USERNAME": who.Email, "SOFTWARE_TOKEN_MFA_CODE": code}})
	if err != nil {
		return "", err
	}
	if second.AuthenticationResult == nil || second.AuthenticationResult.AccessToken == nil {
		return "", errors.New("the second factor was answered, but there is no token")
	}
	return *second.AuthenticationResult.AccessToken, nil
}

func (p *pool) enrol(ctx context.Context, who e2e.Person, token, session *string) error {
	if token != nil {
		session = nil
	}
	app, err := p.api.AssociateSoftwareToken(ctx, &cognitoidentityprovider.AssociateSoftwareTokenInput{AccessToken: token, Session: session})
	if err != nil {
		return err
	}
	p.secrets[who.Email] = *app.SecretCode
	code, err := totp.GenerateCode(p.secrets[who.Email], time.Now())
	if err != nil {
		return err
	}
	in := &cognitoidentityprovider.VerifySoftwareTokenInput{AccessToken: token, UserCode: &code}
	if token == nil {
		in.Session = app.Session
	}
	_, err = p.api.VerifySoftwareToken(ctx, in)
	return err
}
