// Package storetest opens real stores for tests: the embedded engine in memory, with every table of the common form.
package storetest

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"backoffice/internal/ddb"
	"backoffice/internal/store"
)

// Tables are the tables that tests get: one for each domain.
var Tables = []string{"platform", "finance", "migration"}

// Open gives an empty store in memory, closed when the test ends.
func Open(t testing.TB) *store.DB {
	t.Helper()
	return On(t, Engine(t).RoundTripper())
}

// Engine gives the empty engine in memory behind a store, for tests that put something between the two, or several clients
// over one; closed when the test ends.
func Engine(t testing.TB, adjust ...func(*ddb.Options)) *ddb.Engine {
	t.Helper()
	o := ddb.Options{NoSync: true}
	for _, a := range adjust {
		a(&o)
	}
	engine, err := ddb.Open(o)
	if err != nil {
		t.Fatalf("open store: %v", err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	return engine
}

// Conflicting has an engine answer conflicts as the cloud's does: at once, instead of letting one write wait for the other.
func Conflicting(o *ddb.Options) { o.ConflictError = true }

// On gives a store over a transport, such as one that injects faults, and creates the tables that are not there.
func On(t testing.TB, transport http.RoundTripper) *store.DB {
	t.Helper()
	db := store.Open(Config(transport), "test")
	for _, name := range Tables {
		if err := db.EnsureTable(t.Context(), name, false); err != nil {
			t.Fatalf("create table %s: %v", name, err)
		}
	}
	return db
}

// Config is a client configuration over a transport inside the process.
func Config(transport http.RoundTripper) aws.Config {
	return aws.Config{Region: "eu-west-2", HTTPClient: &http.Client{Transport: transport}, BaseEndpoint: aws.String("http://store.internal"),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
}
