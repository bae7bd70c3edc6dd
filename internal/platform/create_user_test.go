package platform_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"backoffice/internal/platform/platformtest"
)

func TestCreateUser(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	person := s.Do(platformtest.Call{Op: "create-person", Token: token, Body: `{"name":"Mina"}`}).Want(201).Text("id")
	create := func(token, email, person, password string) platformtest.Answer {
		return s.Do(platformtest.Call{Op: "create-user", Token: token, Body: fmt.Sprintf(`{"email":%q,"person":%q,"password":%q}`, email, person, password)})
	}
	const good = "copper-lantern-drifts-home"
	a := create(token, "Mina@Example.com", person, good).Want(201)
	if a.Text("email") != "Mina@Example.com" || a.Text("state") != "active" || strings.Contains(string(a.Body), "argon") || a.Member("password") != nil {
		t.Errorf("user: %s", a.Body)
	}
	create(token, "mina@example.COM", person, good).Want(422).WantCode("PLT-USR-001", "/email")
	create(token, "other@example.com", unknownPerson, good).Want(422).WantCode("PLT-PER-001", "/person")
	create(token, "other@example.com", person, "Password1!").Want(422).WantCode("PLT-PWD-001", "/password")
	create(token, "other.one@example.com", person, "Other.One99").Want(422).WantCode("PLT-PWD-001", "/password")
	create(token, "other@example.com", person, "seven77").Want(422).WantCode("API-006", "/password")
	create(token, "other@example.com", person, strings.Repeat("ab1", 43)).Want(422).WantCode("API-005", "/password")
	create(token, "other@example.com", person, "8 chars!").Want(201) // length is all that counts
	for _, email := range []string{"nobody", "a@b", "a b@example.com", "a@example.com.", "@example.com"} {
		create(token, email, person, good).Want(422).WantCode("API-008", "/email")
	}
	_, admin := client(s, token, "iain@example.com")
	create(admin, "mina@example.com", person, good).Want(422).WantCode("PLT-PER-001", "/person")
	theirs := s.Do(platformtest.Call{Op: "create-person", Token: admin, Body: `{"name":"Mina"}`}).Want(201).Text("id")
	create(admin, "mina@example.com", theirs, good).Want(201) // an e-mail is taken within a tenant
}

// Neither a password nor an e-mail nor a secret stands where it should not: no password anywhere in the table, no e-mail in a key.
func TestWhatTheTableHolds(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	s.User(token, "mina", "")
	tokens := s.SignIn("mina@example.com", platformtest.Password, "")
	bearer := s.Do(platformtest.Call{Op: "create-service-key", Token: token, Body: `{"name":"K"}`}).Want(201).Text("bearer")
	refresh := strings.Split(tokens.Text("refreshToken"), ".")
	items := 0
	scan := dynamodb.NewScanPaginator(s.Env.DB.Client(), &dynamodb.ScanInput{TableName: aws.String(s.Env.DB.TableName("platform"))})
	for scan.HasMorePages() {
		page, err := scan.NextPage(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			items++
			raw, err := json.Marshal(item)
			if err != nil {
				t.Fatal(err)
			}
			for name, secret := range map[string]string{"password": platformtest.Password, "refresh family": refresh[4], "refresh token": refresh[5], "service key": strings.Split(bearer, ".")[1]} {
				if strings.Contains(string(raw), secret) {
					t.Errorf("the %s stands in %s", name, raw)
				}
			}
			key, err := json.Marshal([]any{item["pk"], item["sk"], item["g1pk"], item["g1sk"]})
			if err != nil || strings.Contains(string(key), "@") {
				t.Errorf("an e-mail in the key %s, %v", key, err)
			}
		}
	}
	if items < 10 {
		t.Errorf("only %d items were looked at", items)
	}
}
