package migration_test

import (
	"fmt"
	"strings"

	"backoffice/internal/fault"
	"backoffice/internal/migration"
	"backoffice/internal/migration/migrationtest"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
)

const heading = "Ref,Supplier,Supplier no,Invoice,Net,Date,Category,Text,Currency\n"

// purchases maps the columns of the small files in these tests.
func purchases() map[string]any {
	return map[string]any{"name": "Purchases", "dateFormat": "DD/MM/YYYY",
		"columns": map[string]string{"externalId": "Ref", "party": "Supplier", "partyExternalId": "Supplier no", "document": "Invoice", "amount": "Net", "date": "Date",
			"account": "Category", "description": "Text", "currency": "Currency"},
		"accountValues": []map[string]string{{"match": "agency staff", "account": "7105"}, {"match": "postage", "account": "7302"}, {"match": "nowhere", "account": "9998"},
			{"match": "heading", "account": "1000"}}}
}

// rows joins the lines of a file below the heading.
func rows(lines ...string) string { return heading + strings.Join(lines, "\n") + "\n" }

// small makes an import of a file that comes inline.
func small(d *migrationtest.Desk, content string, change ...func(map[string]any)) migration.Import {
	d.T.Helper()
	body := map[string]any{"name": "Small", "source": "legacy", "map": purchases(), "balancingAccount": "2100", "content": content}
	for _, f := range change {
		f(body)
	}
	return d.Create(body, nil)
}

func path(i migration.Import) map[string]string { return map[string]string{"importId": i.ID} }

// refused lists the rejected rows of an import, as row:code.
func refused(d *migrationtest.Desk, i migration.Import) []string {
	d.T.Helper()
	var out []string
	for cursor := ""; ; {
		var l op.Records[migration.RowErrors]
		d.Do(optest.Call{Op: &migration.ListRowErrors, Path: path(i), Query: "limit=200" + cursor}).Must(&l)
		for _, r := range l.Data {
			for _, e := range r.Errors {
				out = append(out, fmt.Sprintf("%d:%s", r.Row, e.Code))
			}
		}
		if !l.Page.HasMore {
			return out
		}
		cursor = "&cursor=" + l.Page.Next
	}
}

func staged(d *migrationtest.Desk, i migration.Import) []migration.StagedView {
	d.T.Helper()
	var l op.Records[migration.StagedView]
	d.Do(optest.Call{Op: &migration.ListStagedJournals, Path: path(i), Query: "limit=200"}).Must(&l)
	return l.Data
}

func refusedBy(err error, code string) bool { return fault.Is(err, code) }
