package platformdb

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"

	"backoffice/internal/platform"
)

// image gives a row's attributes as a stream shows them.
func image(t *testing.T, row any) func(string) string {
	t.Helper()
	item, err := dynamo.MarshalItem(row)
	if err != nil {
		t.Fatal(err)
	}
	return func(name string) string {
		text, _ := item[name].(*types.AttributeValueMemberS)
		if text == nil {
			return ""
		}
		return text.Value
	}
}

// What the stream shows of a user is read as it was written; the rows beside it are nobody's.
func TestUserOfImage(t *testing.T) {
	want := platform.User{ID: "usr_1", Email: "mina.patel@example.com", Person: "per_1", State: platform.StateDisabled}
	row := want
	row.PasswordHash, row.Version = "$argon2id$", 3
	tenant, u, ok := UserOfImage(image(t, fromUser("ten_1", row)))
	if !ok || tenant != "ten_1" || u != want {
		t.Errorf("%s %+v %v", tenant, u, ok)
	}
	for name, other := range map[string]any{"person": fromPerson("ten_1", platform.Person{ID: "per_1"}), "key": fromKey("ten_1", platform.ServiceKey{ID: "key_1"}),
		"assignment": fromAssignment("ten_1", platform.Assignment{ID: "ras_1", Principal: "usr_1"}), "session": fromSession(platform.Session{ID: "ses_1", Tenant: "ten_1", User: "usr_1"})} {
		if _, u, ok := UserOfImage(image(t, other)); ok || image(t, other)("eml") != "" {
			t.Errorf("a %s is taken for the user %+v", name, u)
		}
	}
}
