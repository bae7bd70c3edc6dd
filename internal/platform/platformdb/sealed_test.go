package platformdb_test

import (
	"bytes"
	"encoding/base32"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/pquerna/otp/totp"

	"backoffice/internal/platform/platformtest"
	"backoffice/internal/seal"
	"backoffice/internal/seal/keyring"
)

// enrolled gives a user an authenticator, and its secret.
func enrolled(t *testing.T, s *platformtest.System, user, token string) (secret string) {
	t.Helper()
	secret = s.Do(platformtest.Call{Op: "begin-second-factor", Token: token, Path: "userId=" + user}).Want(201).Text("secret")
	s.Do(platformtest.Call{Op: "confirm-second-factor", Token: token, Path: "userId=" + user, Body: fmt.Sprintf(`{"code":%q}`, shown(t, s, secret))}).Want(200)
	return secret
}

// shown is what an authenticator shows half a minute from now, since each code is good once.
func shown(t *testing.T, s *platformtest.System, secret string) string {
	t.Helper()
	s.Advance(30 * time.Second)
	code, err := totp.GenerateCode(secret, s.Env.Clock())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func signIn(t *testing.T, s *platformtest.System, who, secret string) platformtest.Answer {
	t.Helper()
	return s.Do(platformtest.Call{Op: "sign-in", Body: fmt.Sprintf(`{"email":"%s@example.com","password":%q,"code":%q}`, who, platformtest.Password, shown(t, s, secret))})
}

func keyOf(t *testing.T, secret string) []byte {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// table reads every item, as whoever has the table can.
func table(t *testing.T, s *platformtest.System) []map[string]types.AttributeValue {
	t.Helper()
	out, err := s.Env.DB.Client().Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String(s.Env.DB.TableName("platform"))})
	if err != nil || out.LastEvaluatedKey != nil {
		t.Fatalf("%v, or not all of it", err)
	}
	return out.Items
}

func factorKey(tenant, user string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: tenant + "|PRN|" + user}, "sk": &types.AttributeValueMemberS{Value: "O"}}
}

// stored gives what the table holds of a user's factor.
func stored(t *testing.T, s *platformtest.System, tenant, user string) (sec []byte, schema string) {
	t.Helper()
	out, err := s.Env.DB.Client().GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(s.Env.DB.TableName("platform")), Key: factorKey(tenant, user), ConsistentRead: aws.Bool(true)})
	if err != nil || out.Item["sec"] == nil {
		t.Fatalf("%v %v", out.Item, err)
	}
	return out.Item["sec"].(*types.AttributeValueMemberB).Value, out.Item["sv"].(*types.AttributeValueMemberN).Value
}

// plant writes over what the table holds of a user's factor, past the system.
func plant(t *testing.T, s *platformtest.System, tenant, user string, sec []byte, schema string) {
	t.Helper()
	_, err := s.Env.DB.Client().UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: aws.String(s.Env.DB.TableName("platform")), Key: factorKey(tenant, user),
		UpdateExpression: aws.String("SET sec = :sec, sv = :sv"), ExpressionAttributeValues: map[string]types.AttributeValue{
			":sec": &types.AttributeValueMemberB{Value: sec}, ":sv": &types.AttributeValueMemberN{Value: schema}}})
	if err != nil {
		t.Fatal(err)
	}
}

// holds looks through an item's attributes for bytes.
func holds(item map[string]types.AttributeValue, what []byte) bool {
	for _, v := range item {
		if bytes.Contains(fmt.Appendf(nil, "%s", flat(v)), what) {
			return true
		}
	}
	return false
}

func flat(v types.AttributeValue) []byte {
	var out []byte
	switch t := v.(type) {
	case *types.AttributeValueMemberB:
		return t.Value
	case *types.AttributeValueMemberS:
		return []byte(t.Value)
	case *types.AttributeValueMemberL:
		for _, e := range t.Value {
			out = append(out, flat(e)...)
		}
	case *types.AttributeValueMemberM:
		for _, e := range t.Value {
			out = append(out, flat(e)...)
		}
	}
	return out
}

