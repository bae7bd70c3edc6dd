// Package verify proves a data directory's books. It reads every item of the store, computes every balance and every ledger
// anew from the journals' own lines, and holds every record against the act that wrote it.
package verify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"backoffice/internal/catalog"
	"backoffice/internal/store"
)

// defectsMax is how many defects are gathered; the first of them is what matters.
const defectsMax = 1000

// Defect is a record that is not as it must be.
type Defect struct {
	Record string // where it stands
	What   string
}

// String names the record and what is wrong with it.
func (d Defect) String() string { return d.Record + ": " + d.What }

// Report is what a check found.
type Report struct {
	Tenants, Entities, Journals, Lines, Balances, Acts, Items int
	Defects                                                   []Defect // in the order of their places; none when all is right
}

// Check proves the books of a store.
func Check(ctx context.Context, db *store.DB) (Report, error) {
	c := &checker{db: db, tenants: map[string]bool{}, images: map[string]*image{}, expected: newExpectation(), journals: map[string]reversal{},
		externals: map[string]string{}, numbers: map[string]int{}, cleared: cleared{}, counters: map[string]int{}, ends: map[string]ends{}}
	for _, step := range []func(context.Context) error{c.census, c.chains, c.acts, c.items} {
		if err := step(ctx); err != nil {
			return c.report, err
		}
	}
	c.absent()
	c.heads()
	c.expected.leftovers(c.defect)
	c.links()
	slices.SortStableFunc(c.report.Defects, func(a, b Defect) int {
		return cmp.Or(strings.Compare(a.Record, b.Record), strings.Compare(a.What, b.What))
	})
	return c.report, nil
}

type checker struct {
	db     *store.DB
	report Report

	tenants   map[string]bool
	images    map[string]*image // by place
	expected  *expectation
	journals  map[string]reversal
	externals map[string]string // journal by the place that holds its external id
	numbers   map[string]int    // highest number given, by the place of its counter
	counters  map[string]int    // what the counters say
	ends      map[string]ends   // of the audit chains
	cleared   cleared
}

func (c *checker) defect(record, what string, args ...any) {
	if len(c.report.Defects) < defectsMax {
		c.report.Defects = append(c.report.Defects, Defect{record, fmt.Sprintf(what, args...)})
	}
}

// each calls a function with every item of every table.
func each(ctx context.Context, db *store.DB, do func(table string, it item)) error {
	tables, err := tables(ctx, db)
	if err != nil {
		return err
	}
	for _, table := range tables {
		pages := dynamodb.NewScanPaginator(db.Client(), &dynamodb.ScanInput{TableName: aws.String(db.TableName(table)), ConsistentRead: aws.Bool(true)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return fmt.Errorf("read table %s: %w", table, err)
			}
			for _, it := range page.Items {
				do(table, it)
			}
		}
	}
	return nil
}

// tables lists the tables by name, without the prefix.
func tables(ctx context.Context, db *store.DB) ([]string, error) {
	var out []string
	pages := dynamodb.NewListTablesPaginator(db.Client(), &dynamodb.ListTablesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list tables: %w", err)
		}
		for _, name := range page.TableNames { // there may be others beside them, such as those of a restore
			if table, ours := strings.CutPrefix(name, db.TableName("")); ours && known(table) {
				out = append(out, table)
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

// known tells whether a domain has a table.
func known(table string) bool {
	return slices.ContainsFunc(catalog.Domains(), func(d catalog.Domain) bool { return d.Name == table })
}

// items goes through every item once, after the acts are known.
func (c *checker) items(ctx context.Context) error {
	return each(ctx, c.db, func(table string, it item) {
		p := placeOf(table, it)
		c.report.Items++
		c.cleared.read(p, it)
		if !tenantless(p) && !c.tenants[p.tenant()] {
			c.defect(p.String(), "its key belongs to no tenant")
			return
		}
		switch classOf(p) {
		case recorded, fleeting:
			c.image(p, it)
		default:
		}
		if p.kind() == "CHAIN" {
			c.chain(p, it)
		}
		if table == "finance" {
			c.book(p, it)
		}
	})
}
