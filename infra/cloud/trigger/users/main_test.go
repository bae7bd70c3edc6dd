package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// inMemory is a pool that keeps its users and what was done.
type inMemory struct {
	users  map[string]*cognitoidentityprovider.AdminGetUserOutput
	did    []string
	broken error
}

func (p *inMemory) AdminGetUser(_ context.Context, in *cognitoidentityprovider.AdminGetUserInput, _ ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AdminGetUserOutput, error) {
	if p.broken != nil {
		return nil, p.broken
	}
	if u := p.users[*in.Username]; u != nil {
		return u, nil
	}
	return nil, &types.UserNotFoundException{}
}

func (p *inMemory) AdminCreateUser(_ context.Context, in *cognitoidentityprovider.AdminCreateUserInput, _ ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AdminCreateUserOutput, error) {
	if len(*in.TemporaryPassword) < 20 {
		return nil, &types.InvalidPasswordException{}
	}
	p.did = append(p.did, "create "+*in.Username)
	p.users[*in.Username] = &cognitoidentityprovider.AdminGetUserOutput{Username: in.Username, Enabled: true, UserAttributes: in.UserAttributes}
	return nil, nil
}

func (p *inMemory) AdminEnableUser(_ context.Context, in *cognitoidentityprovider.AdminEnableUserInput, _ ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AdminEnableUserOutput, error) {
	p.did = append(p.did, "enable "+*in.Username)
	p.users[*in.Username].Enabled = true
	return nil, nil
}

func (p *inMemory) AdminDisableUser(_ context.Context, in *cognitoidentityprovider.AdminDisableUserInput, _ ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AdminDisableUserOutput, error) {
	p.did = append(p.did, "disable "+*in.Username)
	p.users[*in.Username].Enabled = false
	return nil, nil
}

func (p *inMemory) AdminUserGlobalSignOut(_ context.Context, in *cognitoidentityprovider.AdminUserGlobalSignOutInput, _ ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AdminUserGlobalSignOutOutput, error) {
	p.did = append(p.did, "sign out "+*in.Username)
	return nil, nil
}

// row is a user's row as the stream shows it.
func row(sequence int, tenant, user, email, state string) string {
	text := func(s string) map[string]string { return map[string]string{"S": s} }
	image := map[string]any{"pk": text(tenant + "|PRN|" + user), "sk": text("A"), "id": text(user), "eml": text(email), "per": text("per_1"), "st": text(state), "v": map[string]string{"N": "3"}}
	raw, err := json.Marshal(map[string]any{"eventSource": "aws:dynamodb", "eventName": "MODIFY", "dynamodb": map[string]any{"SequenceNumber": fmt.Sprint(sequence), "NewImage": image}})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// deliver hands records over and gives the first that must come again, and the log.
func deliver(t *testing.T, p *inMemory, rows ...string) (failed, log string) {
	t.Helper()
	var b bytes.Buffer
	k := keeper{pool: aws.String("pool"), api: p, log: slog.New(slog.NewJSONHandler(&b, nil))}
	var delivery struct{ Records []json.RawMessage }
	if err := json.Unmarshal([]byte(`{"Records":[`+strings.Join(rows, ",")+`]}`), &delivery); err != nil {
		t.Fatal(err)
	}
	out, err := k.take(t.Context(), delivery)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.BatchItemFailures) > 0 {
		failed = out.BatchItemFailures[0].ItemIdentifier
	}
	return failed, b.String()
}

func newPool() *inMemory {
	return &inMemory{users: map[string]*cognitoidentityprovider.AdminGetUserOutput{}}
}

// A user's life: made, changed, disabled, enabled, and each record once more.
func TestPoolFollowsThePlatform(t *testing.T) {
	p := newPool()
	const email = "mina@example.com"
	for _, step := range []struct{ state, did string }{{"active", "create " + email}, {"active", ""}, {"disabled", "disable " + email + ",sign out " + email},
		{"disabled", "sign out " + email}, {"active", "enable " + email}, {"active", ""}} {
		p.did = nil
		failed, _ := deliver(t, p, row(1, "ten_1", "usr_1", email, step.state))
		if got := strings.Join(p.did, ","); failed != "" || got != step.did {
			t.Errorf("%s: did %q, want %q, failed %q", step.state, got, step.did, failed)
		}
	}
	said := p.users[email].UserAttributes
	for name, want := range map[string]string{"custom:tenant": "ten_1", "custom:principal": "usr_1", "custom:person": "per_1", "email": email, "email_verified": "true"} {
		if attribute(said, name) != want {
			t.Errorf("%s is %q", name, attribute(said, name))
		}
	}
}

func TestWhoeverIsDisabledIsNotInvited(t *testing.T) {
	p := newPool()
	if failed, _ := deliver(t, p, row(1, "ten_1", "usr_1", "mina@example.com", "disabled")); failed != "" || len(p.did) > 0 {
		t.Errorf("did %v, failed %q", p.did, failed)
	}
}

// The records after one that fails wait with it; those before are done.
func TestRecordsKeepTheirOrder(t *testing.T) {
	p := newPool()
	deliver(t, p, row(1, "ten_2", "usr_9", "taken@example.com", "active"))
	p.did = nil
	failed, log := deliver(t, p, row(2, "ten_1", "usr_1", "mina@example.com", "active"), row(3, "ten_1", "usr_2", "taken@example.com", "active"), row(4, "ten_1", "usr_3", "zoe@example.com", "active"))
	if failed != "3" || !slices.Equal(p.did, []string{"create mina@example.com"}) {
		t.Errorf("failed %q, did %v", failed, p.did)
	}
	if !strings.Contains(log, errTaken.Error()) {
		t.Errorf("the log does not say why: %s", log)
	}
}

// Another tenant's user with the same e-mail is neither touched nor shut out.
func TestAnotherTenantsUserIsLeftAlone(t *testing.T) {
	p := newPool()
	deliver(t, p, row(1, "ten_2", "usr_9", "mina@example.com", "active"))
	p.did = nil
	if failed, _ := deliver(t, p, row(2, "ten_1", "usr_1", "mina@example.com", "disabled")); failed != "2" || len(p.did) > 0 {
		t.Errorf("did %v, failed %q", p.did, failed)
	}
}

func TestOtherRowsAreNobodys(t *testing.T) {
	p := newPool()
	other := strings.Replace(row(1, "ten_1", "usr_1", "mina@example.com", "active"), `"A"`, `"S|ses_1"`, 1)
	if failed, _ := deliver(t, p, other); failed != "" || len(p.did) > 0 {
		t.Errorf("did %v, failed %q", p.did, failed)
	}
}

func TestLogHoldsNoEmail(t *testing.T) {
	p := newPool()
	p.broken = errors.New("no user mina@example.com")
	failed, log := deliver(t, p, row(1, "ten_1", "usr_1", "mina@example.com", "active"))
	if failed != "1" || strings.Contains(log, "mina") {
		t.Errorf("failed %q, log %s", failed, log)
	}
}