// Whoever reads the table, its acts and events included, learns no authenticator's secret.
func TestNoItemHoldsAnAuthenticatorsSecret(t *testing.T) {
	s := platformtest.New(t)
	tenant, user, token := s.Admin()
	begun := s.Do(platformtest.Call{Op: "begin-second-factor", Token: token, Path: "userId=" + user}).Want(201).Text("secret")
	secret := enrolled(t, s, user, token)
	signIn(t, s, "ailsa", secret).Want(201)
	for _, item := range table(t, s) {
		for _, text := range []string{begun, secret} {
			if holds(item, []byte(text)) || holds(item, keyOf(t, text)) {
				t.Errorf("%v holds the secret", item["pk"])
			}
		}
	}
	plant(t, s, tenant, user, keyOf(t, secret), "1")
	found := false
	for _, item := range table(t, s) {
		found = found || holds(item, keyOf(t, secret))
	}
	if !found {
		t.Error("a secret that stands there plain is not found: the search is no good")
	}
}

// What an earlier release kept plain goes on working, and is sealed by the next write.
func TestPlainSecretsAreSealedByTheirNextWrite(t *testing.T) {
	s := platformtest.New(t)
	tenant, user, token := s.Admin()
	secret := enrolled(t, s, user, token)
	plant(t, s, tenant, user, keyOf(t, secret), "1")
	s.Do(platformtest.Call{Op: "sign-in", Body: fmt.Sprintf(`{"email":"ailsa@example.com","password":%q,"code":"000000"}`, platformtest.Password)}).Want(401)
	if sec, schema := stored(t, s, tenant, user); schema != "1" || seal.Sealed(sec) {
		t.Errorf("schema %s without a write", schema)
	}
	signIn(t, s, "ailsa", secret).Want(201)
	if sec, schema := stored(t, s, tenant, user); schema != "2" || !seal.Sealed(sec) {
		t.Errorf("schema %s after a write, sealed %v", schema, seal.Sealed(sec))
	}
	signIn(t, s, "ailsa", secret).Want(201)
}

// A secret that somebody moved to another user's record lets nobody in: neither its owner as the other, nor with the other's own.
func TestAMovedSecretOpensNothing(t *testing.T) {
	s := platformtest.New(t)
	tenant, admin, token := s.Admin()
	known := enrolled(t, s, admin, token)
	_, mina, own := s.Own(token, "mina", "own", "platform.people.read")
	minas := enrolled(t, s, mina, own)
	stolen, _ := stored(t, s, tenant, admin)
	plant(t, s, tenant, mina, stolen, "2")
	for _, secret := range []string{known, minas} {
		signIn(t, s, "mina", secret).Want(500)
	}
	if _, err := s.Ports.Sealer.Open(t.Context(), stolen, seal.Place{Tenant: tenant, Record: mina, Kind: "second-factor"}); !errors.Is(err, seal.ErrMoved) {
		t.Errorf("%v", err)
	}
}

// Without its key a field stays shut, and says which key it wants. With a new key before the former one it opens, and is sealed
// anew by the next write.
func TestKeysOfFieldsAreReplaced(t *testing.T) {
	former, newest := key(t), key(t)
	s := platformtest.New(t)
	with := func(r *keyring.Ring) {
		s.Env.Sealer = r
		s.Open(t)
	}
	with(keyring.New(former))
	tenant, user, _ := s.Admin()
	token := s.SignIn("ailsa@example.com", platformtest.Password, "").Text("accessToken")
	secret := enrolled(t, s, user, token)
	with(keyring.New(newest))
	signIn(t, s, "ailsa", secret).Want(500)
	sec, _ := stored(t, s, tenant, user)
	if _, err := s.Ports.Sealer.Open(t.Context(), sec, seal.Place{}); !errors.Is(err, seal.ErrKey) || !bytes.Contains([]byte(err.Error()), []byte(former.ID)) {
		t.Errorf("%v", err)
	}
	with(keyring.New(newest, former))
	signIn(t, s, "ailsa", secret).Want(201)
	if sec, _ = stored(t, s, tenant, user); s.Ports.Sealer.Stale(sec) {
		t.Error("the next write left the former key")
	}
	with(keyring.New(newest))
	signIn(t, s, "ailsa", secret).Want(201)
}

func key(t *testing.T) keyring.Key {
	t.Helper()
	k, err := keyring.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}
