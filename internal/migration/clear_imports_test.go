package migration_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/migration"
	"backoffice/internal/migration/migrationtest"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
)

// parts lists the rows that are kept of an import beside its record.
func parts(d *migrationtest.Desk, i migration.Import) []string {
	d.T.Helper()
	var out []string
	pages := dynamodb.NewScanPaginator(d.DB.Client(), &dynamodb.ScanInput{TableName: aws.String(d.DB.TableName(migration.Table)), ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(d.T.Context())
		if err != nil {
			d.T.Fatal(err)
		}
		for _, it := range page.Items {
			pk, sk := it["pk"].(*types.AttributeValueMemberS).Value, it["sk"].(*types.AttributeValueMemberS).Value
			if _, part, found := strings.Cut(pk, "|IMP|"+i.ID); found {
				out = append(out, strings.TrimPrefix(part, "|")+" "+sk)
			}
		}
	}
	slices.Sort(out)
	return out
}

func clearAll(d *migrationtest.Desk) (out migration.ClearedImports) {
	d.T.Helper()
	d.Do(optest.Call{Op: &migration.ClearImports, As: "system"}).Must(&out)
	return out
}

const days = 24 * time.Hour

// What imports were made from goes when they have been over for ninety days, in every round; mapping, totals, journals and acts
// stay, and one that may be rolled back is not touched, however old.
func TestImportsAreClearedWhenNobodyNeedsThem(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	made := func(ref string) migration.Import {
		i := small(d, rows(ref+",Fernside Ltd,,A"+ref+",10.00,30/04/2026,Agency staff,,", ref+"x,Fernside Ltd,,A1,x,30/04/2026,Agency staff,,"))
		d.Run(&migration.ValidateImport, i.ID, nil)
		return d.Run(&migration.ValidateImport, i.ID, nil) // a second round
	}
	unused, kept, signed, undone := made("1"), made("2"), made("3"), made("4")
	kept = d.Run(&migration.CommitImport, kept.ID, nil)
	signed = d.Run(&migration.CommitImport, signed.ID, nil)
	d.Do(optest.Call{Op: &migration.SignOffImport, Path: path(signed), Version: signed.Version, Body: `{"acceptRejected":true}`}).Must(&signed)
	undone = d.Run(&migration.CommitImport, undone.ID, nil)
	undone = d.Run(&migration.RollBackImport, undone.ID, map[string]any{"mode": "correct", "reason": "Wrong"})

	d.Later(migration.ClearAfterDays*days - time.Hour)
	if out := clearAll(d); out.Imports != 0 {
		t.Fatalf("an hour too early %d are cleared", out.Imports)
	}
	before := parts(d, kept)
	d.Later(2 * time.Hour)
	if out := clearAll(d); out.Imports != 3 {
		t.Errorf("%d are cleared", out.Imports)
	}
	if !slices.Equal(parts(d, kept), before) || len(before) < 6 {
		t.Errorf("of one that may be rolled back are left %v of %v", parts(d, kept), before)
	}
	for i, state := range map[*migration.Import]migration.State{&unused: migration.Expired, &signed: migration.SignedOff, &undone: migration.RolledBack} {
		after := d.Import(i.ID)
		if left := parts(d, *i); after.State != state || after.ClearedAt == nil || !slices.Equal(left, []string{" MAP", "2 TOTALS"}) {
			t.Errorf("%s: %s, cleared %v, left %v", i.ID, after.State, after.ClearedAt, left)
		}
		d.Do(optest.Call{Op: &migration.GetErrorFile, Path: path(after)}).Refused(409, "MIG-IMP-008")
		d.Do(optest.Call{Op: &migration.ListStagedJournals, Path: path(after)}).Refused(409, "MIG-IMP-008")
		d.Do(optest.Call{Op: &migration.ReconcileImport, Path: path(after)}).Must(nil)
	}
	d.Do(optest.Call{Op: &migration.ValidateImport, Path: path(undone), Version: d.Import(undone.ID).Version}).Refused(409, "MIG-IMP-008")
	d.Do(optest.Call{Op: &migration.CommitImport, Path: path(unused), Version: d.Import(unused.ID).Version}).Refused(409, "MIG-IMP-001")
	if out := clearAll(d); out.Imports != 0 {
		t.Errorf("%d are cleared twice", out.Imports)
	}
	kept = d.Run(&migration.RollBackImport, kept.ID, map[string]any{"mode": "correct", "reason": "Wrong"})
	if kept.State != migration.RolledBack || kept.Counts.Reversed != 1 {
		t.Errorf("after the clearing an older import cannot be rolled back: %+v", kept)
	}
}

// failing fails at one act, counted from nought; those that were done before are done.
type failing struct {
	op.Committer
	at int
}

func (f *failing) Commit(ctx context.Context, spec *op.Spec, act *op.Act) error {
	if f.at--; f.at < 0 {
		return errors.New("the process has gone")
	}
	return f.Committer.Commit(ctx, spec, act)
}

// A clearing that was cut off, or met somebody who uses the import, is gone on with by the next.
func TestClearingGoesOnWhereItWasCutOff(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	i := small(d, rows("1,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,,"))
	i = d.Run(&migration.ValidateImport, i.ID, nil)
	d.Later((migration.ClearAfterDays + 1) * days)
	whole := len(parts(d, i))
	for fails, at := range []int{0, 1, 1} { // the mark; the rows after the mark; the end after the rows
		way := &failing{at: at}
		d.Committing(func(c op.Committer) op.Committer { way.Committer = c; return way })
		if a := d.Do(optest.Call{Op: &migration.ClearImports, As: "system"}); a.Status < 500 {
			t.Fatalf("status %d", a.Status)
		}
		if half := d.Import(i.ID); (half.ClearedAt != nil) != (fails > 0) || (len(parts(d, i)) < whole) != (fails > 1) {
			t.Errorf("cut off for the %d. time: %v, left %v", fails, half.ClearedAt, parts(d, i))
		}
		d.Committing(func(op.Committer) op.Committer { return way.Committer })
	}
	if out := clearAll(d); out.Imports != 1 || len(parts(d, i)) != 2 {
		t.Errorf("%d cleared, left %v", out.Imports, parts(d, i))
	}
}

// An upload address that has expired is had anew by the same call: the same import, another address, as long as it is good for.
func TestAnUploadAddressIsHadAnewByTheSameCall(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	content := []byte(rows("1,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,,"))
	call := optest.Call{Op: &migration.CreateImport, Key: "once", Body: map[string]any{"name": "April", "entity": d.Entity.ID, "source": "legacy", "balancingAccount": "2100",
		"map": purchases(), "file": map[string]any{"name": "input.csv", "bytes": len(content)}}}
	var first, second migration.NewImport
	d.Do(call).Must(&first)
	d.Later(time.Hour)
	if status := d.Upload(first.Upload, content); status < 400 {
		t.Errorf("an address of an hour ago takes a file: %d", status)
	}
	d.Do(call).Must(&second)
	if second.ID != first.ID || second.Upload == nil || !second.Upload.Expires.After(first.Upload.Expires) {
		t.Fatalf("%+v, %+v", first, second)
	}
	if status := d.Upload(second.Upload, content); status >= 300 {
		t.Errorf("the new address answers %d", status)
	}
	if i := d.Run(&migration.ValidateImport, first.ID, nil); i.State != migration.Validated || i.Counts.Accepted != 1 {
		t.Errorf("%+v", i)
	}
}
