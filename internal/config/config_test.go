package config_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"backoffice/internal/config"
)

func TestOriginSecretsAreReadAndChecked(t *testing.T) {
	t.Setenv(config.EnvCursorKey, base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))))
	one, two := strings.Repeat("1", 40), strings.Repeat("2", 40)
	for text, want := range map[string][]string{"": nil, one: {one}, one + "," + two: {one, two}, one + ",": {one}} {
		t.Setenv(config.EnvOriginSecrets, text)
		c, err := config.FromEnvironment()
		if err != nil || !slices.Equal(c.OriginSecrets, want) {
			t.Errorf("%q gives %v, %v", text, c.OriginSecrets, err)
		}
	}
	for _, text := range []string{"short", one + ",short", "{{resolve:secretsmanager}}"} {
		t.Setenv(config.EnvOriginSecrets, text)
		if c, err := config.FromEnvironment(); err == nil {
			t.Errorf("%q is taken for %v", text, c.OriginSecrets)
		} else if strings.Contains(err.Error(), text) {
			t.Errorf("the error repeats the secret: %v", err)
		}
	}
}

func TestCursorKeyMustBeLongEnough(t *testing.T) {
	for _, text := range []string{"", "not base64!", base64.StdEncoding.EncodeToString([]byte("too short"))} {
		t.Setenv(config.EnvCursorKey, text)
		if _, err := config.FromEnvironment(); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
