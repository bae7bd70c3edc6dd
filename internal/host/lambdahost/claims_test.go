package lambdahost_test

import (
	"slices"
	"testing"
	"time"

	"backoffice/internal/host/lambdahost"
)

func TestClaimsBecomeAnIdentity(t *testing.T) {
	who := lambdahost.IdentityOf(map[string]string{"tenant": "ten_1", "sub": "usr_1", "person": "per_1", "scope": "backoffice/finance backoffice/people",
		"sid": "ses_1", "amr": "[pwd otp]", "auth_time": "1764590400"})
	if who == nil {
		t.Fatal("refused")
	}
	if who.Tenant != "ten_1" || who.Principal != "usr_1" || who.Person != "per_1" || who.Session != "ses_1" {
		t.Errorf("%+v", who)
	}
	if !slices.Equal(who.Scopes, []string{"backoffice/finance", "backoffice/people"}) || !slices.Equal(who.Methods, []string{"pwd", "otp"}) {
		t.Errorf("%+v", who)
	}
	if !who.AuthTime.Equal(time.Date(2025, 12, 1, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("signed in at %v", who.AuthTime)
	}
}

func TestOwnPrincipalClaimOutranksTheIssuersSubject(t *testing.T) {
	who := lambdahost.IdentityOf(map[string]string{"tenant": "ten_1", "sub": "36a2e5f4", "principal": "usr_1", "token_use": "access"})
	if who == nil || who.Principal != "usr_1" || !who.AuthTime.IsZero() || len(who.Methods) > 0 {
		t.Errorf("%+v", who)
	}
}

func TestMethodsAreReadInEveryForm(t *testing.T) {
	for _, text := range []string{"[pwd otp]", "pwd otp", `["pwd","otp"]`, "pwd,otp"} {
		who := lambdahost.IdentityOf(map[string]string{"tenant": "ten_1", "sub": "usr_1", "amr": text})
		if !slices.Equal(who.Methods, []string{"pwd", "otp"}) {
			t.Errorf("%s gives %v", text, who.Methods)
		}
	}
}
