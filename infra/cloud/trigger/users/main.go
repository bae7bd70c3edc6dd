// Command users keeps the user pool's users as the platform's: the stream of the platform's table calls it with each user that
// was made or changed. Whoever is made a user is invited to the pool under the same e-mail, with tenant, principal and person;
// whoever is disabled can sign in no more and is signed out everywhere; whoever is enabled again can. A call repeated does
// nothing new, so it does not matter how often a record comes.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"backoffice/internal/host/lambdahost/claim"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformdb"
)

// temporaryEnd ends a random first password, which is of capitals and digits, so that it has every sort of sign that a pool's
// policy may ask for.
const temporaryEnd = "-a1"

// errTaken says that the pool's user with an e-mail is another tenant's, or another principal's: one e-mail is one user of a pool.
var errTaken = errors.New("the pool has another user with this e-mail")

// directory is a user pool as far as keeping users goes.
type directory interface {
	AdminGetUser(ctx context.Context, in *cognitoidentityprovider.AdminGetUserInput, options ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AdminGetUserOutput, error)
	AdminCreateUser(ctx context.Context, in *cognitoidentityprovider.AdminCreateUserInput, options ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AdminCreateUserOutput, error)
	AdminEnableUser(ctx context.Context, in *cognitoidentityprovider.AdminEnableUserInput, options ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AdminEnableUserOutput, error)
	AdminDisableUser(ctx context.Context, in *cognitoidentityprovider.AdminDisableUserInput, options ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AdminDisableUserOutput, error)
	AdminUserGlobalSignOut(ctx context.Context, in *cognitoidentityprovider.AdminUserGlobalSignOutInput, options ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AdminUserGlobalSignOutOutput, error)
}

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	cloud, err := awsconfig.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Error("cannot start", "cause", err.Error())
		os.Exit(1)
	}
	k := keeper{pool: aws.String(os.Getenv(claim.EnvPool)), api: cognitoidentityprovider.NewFromConfig(cloud), log: log}
	lambda.Start(k.take)
}

// keeper keeps the users of one pool.
type keeper struct {
	pool *string
	api  directory
	log  *slog.Logger
}

// record is what the stream says of one changed row.
type record struct {
	DynamoDB struct {
		SequenceNumber string
		NewImage       map[string]struct{ S string }
	} `json:"dynamodb"`
}

// take settles the records in their order and stops at the first that fails, so that an older state never follows a newer one.
func (k keeper) take(ctx context.Context, delivery struct{ Records []json.RawMessage }) (events.DynamoDBEventResponse, error) {
	out := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
	for _, raw := range delivery.Records {
		var r record
		if err := json.Unmarshal(raw, &r); err != nil {
			return out, fmt.Errorf("a record cannot be read: %w", err)
		}
		tenant, u, ok := platformdb.UserOfImage(func(name string) string { return r.DynamoDB.NewImage[name].S })
		if !ok {
			continue
		}
		err := k.keep(ctx, tenant, u)
		if err != nil {
			k.log.Error("user not kept", "tenant", tenant, "principal", u.ID, "cause", cause(err))
			out.BatchItemFailures = append(out.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: r.DynamoDB.SequenceNumber})
			return out, nil
		}
		k.log.Info("user kept", "tenant", tenant, "principal", u.ID, "state", u.State)
	}
	return out, nil
}

// cause tells what kind of error it was and no more: the pool repeats e-mails in its sentences.
func cause(err error) string {
	var api interface{ ErrorCode() string }
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	if errors.Is(err, errTaken) {
		return errTaken.Error()
	}
	return fmt.Sprintf("%T", err)
}

// keep brings the pool's user to the state of the platform's.
func (k keeper) keep(ctx context.Context, tenant string, u platform.User) error {
	found, err := k.api.AdminGetUser(ctx, &cognitoidentityprovider.AdminGetUserInput{UserPoolId: k.pool, Username: &u.Email})
	var unknown *types.UserNotFoundException
	switch {
	case errors.As(err, &unknown):
		return k.create(ctx, tenant, u)
	case err != nil:
		return err
	case attribute(found.UserAttributes, claim.AttributeTenant) != tenant || attribute(found.UserAttributes, claim.AttributePrincipal) != u.ID:
		return errTaken
	case u.State == platform.StateActive && !found.Enabled:
		_, err = k.api.AdminEnableUser(ctx, &cognitoidentityprovider.AdminEnableUserInput{UserPoolId: k.pool, Username: found.Username})
		return err
	case u.State != platform.StateActive:
		return k.shutOut(ctx, found.Username, found.Enabled)
	}
	return nil
}

// create invites somebody: the pool sends a password that is good for a few days and asks for a second factor at the first
// sign-in. Nobody is invited who is disabled.
func (k keeper) create(ctx context.Context, tenant string, u platform.User) error {
	if u.State != platform.StateActive {
		return nil
	}
	said := func(name, value string) types.AttributeType {
		return types.AttributeType{Name: aws.String(name), Value: aws.String(value)}
	}
	_, err := k.api.AdminCreateUser(ctx, &cognitoidentityprovider.AdminCreateUserInput{UserPoolId: k.pool, Username: &u.Email, DesiredDeliveryMediums: []types.DeliveryMediumType{types.DeliveryMediumTypeEmail},
		TemporaryPassword: aws.String(rand.Text() + temporaryEnd),
		UserAttributes: []types.AttributeType{said("email", strings.ToLower(u.Email)), said("email_verified", "true"), said(claim.AttributeTenant, tenant),
			said(claim.AttributePrincipal, u.ID), said(claim.AttributePerson, u.Person)}})
	return err
}

// shutOut disables somebody and ends every session; the second is tried again even where the first was done before.
func (k keeper) shutOut(ctx context.Context, name *string, enabled bool) error {
	if enabled {
		if _, err := k.api.AdminDisableUser(ctx, &cognitoidentityprovider.AdminDisableUserInput{UserPoolId: k.pool, Username: name}); err != nil {
			return err
		}
	}
	_, err := k.api.AdminUserGlobalSignOut(ctx, &cognitoidentityprovider.AdminUserGlobalSignOutInput{UserPoolId: k.pool, Username: name})
	return err
}

func attribute(all []types.AttributeType, name string) string {
	for _, a := range all {
		if aws.ToString(a.Name) == name {
			return aws.ToString(a.Value)
		}
	}
	return ""
}
