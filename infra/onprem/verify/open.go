package verify

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"backoffice/internal/config"
	"backoffice/internal/ddb"
	"backoffice/internal/finance/financedb"
	"backoffice/internal/relay"
	"backoffice/internal/store"
)

// Set is a copy of a data set, opened to be read. It must be a copy: acts that waited when it was made are taken up in it, as
// the next start of a system would.
type Set struct {
	DB     *store.DB
	engine *ddb.Engine
}

// Open opens the store in a directory.
func Open(dir string) (*Set, error) {
	engine, err := ddb.Open(ddb.Options{Dir: dir})
	if err != nil {
		return nil, err
	}
	cfg := aws.Config{Region: "eu-west-2", Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
		BaseEndpoint: aws.String("http://store.internal"), HTTPClient: &http.Client{Transport: engine.RoundTripper()}}
	return &Set{DB: store.Open(cfg, config.TablePrefixDefault), engine: engine}, nil
}

// Close closes the store.
func (s *Set) Close() error { return s.engine.Close() }

// Settle takes up the acts that wait. One that cannot be taken up stays where it is, and Check names it.
func (s *Set) Settle(ctx context.Context) error {
	all, err := tables(ctx, s.DB)
	if err != nil {
		return err
	}
	for _, table := range all {
		r := relay.New(s.DB, nil, journalsOf{financedb.NewProjector(s.DB), table})
		waiting, err := r.Waiting(ctx, table)
		if err != nil {
			return err
		}
		for _, t := range waiting.Tenants {
			err := errors.Join(r.Retry(ctx, table, t), r.Drain(ctx, table, t))
			if parked := (*relay.ParkedError)(nil); err != nil && !errors.As(err, &parked) {
				return fmt.Errorf("take up the acts of %s in %s: %w", t, table, err)
			}
		}
	}
	return nil
}

// journalsOf takes the journals that any table's acts post into the ledger's projections.
type journalsOf struct {
	*financedb.Projector
	table string
}

// Table is the table whose acts it takes up.
func (j journalsOf) Table() string { return j.table }
