package localhost

import (
	"runtime/debug"
	"testing"
)

// A program that was built within its repository tells of which commit it is; one that was not says so.
func TestVersionIsTheBuilds(t *testing.T) {
	const stamped = "v0.0.0-20261123160000-0123456789ab"
	for want, info := range map[string]*debug.BuildInfo{
		stamped:       {Main: debug.Module{Version: stamped}},
		"development": {Main: debug.Module{Version: "(devel)"}},
	} {
		if got := versionOf(info, true); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := versionOf(nil, false); got != "development" {
		t.Error(got)
	}
}
