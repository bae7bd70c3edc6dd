package platformdb

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"backoffice/internal/civil"
	"backoffice/internal/clock"
	"backoffice/internal/platform"
)

var text = rapid.StringN(0, 12, -1)

func version(t *rapid.T) int { return rapid.IntRange(1, 9).Draw(t, "version") }

func instantOf(t *rapid.T, label string) time.Time {
	return clock.Truncate(time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, label)))
}

// Each record comes back from its row as it went in.
func TestRowsKeepRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		same := func(got, want any) {
			t.Helper()
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("got %+v, want %+v", got, want)
			}
		}
		tenant := platform.Tenant{ID: "ten_1", Name: text.Draw(t, "name"), Holder: text.Draw(t, "holder"), Version: version(t)}
		same(toTenant(fromTenant("ten_2", tenant)), tenant)
		person := platform.Person{ID: "per_1", Name: text.Draw(t, "name"), Manager: text.Draw(t, "manager"), Source: text.Draw(t, "source"), ExternalID: text.Draw(t, "external"), Version: version(t)}
		same(toPerson(fromPerson("ten_1", person)), person)
		user := platform.User{ID: "usr_1", Email: text.Draw(t, "email"), Person: text.Draw(t, "person"), State: text.Draw(t, "state"), PasswordHash: text.Draw(t, "hash"), Version: version(t)}
		same(toUser(fromUser("ten_1", user)), user)
		key := platform.ServiceKey{ID: "key_1", Name: text.Draw(t, "name"), State: text.Draw(t, "state"), SecretHash: rapid.SliceOf(rapid.Byte()).Draw(t, "hash"), Version: version(t)}
		same(toKey(fromKey("ten_1", key)), key)
		role := platform.Role{ID: "rol_1", Name: text.Draw(t, "name"), Rights: rapid.SliceOf(text).Draw(t, "rights"), State: text.Draw(t, "state"), Version: version(t)}
		same(toRole(fromRole("ten_1", role)), role)
	})
}

func TestRowsKeepDatesAndInstants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := func(label string) civil.Date {
			if rapid.Bool().Draw(t, label+" open") {
				return civil.Date{}
			}
			return civil.FromTime(instantOf(t, label))
		}
		a := platform.Assignment{ID: "ras_1", Principal: "usr_1", Role: text.Draw(t, "role"), Scope: text.Draw(t, "scope"), From: day("from"), To: day("to"),
			Entity: text.Draw(t, "entity"), State: text.Draw(t, "state"), Version: version(t)}
		if got, err := toAssignment(fromAssignment("ten_1", a)); err != nil || got != a {
			t.Fatalf("got %+v, %v, want %+v", got, err, a)
		}
		s := platform.Session{ID: "ses_1", Tenant: "ten_1", User: "usr_1", Person: text.Draw(t, "person"), Methods: []string{"pwd"}, AuthTime: instantOf(t, "auth"),
			Idle: instantOf(t, "idle"), End: instantOf(t, "end"), Family: []byte("f"), Current: []byte("c"), Version: version(t)}
		if got, err := toSession("ten_1", fromSession(s)); err != nil || !reflect.DeepEqual(got, s) {
			t.Fatalf("got %+v, %v, want %+v", got, err, s)
		}
	})
}

// A row that cannot be read is an error, never a record without an end.
func TestDamagedRows(t *testing.T) {
	if a, err := toAssignment(assignmentRow{ID: "ras_1", To: "2026-02-30"}); err == nil {
		t.Errorf("read %+v", a)
	}
	if s, err := toSession("ten_1", sessionRow{ID: "ses_1", AuthTime: "2026-11-23T09:00:00.000Z", Idle: "soon", End: "2026-11-23T09:00:00.000Z"}); err == nil {
		t.Errorf("read %+v", s)
	}
	var p Principal
	if err := p.take("ten_1", principalRow{Row: fromTenant("t", platform.Tenant{ID: "X"}).Row}); err == nil {
		t.Error("a row of an unknown kind counts for nothing")
	}
}
