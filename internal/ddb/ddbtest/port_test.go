package ddbtest

import (
	"net/http/httptest"
	"testing"

	"backoffice/internal/ddb"
)

// TestEngineOverPort puts every check to the engine over HTTP, where requests
// are signed. The clock is the real one, since signatures are of this minute.
func TestEngineOverPort(t *testing.T) {
	if testing.Short() {
		t.Skip("the same checks run in process")
	}
	engine := openEngine(t, ddb.Options{Dir: t.TempDir(), NoSync: true})
	server := httptest.NewServer(engine.Handler(defaultKeyID, defaultSecret))
	t.Cleanup(server.Close)
	Run(t, Target{Name: "engine over its port", Endpoint: server.URL})
}
