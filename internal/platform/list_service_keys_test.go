package platform_test

import (
	"slices"
	"testing"

	"backoffice/internal/platform/platformtest"
)

func TestListServiceKeys(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	var want []string
	for range 3 {
		want = append(want, s.Do(platformtest.Call{Op: "create-service-key", Token: token, Body: `{"name":"K"}`}).Want(201).Text("id"))
	}
	if got := list(t, s, platformtest.Call{Op: "list-service-keys", Token: token}, 2, "id"); !slices.Equal(got, want) {
		t.Errorf("keys %v, want %v", got, want)
	}
	_, other := client(s, token, "iain@example.com")
	if got := list(t, s, platformtest.Call{Op: "list-service-keys", Token: other}, 2, "id"); len(got) != 0 {
		t.Errorf("another tenant lists %v", got)
	}
}
